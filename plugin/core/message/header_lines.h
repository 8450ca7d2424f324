/// A message's header, line by line and field by field, as it is: LF or CRLF, nothing is refused.
#ifndef POP3_LEGACY_CORE_MESSAGE_HEADER_LINES_H
#define POP3_LEGACY_CORE_MESSAGE_HEADER_LINES_H

#include <cstddef>
#include <string>
#include <string_view>

namespace pop3_legacy {

/// The lines of a text, found one at a time, because a header may have millions. They point into
/// the text.
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

  /// A line longer than `longest` octets is split into pieces of that length. If `last` is not
  /// empty, the range ends before the first line equal to it.
  LineRange(std::string_view text, std::size_t longest, std::string_view last)
      : text_(text), longest_(longest), last_(last) {}
  [[nodiscard]] Iterator begin() const { return Iterator(*this); }
  [[nodiscard]] static End end() { return {}; }

 private:
  std::string_view text_;
  std::size_t longest_;
  std::string_view last_;
};

/// The lines of `text` including their LF, which may be missing from the last one.
inline LineRange lines(std::string_view text) {
  return {text, std::string_view::npos, {}};
}

/// The line continues the field of the previous line.
constexpr bool continues(std::string_view line) noexcept {
  return line.starts_with(' ') || line.starts_with('\t');
}

/// "Name" for "Name : value"; empty if the line does not begin a field.
std::string_view field_name(std::string_view line) noexcept;

/// The lines of the first field of `header` whose first line satisfies `meant`; empty: there is
/// none.
template <class Meant>
std::string_view find_field(std::string_view header, const Meant& meant) {
  std::string_view field;
  for (const std::string_view line : lines(header)) {
    if (field.empty() ? meant(line) : continues(line)) {
      field = {field.empty() ? line.data() : field.data(), field.size() + line.size()};
    } else if (!field.empty()) {
      break;
    }
  }
  return field;
}

/// The lines of a field, or of part of one, joined without line ends.
std::string unfolded(std::string_view field);

}  // namespace pop3_legacy

#endif
