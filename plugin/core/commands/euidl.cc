#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "plugin/core/commands/message_lines.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

namespace {

/// qpopper's "%.128s".
constexpr std::size_t max_from_octets = 128;
/// A reply line's limit (RFC 2449, section 4) without "+OK " and CRLF.
constexpr std::size_t max_line_octets = 512 - 6;

Result<bool> add_line(Session& session, policy::EuidlOrder order, const Seen& seen,
                      MessageNumber number, std::string& to) {
  std::string id;
  if (const Status added = session.uidls().add_uidl(number, id); !added) {
    if (added.error().kind == Failure::gone) return false;
    return added.error();
  }
  const auto& from = seen.fields.front();
  const std::string size = std::to_string(session.maildrop().octets(number));
  const bool size_first = order == policy::EuidlOrder::cnet;
  std::string line = std::to_string(number) + ' ' + (size_first ? size : id) + ' ' +
                     (size_first ? id : size) + ' ';
  // A long id leaves less room for the sender.
  const std::size_t room = max_line_octets - std::min(max_line_octets, line.size());
  if (from) line += cut(value_of(*from), std::min(max_from_octets, room));
  to += line;
  return true;
}

}  // namespace

// The error texts are those of qpopper's pop_uidl.c.
Answer euidl(Session& session, std::string_view arguments, host::Contents& contents) {
  const host::Maildrop& maildrop = session.maildrop();
  if (!session.uidls_known()) {
    return Reply::temporary_failure("Unique ids are not available at the moment.");
  }
  MessageLines lines{.command = "EUIDL",
                     .queries = {{.name = "From", .usual = true}},
                     .line = [&session, order = session.policy().euidl.order](
                                 const Seen& seen, MessageNumber number, std::string& to) {
                       return add_line(session, order, seen, number, to);
                     }};
  const std::string_view word = take_word(arguments);
  if (word.empty()) {
    return list_lines(session, contents, std::move(lines), Reply::ok("uidl command accepted."), 1,
                      maildrop.message_count());
  }
  const std::string count = std::to_string(maildrop.message_count());
  const auto number = parse_message_number(word, /*more_follows=*/false);
  if (!number || *number == 0) {
    return Reply::err("Parameter must be a number (range 1 to " + count + ")");
  }
  if (*number > maildrop.message_count()) {
    return Reply::err("Message out of range.  " + count + " visible messages in mail drop.");
  }
  if (maildrop.deleted(*number)) {
    return Reply::err("Message " + std::to_string(*number) + " has been marked for deletion.");
  }
  std::string id;
  if (!session.uidls().add_uidl(*number, id)) {
    return Reply::temporary_failure("The unique id is not available at the moment.");
  }
  return line_of_one(session, contents, lines, *number);
}

}  // namespace pop3_legacy::commands
