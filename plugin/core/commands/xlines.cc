#include <string>
#include <utility>

#include "plugin/core/command_line.h"
#include "plugin/core/command_table.h"
#include "plugin/core/commands/arguments.h"
#include "plugin/core/commands/commands.h"
#include "plugin/core/commands/message_lines.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

// The column is one of LIST's in GNU Mailutils' pop3d (list.c), and when CAPA has XLINES its
// clients take a LIST without it for an error (pop_scan() in libproto/pop/mbox.c).
bool takes_list(const Command& hosts, std::string_view /*arguments*/) noexcept {
  return hosts.name == "LIST";
}

Answer xlines(Session& session, std::string_view arguments) {
  Port& port = session.port();
  MessageLines lines{.command = "XLINES",
                     .queries = {},
                     .count_lines = true,
                     .line = [&port](const Seen& seen,
                                     MessageNumber number) -> Result<std::optional<std::string>> {
                       return std::optional(std::to_string(number) + ' ' +
                                            std::to_string(port.octets(number)) + ' ' +
                                            std::to_string(seen.lines));
                     }};
  if (const std::string_view word = take_word(arguments); !word.empty()) {
    const auto number = message_named(port, word);
    return number ? line_of_one(port, lines, number.value()) : Reply::err(number.error().text);
  }
  return list_lines(port, std::move(lines), Reply::ok(messages_left(port)), 1,
                    port.message_count());
}

}  // namespace pop3_legacy::commands
