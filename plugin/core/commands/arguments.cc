#include "plugin/core/commands/arguments.h"

#include <string>

#include "plugin/core/command_line.h"

namespace pop3_legacy::commands {

Result<MessageNumber> message_named(const Port& port, std::string_view word) {
  const auto number = parse_message_number(word, /*more_follows=*/false);
  if (!number) {
    return Error{Failure::permanent, "Invalid message number: " + std::string(word)};
  }
  if (*number == 0 || *number > port.message_count()) {
    return Error{Failure::permanent, "There's no message " + std::to_string(*number) + '.'};
  }
  if (port.deleted(*number)) {
    return Error{Failure::permanent, "Message is deleted."};
  }
  return *number;
}

std::string messages_left(const Port& port) {
  MessageNumber messages = 0;
  std::uint64_t octets = 0;
  for (MessageNumber number = 1; number <= port.message_count(); ++number) {
    if (!port.deleted(number)) {
      ++messages;
      octets += port.octets(number);
    }
  }
  return std::to_string(messages) + " messages (" + std::to_string(octets) + " octets)";
}

}  // namespace pop3_legacy::commands
