#include <algorithm>
#include <string>

#include "plugin/core/commands/scan_line.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

// xtnd3() in MH's popser.c: the reply is one line, and LIST has another format until RSET. MH also
// raises a width that is too small.
Answer xtnd_scan(Session& session, std::string_view arguments, host::Contents& contents) {
  const std::string_view word = take_word(arguments);
  if (word.empty()) {
    return Reply::err("Too few arguments. Syntax: XTND SCAN width");
  }
  const auto width = parse_message_number(word, /*more_follows=*/false);
  if (!width) {
    return Reply::err("Invalid width: " + std::string(word));
  }
  if (!arguments.empty()) {
    return Reply::err("Other scan formats are not supported.");
  }
  session.open().set_scan(
      {.width = std::clamp(*width, min_scan_width, max_scan_width), .contents = &contents});
  return Reply::ok("scan");
}

}  // namespace pop3_legacy::commands
