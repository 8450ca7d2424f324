/// Splits a client's line as Dovecot does, so that the core and the host agree on it: only the part
/// before the first NUL counts; the verb ends at the first space; any number of spaces precede the
/// arguments (client_handle_input() and get_msgnum() in Dovecot's src/pop3).
#ifndef POP3_LEGACY_CORE_PROTOCOL_COMMAND_LINE_H
#define POP3_LEGACY_CORE_PROTOCOL_COMMAND_LINE_H

#include <optional>
#include <string_view>

#include "plugin/core/host/types.h"

namespace pop3_legacy {

/// Both parts point into the original line.
struct CommandLine {
  std::string_view verb;       ///< as typed; empty when the line begins with a space
  std::string_view arguments;  ///< without leading spaces
  bool has_nul = false;        ///< the line went on after a NUL; that part is ignored
};

/// Accepts `line` with or without its LF or CRLF.
CommandLine parse_command_line(std::string_view line) noexcept;

/// Removes the first word and the spaces after it from `arguments` and returns the word; empty:
/// there is none. `arguments` does not begin with a space.
std::string_view take_word(std::string_view& arguments) noexcept;

/// Counts the space-separated words of `arguments`, looking at no more than `limit`: a result of
/// `limit` means "that many or more".
unsigned count_words(std::string_view arguments, unsigned limit) noexcept;

/// The message number that Dovecot would read: only digits or, with `more_follows`, digits and a
/// space. No value where Dovecot answers -ERR because of the format. Does not check whether the
/// message exists.
std::optional<MessageNumber> parse_message_number(std::string_view arguments,
                                                  bool more_follows) noexcept;

}  // namespace pop3_legacy

#endif
