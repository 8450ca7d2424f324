#include <string>

#include "plugin/core/commands/arguments.h"
#include "plugin/core/commands/message_lines.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

namespace {

/// Netscape takes a text of more than four characters for the sender, and some clients fail on a
/// bare "+OK" (RFC 1957).
constexpr std::string_view nobody = "none";

}  // namespace

// The client shows the sender as authenticated, so it is told only what is in the header that the
// administrator trusts.
Answer xsender(Session& session, std::string_view arguments, host::Contents& contents) {
  const host::Maildrop& maildrop = session.maildrop();
  const auto number = message_named(maildrop, take_word(arguments));
  if (!number) {
    return Reply::err(number.error().text);
  }
  const std::string& header = session.policy().xsender.header;
  if (header.empty()) {
    return Reply::ok(nobody);
  }
  const MessageLines lines{
      .command = "XSENDER",
      .queries = {{.name = header, .usual = true}},
      .line = [](const Seen& seen, MessageNumber gone, std::string& to) -> Result<bool> {
        if (!seen.there) {
          return Error{Failure::gone, "message " + std::to_string(gone) + " is gone"};
        }
        const auto& field = seen.fields.front();
        const std::string_view sender = field ? value_of(*field) : std::string_view();
        to += sender.size() > nobody.size() ? sender : nobody;
        return true;
      }};
  return line_of_one(session, contents, lines, number.value());
}

}  // namespace pop3_legacy::commands
