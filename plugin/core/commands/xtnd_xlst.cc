#include <algorithm>
#include <string>

#include "plugin/core/base/text.h"
#include "plugin/core/commands/message_lines.h"
#include "plugin/core/message/header_field.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

namespace {

constexpr std::string_view syntax = "Too few arguments. Syntax: XTND XLST header [msg]";

}  // namespace

// qpopper's pop_xlst.c compares the beginning of each header line and shows the first match. It
// leaves out messages without the header, whereupon Mozilla drops the messages after them.
Answer xtnd_xlst(Session& session, std::string_view arguments, host::Contents& contents) {
  const std::string_view typed = take_word(arguments);
  const std::string_view message = take_word(arguments);
  if (typed.empty()) {
    return Reply::err(syntax);
  }
  // A name with its colon is complete.
  const bool whole = typed.ends_with(':');
  const std::string name(typed.substr(0, typed.size() - (whole ? 1 : 0)));
  if (!is_field_name(name)) {
    return Reply::err("Invalid header name: " + std::string(typed));
  }
  const policy::Policy::Xlst& policy = session.policy().xlst;
  const auto listed = [&](std::string_view row) { return equals_ignoring_case(row, name); };
  const bool named = std::any_of(policy.headers.begin(), policy.headers.end(), listed);
  if (!policy.headers.empty() && !named) {
    return Reply::err("The header " + name + " is not shown here.");
  }

  const host::Maildrop& maildrop = session.maildrop();
  MessageNumber first = 1;
  MessageNumber last = maildrop.message_count();
  if (!message.empty()) {
    const auto number = parse_message_number(message, /*more_follows=*/false);
    if (!number || *number == 0 || *number > last) {
      return Reply::err("Message " + std::string(message) + " does not exist.");
    }
    first = last = *number;
  }

  // Without this, a longer name not on the list could be reached by its beginning.
  const bool prefix = policy.match == policy::XlstMatch::prefix && !whole && !named;
  const bool placeholder = policy.missing == policy::XlstMissing::placeholder;
  return list_lines(
      session, contents,
      {.command = "XTND XLST",
       .queries = {{.name = name, .prefix = prefix, .usual = named || is_usual_field(name)}},
       .line = [missing = name + ": ", placeholder](const Seen& seen, MessageNumber number,
                                                    std::string& to) -> Result<bool> {
         const auto& field = seen.fields.front();
         if (!field && !placeholder) return false;
         to.append(std::to_string(number)).append(" ").append(field ? *field : missing);
         return true;
       }},
      Reply::ok("xlst command accepted; headers coming."), first, last);
}

}  // namespace pop3_legacy::commands
