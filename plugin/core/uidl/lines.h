/// Texts by lines, with the numbers for what is wrong with them; and texts of ours, whose first
/// line is a title. Their last is `end COUNT SUM`: the number of their ids, and the CRC-32 of all
/// that stands before SUM, so that neither a text cut short nor one changed octet goes unnoticed.
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

  /// The next line without its LF. No value at the end; what stands behind the last LF is no
  /// line, for it was cut off.
  std::optional<std::string_view> next();

  /// Where the line begins that next() gave last.
  [[nodiscard]] std::size_t begin() const noexcept { return line_; }
  /// "line 3: why", of the line that next() gave last.
  [[nodiscard]] Error wrong(const std::string& why) const;

 private:
  std::string_view text_;
  std::size_t line_ = 0;
  std::size_t next_ = 0;
  unsigned long number_ = 0;
};

/// zlib's and Ethernet's. It is there for damage, and keeps nobody from writing another text.
std::uint32_t crc32(std::string_view text) noexcept;

/// `text` with its last line; `count` is that of its ids.
std::string with_end(std::string text, std::size_t count);

/// What is made of a text of ours.
struct LineReader {
  std::string_view title;  ///< the first line
  std::string_view what;   ///< the text is, in a sentence: "list of pins"
  /// Takes a line between the first and the last; false: it does not belong here.
  std::function<Result<bool>(std::string_view line)> add;
  /// How many ids there were.
  std::function<std::size_t()> count;
};

/// Reads a whole text of ours. An Error names the line.
Status read_lines(std::string_view text, const LineReader& reader);

}  // namespace pop3_legacy::uidl

#endif
