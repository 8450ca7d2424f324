#include "plugin/core/uidl/lines.h"

#include <array>

#include "plugin/core/text.h"
#include "plugin/core/uidl/notation.h"

namespace pop3_legacy::uidl {

std::optional<std::string_view> Lines::next() {
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

Error Lines::wrong(const std::string& why) const {
  return {Failure::permanent, "line " + std::to_string(number_) + ": " + why};
}

std::uint32_t crc32(std::string_view text) noexcept {
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

std::string with_end(std::string text, std::size_t count) {
  text.append("end ").append(std::to_string(count)).append(" ");
  return text.append(number_in(lower_hex_digits, crc32(text), 8)).append("\n");
}

Status read_lines(std::string_view text, const LineReader& reader) {
  const std::string what(reader.what);
  Lines lines(text);
  if (lines.next() != reader.title) {
    return lines.wrong("this is no " + what + ", for it does not begin with " +
                       in_quotes(reader.title));
  }
  while (const auto line = lines.next()) {
    if (line->starts_with("end ")) {
      if (with_end(std::string(text.substr(0, lines.begin())), reader.count()) == text) {
        return Done{};
      }
      return lines.wrong(
          "this is not the last line that belongs to the text before it; something was changed in "
          "the file, or is missing");
    }
    const Result<bool> belongs = reader.add(*line);
    if (!belongs || !belongs.value()) {
      return lines.wrong(belongs ? "this does not belong here: " + in_quotes(*line)
                                 : belongs.error().text);
    }
  }
  return lines.wrong("the " + what + " ends too early");
}

}  // namespace pop3_legacy::uidl
