#include "shim/transaction.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>

#include "plugin/core/base/number.h"
#include "plugin/core/base/text.h"
#include "plugin/core/protocol/command_line.h"
#include "shim/replies.h"

namespace pop3_legacy::shim {

namespace {

/// Digits at the front of `arguments`, read as Dovecot's str_parse_uint() does. They are removed
/// unless the number is too large, which the reply shows.
template <class T>
std::optional<T> take_number(std::string_view& arguments) {
  const auto number = pop3_legacy::take_number<std::uint64_t>(arguments);
  return number && *number <= std::numeric_limits<T>::max() ? std::optional(static_cast<T>(*number))
                                                            : std::nullopt;
}

/// Dovecot's replies to a malformed number; the argument is appended.
struct NumberErrors {
  std::string_view invalid;
  std::string_view too_large;
  std::string_view noise;
};
constexpr NumberErrors message_number_errors{.invalid = "Invalid message number: ",
                                             .too_large = "Message number too large: ",
                                             .noise = "Noise after message number: "};
constexpr NumberErrors size_errors{
    .invalid = "Invalid size: ", .too_large = "Size too large: ", .noise = "Noise after size: "};

/// The grammar of Dovecot's get_msgnum() and get_size(): digits, then the end or, with
/// `more_follows`, a space. The Error's text is that of the reply.
template <class T>
Result<T> take_argument(std::string_view& arguments, const NumberErrors& errors,
                        bool more_follows) {
  const auto wrong = [&](std::string_view text) {
    return Error{Failure::permanent, std::string(text).append(arguments)};
  };
  if (arguments.empty() || arguments.front() < '0' || arguments.front() > '9') {
    return wrong(errors.invalid);
  }
  const auto number = take_number<T>(arguments);
  if (!number) {
    return wrong(errors.too_large);
  }
  if (more_follows ? !arguments.starts_with(' ') : !arguments.empty()) {
    return wrong(errors.noise);
  }
  arguments.remove_prefix(std::min(arguments.find_first_not_of(' '), arguments.size()));
  return *number;
}

}  // namespace

const std::array<Transaction::Row, 10> Transaction::commands{{
    {"QUIT", [](Transaction& self, std::string_view) { return self.quit(); }},
    {"NOOP", [](Transaction&, std::string_view) { return std::string(ok); }},
    {"STAT", [](Transaction& self, std::string_view) { return self.stat(); }},
    {"LIST", [](Transaction& self, std::string_view arguments) { return self.list(arguments); }},
    {"UIDL", [](Transaction& self, std::string_view arguments) { return self.uidl(arguments); }},
    {"DELE", [](Transaction& self, std::string_view arguments) { return self.dele(arguments); }},
    {"RSET", [](Transaction& self, std::string_view) { return self.rset(); }},
    {"RETR", [](Transaction& self, std::string_view arguments) { return self.retr(arguments); }},
    {"TOP", [](Transaction& self, std::string_view arguments) { return self.top(arguments); }},
    {"CAPA", [](Transaction&, std::string_view) { return std::string(capabilities); }},
}};

std::string Transaction::execute(std::string_view line) {
  const CommandLine parsed = parse_command_line(line);
  for (const Row& command : commands) {
    if (equals_ignoring_case(command.name, parsed.verb)) {
      return command.execute(*this, parsed.arguments);
    }
  }
  return err(parsed.verb.empty() ? "Unknown command."
                                 : "Unknown command: " + std::string(parsed.verb));
}

std::string Transaction::stat() {
  const Tally left = open_.left();
  return "+OK " + std::to_string(left.messages) + ' ' + std::to_string(left.octets) + "\r\n";
}

std::string Transaction::list(std::string_view arguments) {
  return listing(arguments, "+OK " + std::to_string(open_.left().messages) + " messages:\r\n",
                 [this](MessageNumber number) { return std::to_string(open_.sizes[number]); });
}

std::string Transaction::uidl(std::string_view arguments) {
  return listing(arguments, std::string(ok),
                 [this](MessageNumber number) { return host_.id(number); });
}

std::string Transaction::listing(std::string_view arguments, std::string first_line,
                                 std::function<std::string(MessageNumber)> text) {
  if (arguments.empty()) {
    long_answer_ = std::make_unique<MessageLines>(open_.deleted, std::move(text));
    return first_line;
  }
  const auto number = message_number(arguments, false);
  if (!number) {
    return err(number.error().text);
  }
  return "+OK " + std::to_string(number.value()) + ' ' + text(number.value()) + "\r\n";
}

std::string Transaction::retr(std::string_view arguments) {
  const auto number = message_number(arguments, false);
  if (!number) {
    return err(number.error().text);
  }
  auto reply = transfer(Access::retrieve, number.value(),
                        "+OK " + std::to_string(open_.sizes[number.value()]) + " octets\r\n",
                        std::numeric_limits<std::uint64_t>::max());
  if (long_answer_) {
    (void)host_.mark_seen(number.value());
  }
  return reply;
}

std::string Transaction::top(std::string_view arguments) {
  const auto number = message_number(arguments, true);
  if (!number) {
    return err(number.error().text);
  }
  const auto lines = take_argument<std::uint64_t>(arguments, size_errors, false);
  if (!lines) {
    return err(lines.error().text);
  }
  return transfer(Access::top, number.value(), std::string(ok), lines.value());
}

std::string Transaction::transfer(Access access, MessageNumber number, std::string first_line,
                                  std::uint64_t body_lines) {
  auto reader = open_.maildrop->open_message(number);
  if (!reader) {
    log_(reader.error().text);
    return reader.error().kind == Failure::gone
               ? err("Message " + std::to_string(number) + " expunged.")
               : storage_error(reader.error());
  }
  long_answer_ = std::make_unique<Transfer>(std::move(reader.value()), body_lines);
  transferring_ = access;
  return first_line;
}

std::string Transaction::dele(std::string_view arguments) {
  const auto number = message_number(arguments, false);
  if (!number) {
    return err(number.error().text);
  }
  open_.mark_deleted(number.value());
  return "+OK Marked to be deleted.\r\n";
}

std::string Transaction::rset() {
  open_.unmark_deleted();
  open_.seen.assign(open_.seen.size(), false);
  return std::string(ok);
}

std::string Transaction::quit() {
  over_ = true;
  const auto deleted = OpenMaildrop::marked(open_.deleted);
  if (const Status committed = open_.commit(deleted); !committed) {
    log_("QUIT: " + committed.error().text);
    core_.finish(Ending::dropped);
    return storage_error(committed.error());
  }
  core_.finish(Ending::quit);
  return deleted.empty() && !host_.keeps_deleted() ? "+OK Logging out.\r\n"
                                                   : "+OK Logging out, messages deleted.\r\n";
}

Result<MessageNumber> Transaction::message_number(std::string_view& arguments,
                                                  bool more_follows) const {
  auto number = take_argument<MessageNumber>(arguments, message_number_errors, more_follows);
  if (!number) {
    return number;
  }
  if (number.value() == 0 || number.value() > open_.count()) {
    return Error{Failure::permanent, "There's no message " + std::to_string(number.value()) + '.'};
  }
  if (open_.deleted[number.value()]) {
    return Error{Failure::permanent, "Message is deleted."};
  }
  return number;
}

}  // namespace pop3_legacy::shim
