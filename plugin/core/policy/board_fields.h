/// What a board's table in [boards.bboards] may contain: a row for each key, and the checks.
///
/// The names are RFC 1082's, from its table of lines under XTND X-BBOARDS. The seventh line, the
/// encrypted password, has no key: a policy is no place for a secret, and no password opens a
/// board.
#ifndef POP3_LEGACY_CORE_POLICY_BOARD_FIELDS_H
#define POP3_LEGACY_CORE_POLICY_BOARD_FIELDS_H

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/policy/policy.h"

namespace pop3_legacy::policy {

/// The flags are a number defined by MH, an unsigned int.
inline constexpr std::uint64_t most_board_flags = 0xFFFFFFFF;

struct BoardField {
  std::string_view name;  ///< its name in the policy
  std::variant<std::string BoardName::*, std::vector<std::string> BoardName::*,
               std::uint64_t BoardName::*>
      member;
  /// Why a text is not allowed; the sentence continues the key's name. Flags have no check.
  Status (*check)(std::string_view text) = nullptr;
};

/// `mailbox`, which every board has, followed by the rest in the order of X-BBOARDS.
std::span<const BoardField> board_fields() noexcept;

/// A valid name or alias: printable ASCII without blanks.
Status check_board_name(std::string_view name);
Status check_board_mailbox(std::string_view mailbox);
/// A valid line of X-BBOARDS: printable ASCII.
Status check_board_line(std::string_view text);
/// A list as X-BBOARDS writes it: "a b c".
std::string separated_by_blanks(const std::vector<std::string>& words);

/// Checks that every name means exactly one board, which no single table can tell.
Status check_boards(const Policy::Boards& boards);

}  // namespace pop3_legacy::policy

#endif
