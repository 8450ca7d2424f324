#include <memory>
#include <string>
#include <utility>

#include "plugin/core/command_line.h"
#include "plugin/core/commands/arguments.h"
#include "plugin/core/commands/commands.h"
#include "plugin/core/message_listing.h"
#include "plugin/core/session.h"

namespace pop3_legacy::commands {

namespace {

/// qpopper's "%.128s".
constexpr std::size_t max_from_octets = 128;

Result<std::string> line_of(Port& port, Inspection& look, policy::EuidlOrder order,
                            MessageNumber number) {
  const auto id = port.uidl(number);
  if (!id) {
    return id.error();
  }
  const auto fields = look.fields(number);
  if (!fields && fields.error().kind != Failure::gone) {
    return fields.error();
  }
  std::string from;
  if (fields && fields.value().front()) {
    from = cut(value_of(*fields.value().front()), max_from_octets);
  }
  const std::string size = std::to_string(port.octets(number));
  const bool size_first = order == policy::EuidlOrder::cnet;
  return std::to_string(number) + ' ' + (size_first ? size : id.value()) + ' ' +
         (size_first ? id.value() : size) + ' ' + from;
}

}  // namespace

// The errors are those of qpopper's pop_uidl.c.
Answer euidl(Session& session, std::string_view arguments) {
  Port& port = session.port();
  if (!session.uidls_known()) {
    return Reply::temporary_failure("The messages' unique ids are not known at the moment.");
  }
  auto inspection = port.inspect({{.name = "From", .usual = true}});
  if (!inspection) {
    port.log_error("EUIDL: " + inspection.error().text);
    return Reply::temporary_failure("The messages cannot be read.");
  }
  const policy::EuidlOrder order = session.policy().euidl.order;
  const std::string_view word = take_word(arguments);
  const std::string count = std::to_string(port.message_count());
  if (word.empty()) {
    auto line = [&port, look = std::shared_ptr(std::move(inspection.value())),
                 order](MessageNumber number) -> Result<std::optional<std::string>> {
      auto made = line_of(port, *look, order, number);
      return made ? Result<std::optional<std::string>>(std::move(made.value()))
                  : Error{made.error().kind, "EUIDL: " + made.error().text};
    };
    return {Reply::ok("uidl command accepted."),
            std::make_unique<MessageListing>(port, 1, port.message_count(), std::move(line))};
  }
  const auto number = parse_message_number(word, /*more_follows=*/false);
  if (!number || *number == 0) {
    return Reply::err("Parameter must be a number (range 1 to " + count + ")");
  }
  if (*number > port.message_count()) {
    return Reply::err("Message out of range.  " + count + " visible messages in mail drop.");
  }
  if (port.deleted(*number)) {
    return Reply::err("Message " + std::to_string(*number) + " has been marked for deletion.");
  }
  const auto line = line_of(port, *inspection.value(), order, *number);
  if (!line) {
    port.log_error("EUIDL: " + line.error().text);
    return Reply::temporary_failure("The message cannot be read.");
  }
  return Reply::ok(line.value());
}

}  // namespace pop3_legacy::commands
