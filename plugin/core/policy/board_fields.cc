#include "plugin/core/policy/board_fields.h"

#include <algorithm>
#include <array>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/kinds.h"

namespace pop3_legacy::policy {

namespace {

constexpr std::size_t max_name_octets = 100;
/// A reply line has at most 512 octets, including CRLF and a stuffed dot.
constexpr std::size_t max_line_octets = 500;

bool is_word(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_printable(c) && c != ' '; });
}

Status check_word(std::string_view text) {
  if (is_word(text)) return Done{};
  return refused("has to list printable ASCII without blanks, not " + in_quotes(text));
}

constexpr std::array fields{
    BoardField{"mailbox", &BoardName::mailbox, check_board_mailbox},
    BoardField{"aliases", &BoardName::aliases, check_board_name},
    BoardField{"maildrop", &BoardName::maildrop, check_board_line},
    BoardField{"archive_maildrop", &BoardName::archive_maildrop, check_board_line},
    BoardField{"information", &BoardName::information, check_board_line},
    BoardField{"maildrop_map", &BoardName::maildrop_map, check_board_line},
    BoardField{"leaders", &BoardName::leaders, check_word},
    BoardField{"address", &BoardName::address, check_board_line},
    BoardField{"request", &BoardName::request, check_board_line},
    BoardField{"incoming_feed", &BoardName::incoming_feed, check_board_line},
    BoardField{"outgoing_feeds", &BoardName::outgoing_feeds, check_word},
    BoardField{"flags", &BoardName::flags},
};

}  // namespace

std::span<const BoardField> board_fields() noexcept {
  return fields;
}

Status check_board_name(std::string_view name) {
  if (is_word(name) && name.size() <= max_name_octets) return Done{};
  return refused("has the name " + in_quotes(name) + ", but a board's is printable ASCII " +
                 "without blanks, of " + std::to_string(max_name_octets) + " characters at most");
}

Status check_board_mailbox(std::string_view mailbox) {
  return mailbox.empty()
             ? Status(refused("needs the name of a mailbox for each board, not an empty one"))
             : check_mailbox(mailbox);
}

Status check_board_line(std::string_view text) {
  if (text.size() <= max_line_octets && std::all_of(text.begin(), text.end(), is_printable)) {
    return Done{};
  }
  return refused("has to be a line of printable ASCII, of " + std::to_string(max_line_octets) +
                 " characters at most, not " + in_quotes(text));
}

std::string separated_by_blanks(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line.append(line.empty() ? "" : " ").append(word);
  return line;
}

Status check_boards(const Policy::Boards& boards) {
  for (const BoardName& archive : boards.archive) {
    for (const BoardName& board : boards.bboards) {
      if (board.answers_to(archive.name) && !equals_ignoring_case(board.name, archive.name)) {
        return refused("boards.archive has " + in_quotes(archive.name) +
                       ", but in boards.bboards that is an alias of " + in_quotes(board.name));
      }
    }
  }
  return Done{};
}

}  // namespace pop3_legacy::policy
