/// A header as the old servers saw it: line by line, in a file with LF line ends.
#ifndef POP3_LEGACY_CORE_UIDL_HEADER_LINES_H
#define POP3_LEGACY_CORE_UIDL_HEADER_LINES_H

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pop3_legacy::uidl {

/// `text` with LF for CRLF if every line ends so, as Dovecot stores mail with mail_save_crlf: the
/// old server's file had LF. Where LF lines are among them, a CR was in the old file, too; all of
/// the servers here took it as any other octet.
std::string with_lf(std::string text);

/// The lines of a text, found one by one: a header may have millions. They point into the text.
class LineRange {
 public:
  struct End {};
  class Iterator {
   public:
    explicit Iterator(const LineRange& range) : range_(range), rest_(range.text_) { find(); }
    std::string_view operator*() const noexcept { return line_; }
    Iterator& operator++() noexcept {
      rest_.remove_prefix(line_.size());
      find();
      return *this;
    }
    bool operator==(End /*end*/) const noexcept { return line_.empty(); }

   private:
    void find() noexcept;

    const LineRange& range_;
    std::string_view rest_;
    std::string_view line_;  ///< empty: there are no more
  };

  /// A line longer than `longest` octets comes in pieces of that length. A line `last` (not empty)
  /// is not one of them, nor is what stands behind it.
  LineRange(std::string_view text, std::size_t longest, std::string_view last)
      : text_(text), longest_(longest), last_(last) {}
  [[nodiscard]] Iterator begin() const { return Iterator(*this); }
  [[nodiscard]] static End end() { return {}; }

 private:
  std::string_view text_;
  std::size_t longest_;
  std::string_view last_;
};

/// The lines of `text` with their LF, which the last may lack.
LineRange lines(std::string_view text);

/// The lines of a header as the servers that descend from Berkeley's popper saw them: pieces of
/// at most 1023 octets, as from fgets(), and the header ends at the first that is only a LF, also
/// where it is the rest of a line of 1023.
LineRange popper_lines(std::string_view header);

/// Adds `line` to the pieces of a text, as part of the last where it stands right behind it.
void add_piece(std::vector<std::string_view>& pieces, std::string_view line);

/// `line` begins with `name` (in which the colon is), whatever the letters' case.
bool begins(std::string_view line, std::string_view name) noexcept;

/// The line continues the field of the line before it.
constexpr bool continues(std::string_view line) noexcept {
  return line.starts_with(' ') || line.starts_with('\t');
}

std::string_view trimmed(std::string_view text) noexcept;

/// The value of the first field of that name (in which the colon is), its lines joined, without
/// white space around it. No value: there is no such field.
std::optional<std::string> first_value(std::string_view header, std::string_view name);

}  // namespace pop3_legacy::uidl

#endif
