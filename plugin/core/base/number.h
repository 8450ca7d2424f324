/// Decimal numbers in texts: digits only, no blank and no "+"; "-" only if Number is signed.
#ifndef POP3_LEGACY_CORE_BASE_NUMBER_H
#define POP3_LEGACY_CORE_BASE_NUMBER_H

#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>

namespace pop3_legacy {

/// Removes the number at the beginning of `text` and returns it. No value: there is none, or it is
/// too large; `text` is then unchanged.
template <class Number>
std::optional<Number> take_number(std::string_view& text, int base = 10) noexcept {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// The number that makes up all of `text`.
template <class Number>
std::optional<Number> whole_number(std::string_view text, int base = 10) noexcept {
  const std::optional<Number> number = take_number<Number>(text, base);
  return text.empty() ? number : std::nullopt;
}

}  // namespace pop3_legacy

#endif
