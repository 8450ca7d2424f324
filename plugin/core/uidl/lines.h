/// Texts of lines, with line numbers for errors; and texts of our own, whose first line is a title.
/// Their last line is `end COUNT SUM`: the number of their ids and the CRC-32 of everything before
/// SUM, so that neither truncation nor a single changed octet goes unnoticed.
#ifndef POP3_LEGACY_CORE_UIDL_LINES_H
#define POP3_LEGACY_CORE_UIDL_LINES_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy::uidl {

class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}

  /// The next line without its LF. No value at the end; text after the last LF is not a line,
  /// because it was cut off.
  std::optional<std::string_view> next();

  /// The position of the line that next() returned last.
  [[nodiscard]] std::size_t begin() const noexcept { return line_; }
  /// "line 3: why", for the line that next() returned last.
  [[nodiscard]] Error wrong(const std::string& why) const;

 private:
  std::string_view text_;
  std::size_t line_ = 0;
  std::size_t next_ = 0;
  unsigned long number_ = 0;
};

/// The CRC-32 of zlib and Ethernet. It detects damage; it does not prevent forgery.
std::uint32_t crc32(std::string_view text) noexcept;

/// SUM and the line end behind it, with which a text of ours ends.
inline constexpr std::size_t sum_octets = 8 + 1;

/// `text` with its last line added; `count` is the number of its ids.
std::string with_end(std::string text, std::size_t count);

/// `text` ends with the line that with_end() adds for `count`, and nothing before it has changed.
bool has_end(std::string_view text, std::size_t count);

/// How to interpret a text of ours.
struct LineReader {
  std::string_view title;  ///< the first line
  std::string_view what;   ///< what the text is, in a sentence: "list of pins"
  /// Takes a line between the first and the last; false: it does not belong here.
  std::function<Result<bool>(std::string_view line)> add;
  /// How many ids there were.
  std::function<std::size_t()> count;
};

/// Reads a whole text of ours. An Error names the line.
Status read_lines(std::string_view text, const LineReader& reader);

}  // namespace pop3_legacy::uidl

#endif
