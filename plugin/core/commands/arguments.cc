#include "plugin/core/commands/arguments.h"

#include <string>

#include "plugin/core/protocol/command_line.h"

namespace pop3_legacy::commands {

Result<MessageNumber> message_named(const host::Maildrop& maildrop, std::string_view word) {
  const auto number = parse_message_number(word, /*more_follows=*/false);
  if (!number) {
    return Error{Failure::permanent, "Invalid message number: " + std::string(word)};
  }
  if (*number == 0 || *number > maildrop.message_count()) {
    return Error{Failure::permanent, "There's no message " + std::to_string(*number) + '.'};
  }
  if (maildrop.deleted(*number)) {
    return Error{Failure::permanent, "Message is deleted."};
  }
  return *number;
}

std::string messages_left(const host::Maildrop& maildrop) {
  const Tally left = maildrop.left();
  return std::to_string(left.messages) + " messages (" + std::to_string(left.octets) + " octets)";
}

}  // namespace pop3_legacy::commands
