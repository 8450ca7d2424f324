/// How octets, numbers and times are written in a dialogue file (README.md).
#ifndef POP3_LEGACY_TESTS_DIALOGUES_NOTATION_H
#define POP3_LEGACY_TESTS_DIALOGUES_NOTATION_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"

namespace pop3_legacy::dialogue {

inline constexpr std::string_view crlf = "\r\n";
inline constexpr std::size_t max_message_octets = 1'000'000;

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// "FILE:LINE: ".
std::string at(std::string_view file, unsigned line);

/// No value: `text` is not a number, or is one above `limit`.
std::optional<std::size_t> parse_count(std::string_view text, std::size_t limit);

/// The words of `text`, separated by blanks.
std::vector<std::string_view> words_of(std::string_view text);

/// Converts "2026-02-28T23:59:59Z" to seconds since 1970.
std::optional<std::int64_t> seconds_of(std::string_view text);

/// Takes plain octets and escapes up to one of `stops`, or the end.
Result<std::string> take_octets(std::string_view& text, std::string_view stops);

/// What a `C:` line sends, without CRLF: octets, escapes and repetitions.
Result<std::string> client_octets(std::string_view text);

/// `octets` in printable ASCII, escaped as in `C:` lines and shortened if there are many.
std::string shown(std::string_view octets);

}  // namespace pop3_legacy::dialogue

#endif
