/// ASCII helpers, and helpers that make sentences for the administrator.
#ifndef POP3_LEGACY_CORE_BASE_TEXT_H
#define POP3_LEGACY_CORE_BASE_TEXT_H

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace pop3_legacy {

/// RFC 1939's keywords and the DNS know only ASCII letters; other octets are unchanged.
constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
constexpr char upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// `text` without what it begins and ends with of `white_space`.
std::string_view trimmed(std::string_view text, std::string_view white_space = " \t\r\n") noexcept;

/// Removes from `text` what stands before the first `end`, and that `end`, and returns what stood
/// before it. Without an `end` it is all of `text`.
std::string_view take_until(std::string_view& text, char end) noexcept;

/// `line` without its LF or CRLF.
std::string_view without_line_end(std::string_view line) noexcept;

/// Printable ASCII, the space included.
constexpr bool is_printable(char c) noexcept {
  return c >= ' ' && c <= '~';
}

/// `text` with everything except printable ASCII written as \xNN: safe for a log or a terminal.
std::string printable(std::string_view text);

/// `text` with ASCII letters in lower case.
std::string lowered(std::string_view text);

/// Two lower-case hexadecimal digits per octet.
std::string hex(std::span<const std::uint8_t> octets);

/// `number` in octal digits; "0" for 0.
std::string octal(std::uint64_t number);

/// `text` made printable, in double quotes, and cut if it is too long to read.
std::string in_quotes(std::string_view text);

/// "a", "a and b", "a, b and c".
std::string enumerated(std::span<const std::string_view> words);

/// `typed` may well be meant as `known`: it differs by a slip or two, or in case.
bool near(std::string_view typed, std::string_view known);

/// The element of `known` nearest to `typed`; empty if none is near().
std::string_view nearest(std::string_view typed, std::span<const std::string_view> known);

/// `; did you mean "…"?` with the nearest of `known`, or nothing.
std::string suggestion(std::string_view typed, std::span<const std::string_view> known);

}  // namespace pop3_legacy

#endif
