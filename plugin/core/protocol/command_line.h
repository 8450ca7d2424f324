/// A client's line as Dovecot takes it apart, so that the core and the host agree on what a
/// line is: the part before the first NUL, a verb up to the first space, arguments behind any
/// number of spaces (client_handle_input() and get_msgnum() in Dovecot's src/pop3).
#ifndef POP3_LEGACY_CORE_PROTOCOL_COMMAND_LINE_H
#define POP3_LEGACY_CORE_PROTOCOL_COMMAND_LINE_H

#include <optional>
#include <string_view>

#include "plugin/core/host/types.h"

namespace pop3_legacy {

/// Both parts point into the line they were taken from.
struct CommandLine {
  std::string_view verb;       ///< as typed; empty when the line begins with a space
  std::string_view arguments;  ///< without leading spaces
  bool has_nul = false;        ///< something stood behind a NUL and is not part of it
};

/// `line` with or without its LF or CRLF.
CommandLine parse_command_line(std::string_view line) noexcept;

/// `line`, which has no line end, without the spaces that stand before and behind what it says.
std::string_view without_outer_spaces(std::string_view line) noexcept;

/// Takes the first word of `arguments` away, and the spaces behind it; empty: there is none.
/// `arguments` does not begin with a space.
std::string_view take_word(std::string_view& arguments) noexcept;

/// The words of `arguments`, separated by spaces. At most `limit` are looked at: a count of
/// `limit` means "that many or more".
unsigned count_words(std::string_view arguments, unsigned limit) noexcept;

/// The message number Dovecot would read: digits alone, or with `more_follows` digits and a
/// space. No value where Dovecot answers -ERR for the shape of it; whether there is such a
/// message is not looked at.
std::optional<MessageNumber> parse_message_number(std::string_view arguments,
                                                  bool more_follows) noexcept;

}  // namespace pop3_legacy

#endif
