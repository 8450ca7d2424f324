#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "plugin/core/commands/commands.h"
#include "plugin/core/header_field.h"
#include "plugin/core/message_listing.h"
#include "plugin/core/session.h"
#include "plugin/core/text.h"

namespace pop3_legacy::commands {

namespace {

constexpr std::string_view syntax = "Too few arguments. Syntax: XTND XLST header [msg]";

}  // namespace

// qpopper's pop_xlst.c compares the beginning of each line of the header and shows the first that
// agrees. It leaves out messages without the header, whereupon Mozilla drops those behind them.
Answer xtnd_xlst(Session& session, std::string_view arguments) {
  const std::string_view typed = arguments.substr(0, arguments.find(' '));
  std::string_view rest = arguments.substr(typed.size());
  rest = rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
  rest = rest.substr(0, rest.find(' '));
  if (typed.empty()) {
    return Reply::err(syntax);
  }
  // With its colon a name cannot go on.
  const bool whole = typed.ends_with(':');
  const std::string name(typed.substr(0, typed.size() - (whole ? 1 : 0)));
  if (!is_field_name(name)) {
    return Reply::err("Not a header's name: " + std::string(typed));
  }
  const policy::Policy::Xlst& policy = session.policy().xlst;
  const auto listed = [&](std::string_view row) { return equals_ignoring_case(row, name); };
  const bool named = std::any_of(policy.headers.begin(), policy.headers.end(), listed);
  if (!policy.headers.empty() && !named) {
    return Reply::err("The header " + name + " is not shown here.");
  }

  Port& port = session.port();
  MessageNumber first = 1;
  MessageNumber last = port.message_count();
  if (!rest.empty()) {
    const auto number = parse_message_number(rest, /*more_follows=*/false);
    if (!number || *number == 0 || *number > last) {
      return Reply::err("Message " + std::string(rest) + " does not exist.");
    }
    first = last = *number;
  }

  // A list of names would not hold if one that is longer could be had by its beginning.
  const bool prefix = policy.match == policy::XlstMatch::prefix && !whole && !named;
  auto inspection =
      port.inspect({{.name = name, .prefix = prefix, .usual = named || is_usual_field(name)}});
  if (!inspection) {
    port.log_error("XTND XLST: " + inspection.error().text);
    return Reply::temporary_failure("The messages cannot be read.");
  }
  const bool placeholder = policy.missing == policy::XlstMissing::placeholder;
  auto line = [look = std::shared_ptr(std::move(inspection.value())), name,
               placeholder](MessageNumber number) -> Result<std::optional<std::string>> {
    const auto fields = look->fields(number);
    // A message that is gone has no header any more.
    if (!fields && fields.error().kind != Failure::gone) {
      return Error{fields.error().kind, "XTND XLST: " + fields.error().text};
    }
    if (fields && fields.value().front()) {
      return std::optional(std::to_string(number) + ' ' + *fields.value().front());
    }
    return placeholder ? std::optional(std::to_string(number) + ' ' + name + ": ") : std::nullopt;
  };
  return {Reply::ok("xlst command accepted; headers coming."),
          std::make_unique<MessageListing>(port, first, last, std::move(line))};
}

}  // namespace pop3_legacy::commands
