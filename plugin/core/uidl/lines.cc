#include "plugin/core/uidl/lines.h"

#include <array>

#include "plugin/core/base/text.h"
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

namespace {

/// The sum of an octet that is followed by N more, for N from 0 to 7: processes eight octets at
/// once, because a text may have megabytes.
using SumTables = std::array<std::array<std::uint32_t, 256>, 8>;

constexpr SumTables sum_tables() {
  SumTables made{};
  for (std::uint32_t octet = 0; octet < 256; ++octet) {
    std::uint32_t value = octet;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value >> 1U) ^ ((value & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    made[0][octet] = value;
  }
  for (std::size_t more = 1; more < made.size(); ++more) {
    for (std::uint32_t octet = 0; octet < 256; ++octet) {
      const std::uint32_t before = made[more - 1][octet];
      made[more][octet] = (before >> 8U) ^ made[0][before & 0xFFU];
    }
  }
  return made;
}

constexpr SumTables tables = sum_tables();

constexpr std::uint32_t octet_of(std::string_view text, std::size_t place) {
  return static_cast<unsigned char>(text[place]);
}

}  // namespace

std::uint32_t crc32(std::string_view text) noexcept {
  // NOLINTBEGIN(cppcoreguidelines-pro-bounds-constant-array-index): an octet has 256 values
  std::uint32_t sum = 0xFFFFFFFFU;
  for (; text.size() >= 8; text.remove_prefix(8)) {
    sum ^= octet_of(text, 0) | octet_of(text, 1) << 8U | octet_of(text, 2) << 16U |
           octet_of(text, 3) << 24U;
    sum = tables[7][sum & 0xFFU] ^ tables[6][sum >> 8U & 0xFFU] ^ tables[5][sum >> 16U & 0xFFU] ^
          tables[4][sum >> 24U] ^ tables[3][octet_of(text, 4)] ^ tables[2][octet_of(text, 5)] ^
          tables[1][octet_of(text, 6)] ^ tables[0][octet_of(text, 7)];
  }
  for (const char c : text) {
    sum = (sum >> 8U) ^ tables[0][(sum ^ static_cast<unsigned char>(c)) & 0xFFU];
  }
  // NOLINTEND(cppcoreguidelines-pro-bounds-constant-array-index)
  return ~sum;
}

std::string with_end(std::string text, std::size_t count) {
  text.append("end ").append(std::to_string(count)).append(" ");
  return text.append(number_in(lower_hex_digits, crc32(text), 8)).append("\n");
}

bool has_end(std::string_view text, std::size_t count) {
  if (text.size() < sum_octets) return false;
  const std::string_view summed = text.substr(0, text.size() - sum_octets);
  return text.substr(summed.size()) == number_in(lower_hex_digits, crc32(summed), 8) + '\n' &&
         summed.ends_with("\nend " + std::to_string(count) + ' ');
}

Status read_lines(std::string_view text, const LineReader& reader) {
  const std::string what(reader.what);
  Lines lines(text);
  if (lines.next() != reader.title) {
    return lines.wrong("this is not a " + what + ": it does not begin with " +
                       in_quotes(reader.title));
  }
  while (const auto line = lines.next()) {
    if (line->starts_with("end ")) {
      if (lines.begin() + line->size() + 1 == text.size() && has_end(text, reader.count())) {
        return Done{};
      }
      return lines.wrong(
          "the last line does not match the text before it: the file was changed, or part of it is "
          "missing");
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
