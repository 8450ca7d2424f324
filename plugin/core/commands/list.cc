#include <array>
#include <memory>
#include <string>

#include "plugin/core/commands/arguments.h"
#include "plugin/core/commands/message_lines.h"
#include "plugin/core/commands/message_listing.h"
#include "plugin/core/commands/scan_line.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

namespace {

std::string number_and_size(const host::Maildrop& maildrop, MessageNumber number) {
  return std::to_string(number) + ' ' + std::to_string(maildrop.octets(number));
}

// RFC 1082: the third column is the maxima assigned to the message. Number 0: all messages.
Answer list_with_maxima(const host::Maildrop& maildrop, MessageNumber number) {
  const auto line = [&maildrop](MessageNumber each) {
    return number_and_size(maildrop, each) + ' ' + std::to_string(maildrop.uid(each));
  };
  if (number > 0) {
    return Reply::ok(line(number));
  }
  return {
      Reply::ok(messages_left(maildrop)),
      std::make_unique<MessageListing>(maildrop, 1, maildrop.message_count(),
                                       [line](MessageNumber each, std::string& to) -> Result<bool> {
                                         to += line(each);
                                         return true;
                                       })};
}

// MH's popser.c: the size is followed by "#" and the message's scan line.
Answer list_with_scan(Session& session, const OpenMaildrop::Scan& scan, MessageNumber number) {
  const host::Maildrop& maildrop = session.maildrop();
  auto line = [&session, &maildrop, width = scan.width](const Seen& seen, MessageNumber each,
                                                        std::string& to) -> Result<bool> {
    std::array<std::string, 4> values;
    for (std::size_t i = 0; i < values.size() && i < seen.fields.size(); ++i) {
      const auto& field = seen.fields[i];
      values.at(i) = field ? std::string(value_of(*field)) : std::string();
    }
    to += number_and_size(maildrop, each) + " #" +
          scan_line({.number = each,
                     .date = values[0],
                     .from = values[1],
                     .to = values[2],
                     .subject = values[3]},
                    session.environment(), width);
    return true;
  };
  const MessageLines lines{.command = "LIST",
                           .queries = {{.name = "Date", .usual = true},
                                       {.name = "From", .usual = true},
                                       {.name = "To", .usual = true},
                                       {.name = "Subject", .usual = true}},
                           .count_lines = false,
                           .line = std::move(line)};
  if (number > 0) {
    return line_of_one(session, *scan.contents, lines, number);
  }
  return list_lines(session, *scan.contents, lines, Reply::ok(messages_left(maildrop)), 1,
                    maildrop.message_count());
}

}  // namespace

Answer list(Session& session, std::string_view arguments) {
  MessageNumber number = 0;
  if (!arguments.empty()) {
    const auto named = message_named(session.maildrop(), arguments);
    if (!named) {
      return Reply::err(named.error().text);
    }
    number = named.value();
  }
  return session.open().board() ? list_with_maxima(session.maildrop(), number)
                                : list_with_scan(session, session.open().scan(), number);
}

}  // namespace pop3_legacy::commands
