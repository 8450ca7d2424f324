#include <string>
#include <utility>

#include "plugin/core/commands/arguments.h"
#include "plugin/core/commands/message_lines.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/protocol/command_table.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

// GNU Mailutils' pop3d adds this column to LIST (list.c). When CAPA has XLINES, its clients treat a
// LIST without the column as an error (pop_scan() in libproto/pop/mbox.c).
bool takes_list(const Command& hosts, std::string_view /*arguments*/) noexcept {
  return hosts.name == "LIST";
}

Answer xlines(Session& session, std::string_view arguments, host::Contents& contents) {
  const host::Maildrop& maildrop = session.maildrop();
  MessageLines lines{
      .command = "XLINES",
      .queries = {},
      .count_lines = true,
      .line = [&maildrop](const Seen& seen, MessageNumber number, std::string& to) -> Result<bool> {
        to += std::to_string(number) + ' ' + std::to_string(maildrop.octets(number)) + ' ' +
              std::to_string(seen.lines);
        return true;
      }};
  if (const std::string_view word = take_word(arguments); !word.empty()) {
    const auto number = message_named(maildrop, word);
    return number ? line_of_one(session, contents, lines, number.value())
                  : Reply::err(number.error().text);
  }
  return list_lines(session, contents, std::move(lines), Reply::ok(messages_left(maildrop)), 1,
                    maildrop.message_count());
}

}  // namespace pop3_legacy::commands
