/// A text of ours, line by line, with the numbers for what is wrong with it.
///
/// Its last line is `end COUNT SUM`: the number of its ids, and the CRC-32 of all that stands
/// before SUM, so that neither a text cut short nor one changed octet goes unnoticed.
#ifndef POP3_LEGACY_CORE_UIDL_LINES_H
#define POP3_LEGACY_CORE_UIDL_LINES_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/result.h"
#include "plugin/core/uidl/notation.h"

namespace pop3_legacy::uidl {

/// zlib's and Ethernet's. It is there for damage, and keeps nobody from writing another text.
constexpr std::uint32_t crc32(std::string_view text) noexcept {
  constexpr std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> made{};
    for (std::uint32_t octet = 0; octet < made.size(); ++octet) {
      std::uint32_t value = octet;
      for (int bit = 0; bit < 8; ++bit) {
        value = (value >> 1U) ^ ((value & 1U) != 0 ? 0xEDB88320U : 0U);
      }
      made.at(octet) = value;
    }
    return made;
  }();
  std::uint32_t sum = 0xFFFFFFFFU;
  for (const char c : text) {
    sum = (sum >> 8U) ^ table.at((sum ^ static_cast<unsigned char>(c)) & 0xFFU);
  }
  return ~sum;
}

/// `text` with its last line; `count` is that of its ids.
inline std::string with_end(std::string text, std::size_t count) {
  text.append("end ").append(std::to_string(count)).append(" ");
  return text.append(number_in(lower_hex_digits, crc32(text), 8)).append("\n");
}

class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  /// The next line without its LF. No value at the end; what stands behind the last LF is no
  /// line, for it was cut off.
  std::optional<std::string_view> next() {
    line_ = next_;
    ++number_;
    const std::size_t end = text_.find('\n', line_);
    if (end == std::string_view::npos) {
      next_ = text_.size();
      return std::nullopt;
    }
    next_ = end + 1;
    return text_.substr(line_, end - line_);
  }

  /// The line that next() gave last is the one of with_end(), and nothing stands behind it.
  [[nodiscard]] bool ended(std::size_t count) const {
    return with_end(std::string(text_.substr(0, line_)), count) == text_;
  }

  /// "line 3: why", of the line that next() gave last.
  [[nodiscard]] Error wrong(const std::string& why) const {
    return {Failure::permanent, "line " + std::to_string(number_) + ": " + why};
  }
  /// Where ended() is false.
  [[nodiscard]] Error wrong_end() const {
    return wrong(
        "this is not the last line that belongs to the text before it; something was changed in "
        "the file, or is missing");
  }

 private:
  std::string_view text_;
  std::size_t line_ = 0;
  std::size_t next_ = 0;
  unsigned long number_ = 0;
};

}  // namespace pop3_legacy::uidl

#endif
