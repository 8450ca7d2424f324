#include <array>
#include <ctime>
#include <string>

#include "plugin/core/command_line.h"
#include "plugin/core/commands/boards.h"
#include "plugin/core/commands/commands.h"

namespace pop3_legacy::commands {

namespace {

/// Aliases, the local system's eight lines and the two addresses, which RFC 1082 lets a server
/// leave empty.
constexpr unsigned unknown_lines = 11;

/// RFC 5322's date-time, in UTC. The names are English whatever the locale.
std::string date_of(std::int64_t seconds) {
  constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  if (gmtime_r(&time, &utc) == nullptr) {
    return {};
  }
  std::array<char, 64> clock{};
  const std::size_t length = std::strftime(clock.data(), clock.size(), "%Y %H:%M:%S +0000", &utc);
  return std::string(days.at(static_cast<std::size_t>(utc.tm_wday))) + ", " +
         std::to_string(utc.tm_mday) + ' ' +
         std::string(months.at(static_cast<std::size_t>(utc.tm_mon))) + ' ' +
         std::string(clock.data(), length);
}

}  // namespace

Answer xtnd_x_bboards(Session& session, std::string_view arguments) {
  const std::string_view name = take_word(arguments);
  if (name.empty()) {
    return name_is_missing(session, "x-bboards", "XTND X-BBOARDS name");
  }
  const policy::BoardName* const board = find_board(session.policy().boards.bboards, name);
  if (board == nullptr) {
    return no_such_board(session, name);
  }
  const Result<Board> found = session.port().look_at_board(board->mailbox);
  if (!found) {
    return found.error().kind == Failure::gone ? no_such_board(session, name)
                                               : board_failed(session, *board, found.error());
  }
  Reply reply = boards_follow(session, "x-bboards");
  reply.line(board->name);
  for (unsigned i = 0; i < unknown_lines; ++i) {
    reply.line("");
  }
  // No flags are set.
  reply.line("0 " + std::to_string(found.value().maxima));
  reply.line(found.value().last_date ? date_of(*found.value().last_date) : "");
  return reply.end();
}

}  // namespace pop3_legacy::commands
