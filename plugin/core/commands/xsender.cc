#include <string>

#include "plugin/core/commands/arguments.h"
#include "plugin/core/commands/commands.h"
#include "plugin/core/session.h"

namespace pop3_legacy::commands {

namespace {

/// Netscape takes a text of more than four characters for the sender, and a bare "+OK" is more
/// than some clients bear (RFC 1957).
constexpr std::string_view nobody = "none";

}  // namespace

// The client shows the sender as one who has proved who he is, so it is told only what stands in
// the header that the administrator trusts.
Answer xsender(Session& session, std::string_view arguments) {
  Port& port = session.port();
  const auto number = message_named(port, take_word(arguments));
  if (!number) {
    return Reply::err(number.error().text);
  }
  const std::string& header = session.policy().xsender.header;
  if (header.empty()) {
    return Reply::ok(nobody);
  }
  auto inspection = port.inspect({{.name = header, .usual = true}});
  const auto fields = inspection
                          ? inspection.value()->fields(number.value())
                          : Result<std::vector<std::optional<std::string>>>(inspection.error());
  if (!fields) {
    port.log_error("XSENDER: " + fields.error().text);
    return Reply::temporary_failure("The message cannot be read.");
  }
  const auto& field = fields.value().front();
  const std::string_view sender = field ? value_of(*field) : std::string_view();
  return Reply::ok(sender.size() > nobody.size() ? sender : nobody);
}

}  // namespace pop3_legacy::commands
