#include <string>

#include "plugin/core/commands/arguments.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/number_ranges.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

// Like Heimdal's pop_dele.c, except for a range that ends before it begins: Heimdal deletes nothing
// there but claims that it did. Deleting a deleted message is no error.
Answer xdele(Session& session, std::string_view arguments) {
  if (session.open().board()) {
    return dele(session, arguments.substr(0, arguments.find(' ')));
  }
  host::Maildrop& maildrop = session.maildrop();
  const std::string_view from = take_word(arguments);
  const std::string_view to = arguments.empty() ? from : take_word(arguments);
  if (from.empty()) {
    return Reply::err("Too few arguments. Syntax: XDELE msg [msg]");
  }
  const auto first = parse_message_number(from, /*more_follows=*/false);
  const auto last = parse_message_number(to, /*more_follows=*/false);
  if (!first || *first == 0 || *first > maildrop.message_count()) {
    return Reply::err("Message " + std::string(from) + " does not exist.");
  }
  if (!last || *last == 0 || *last > maildrop.message_count()) {
    return Reply::err("Message " + std::string(to) + " does not exist.");
  }
  if (*last < *first) {
    return Reply::err("Invalid range: " + std::string(from) + " to " + std::string(to) + '.');
  }
  NumberRanges& deleted = session.open().deleted_by_range();
  for (MessageNumber number = deleted.first_missing(*first); number <= *last;
       number = deleted.first_missing(number + 1)) {
    if (maildrop.deleted(number)) {
      continue;
    }
    if (const Status marked = maildrop.mark_deleted(number); !marked) {
      session.environment().log_error("XDELE: " + marked.error().text);
      return Reply::temporary_failure("Message " + std::to_string(number) +
                                      " cannot be marked as deleted.");
    }
    session.accesses().done(session.accesses().of(Access::remove, number, Extent::whole),
                            {.octets = 1});
  }
  deleted.add(*first, *last);
  return Reply::ok("Messages " + std::to_string(*first) + '-' + std::to_string(*last) +
                   " has been deleted.");
}

}  // namespace pop3_legacy::commands
