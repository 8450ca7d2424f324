/// What a mailbox remembers of its UIDLs: the plan by which they were given, and the ids that
/// cannot be computed again. The state "uidl".
///
/// It makes the two promises that formulas alone cannot keep: a policy that changes does not
/// change ids by itself, and an id does not change with what it was made of (the old server's
/// file, a received date that a copy did not preserve, the other one of two equal messages).
#ifndef POP3_LEGACY_CORE_UIDL_MEMORY_H
#define POP3_LEGACY_CORE_UIDL_MEMORY_H

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/policy/policy.h"
#include "plugin/core/result.h"
#include "plugin/core/uidl/guid_ids.h"

namespace pop3_legacy::uidl {

struct Memory {
  /// The host's own: as if none were remembered, but for what is imported.
  policy::UidlPlan plan;
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

/// The plan in the words of the policy, for a sentence: `scheme = ["xuidl", "qpopper"]`.
std::string plan_words(const policy::UidlPlan& plan);

/// The two name messages alike, as far as the policy tells. The key file's path is no part of
/// that: the key is.
bool same_plan(const policy::UidlPlan& a, const policy::UidlPlan& b);

}  // namespace pop3_legacy::uidl

#endif
