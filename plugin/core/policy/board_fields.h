/// What a board's table in [boards.bboards] may hold: a row for each key, and the checks.
///
/// The names are RFC 1082's, from the table of lines under XTND X-BBOARDS. Its seventh line, the
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

/// The flags are a number of MH's, an unsigned int.
inline constexpr std::uint64_t most_board_flags = 0xFFFFFFFF;

struct BoardField {
  std::string_view name;  ///< as the policy has it
  std::variant<std::string BoardName::*, std::vector<std::string> BoardName::*,
               std::uint64_t BoardName::*>
      member;
  /// Why a text cannot stand there; the sentence continues the key's name. Flags have none.
  Status (*check)(std::string_view text) = nullptr;
};

/// `mailbox`, which every board has, and the rest in the order of X-BBOARDS.
std::span<const BoardField> board_fields() noexcept;

/// A name or alias: printable ASCII without blanks.
Status check_board_name(std::string_view name);
Status check_board_mailbox(std::string_view mailbox);
/// A line of X-BBOARDS: printable ASCII.
Status check_board_line(std::string_view text);
/// As X-BBOARDS has a list: "a b c".
std::string separated_by_blanks(const std::vector<std::string>& words);

/// Whether it is clear which board each name means, which no table can tell by itself.
Status check_boards(const Policy::Boards& boards);

}  // namespace pop3_legacy::policy

#endif
