/// What a mailbox remembers of its UIDLs: the plan by which they were given, and the ids that
/// cannot be computed again. The state "uidl".
///
/// It makes the two promises that formulas alone cannot keep: a policy that changes does not
/// change ids by itself, and an id does not change with what it was made of (the old server's
/// file, a received date that a copy did not preserve, the other one of two equal messages).
#ifndef POP3_LEGACY_CORE_UIDL_MEMORY_H
#define POP3_LEGACY_CORE_UIDL_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/host/types.h"
#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/plan.h"

namespace pop3_legacy::uidl {

/// Where a scheme that knows a message by its UID alone (Scheme::counts_uids) has come to. UIDs
/// begin anew under a new UIDVALIDITY, and an id that once named another message would be one that
/// clients have: so the numbers go on behind those that may have been given.
struct UidCount {
  UidValidity validity = 0;
  std::uint64_t offset = 0;    ///< added to the UIDs of `validity`
  std::uint64_t reserved = 0;  ///< the highest number that may have been given
};

struct Memory {
  /// By which the mailbox's ids were given, without a "host" at its chains' ends.
  Plan plan;
  /// A client has been shown ids by `plan`. False: nothing is remembered but what is imported.
  bool given = false;
  /// Messages that no chain has an id for have the one of scheme "dovecot", not the host's: so it
  /// was before version 2.
  bool dovecot_last = false;
  std::optional<UidCount> count;
  /// Recognizes the key of scheme "hmac-sha256" and does not tell it; empty: the plan has none.
  std::string key_mark;
  /// Who had the mailbox when it got its first id by that scheme: ids stay when the user is
  /// renamed.
  std::string owner;
  /// How long an id may be. No value: it is 70, for the mailbox had ids before there was a choice.
  std::optional<std::size_t> max_length;
  GuidIds kept;
  /// There were pins; that they are missing is an error.
  bool pinned = false;
};

/// An Error names the line: what is damaged is not guessed at.
Result<Memory> parse_memory(std::string_view text);
std::string memory_text(const Memory& memory);

/// How long an id may be in the mailbox.
std::size_t longest_identifier(const Memory& memory) noexcept;
/// It says nothing but that a client was shown the host's own ids.
bool is_hosts_mark(std::string_view text);

/// The plan in the words of the policy, for a sentence: `scheme = ["xuidl", "qpopper"]`.
std::string plan_words(const Plan& plan);

/// The plan without what makes no difference: "host" at a chain's end, a template or a key that no
/// chain uses.
Plan bare_plan(Plan plan);

/// The two, which are bare, name messages alike, as far as the policy tells. The key file's path is
/// no part of that: the key is.
bool same_plan(const Plan& a, const Plan& b);

/// The policy asks for nothing else than what the mailbox has; `wanted` is bare.
bool has_plan(const Memory& memory, const Plan& wanted);

}  // namespace pop3_legacy::uidl

#endif
