/// What a mailbox remembers of its UIDLs: the plan that produced them, and the ids that cannot be
/// computed again. It is stored as the state "uidl".
///
/// It keeps two promises that formulas alone cannot keep. A change of the policy does not change
/// ids by itself. An id does not change along with what it was made from (the old server's file, a
/// received date that a copy did not preserve, the other of two equal messages).
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

/// How far a scheme that identifies a message by its UID alone (Scheme::counts_uids) has counted.
/// UIDs start again under a new UIDVALIDITY, and clients would already know the ids of other
/// messages, so the numbers continue after those that may have been given.
struct UidCount {
  UidValidity validity = 0;
  std::uint64_t offset = 0;    ///< added to the UIDs under `validity`
  std::uint64_t reserved = 0;  ///< the highest number that may have been given
};

struct Memory {
  /// The plan by which the mailbox's ids were given, without "host" at the ends of its chains.
  Plan plan;
  /// A client has been shown ids by `plan`. False: only what was imported is remembered.
  bool given = false;
  /// Messages for which no chain has an id get that of scheme "dovecot", not the host's, as before
  /// version 2.
  bool dovecot_last = false;
  std::optional<UidCount> count;
  /// Identifies the key of scheme "hmac-sha256" without revealing it; empty: the plan has no key.
  std::string key_mark;
  /// The mailbox's user when it got its first id by that scheme: ids stay when the user is renamed.
  std::string owner;
  /// How long an id may be. No value: 70, because the mailbox had ids before this could be chosen.
  std::optional<std::size_t> max_length;
  GuidIds kept;
  /// There were pins, so it is an error if they are missing.
  bool pinned = false;
};

/// An Error names the line; damaged content is not guessed at.
Result<Memory> parse_memory(std::string_view text);
/// The same without `kept`, whose lines are the last and may be many. For a text that is known to
/// be intact.
Result<Memory> parse_memory_head(std::string_view text);
/// The text has ids in `kept`.
bool keeps_ids(std::string_view text) noexcept;
std::string memory_text(const Memory& memory);

/// How long an id may be in the mailbox.
std::size_t longest_identifier(const Memory& memory) noexcept;
/// It only records that a client was shown the host's own ids.
bool is_hosts_mark(std::string_view text);

/// The plan as the policy writes it, for a sentence: `scheme = ["xuidl", "qpopper"]`.
std::string plan_words(const Plan& plan);

/// The plan without what makes no difference: "host" at the end of a chain, or a template or key
/// that no chain uses.
Plan bare_plan(Plan plan);

/// Both plans, which are bare, give the same ids as far as the policy tells. The key file's path
/// does not count, but the key does.
bool same_plan(const Plan& a, const Plan& b);

/// The policy asks for what the mailbox already has; `wanted` is bare.
bool has_plan(const Memory& memory, const Plan& wanted);

}  // namespace pop3_legacy::uidl

#endif
