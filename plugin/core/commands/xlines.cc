#include <string>
#include <utility>

#include "plugin/core/command_line.h"
#include "plugin/core/commands/arguments.h"
#include "plugin/core/commands/commands.h"
#include "plugin/core/commands/message_lines.h"
#include "plugin/core/session.h"

namespace pop3_legacy::commands {

// GNU Mailutils' pop3d puts this column into LIST itself (pop3d/list.c), where other clients
// would not look for it.
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
