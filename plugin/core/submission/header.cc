#include "plugin/core/submission/header.h"

#include <algorithm>

#include "plugin/core/base/text.h"
#include "plugin/core/message/header_lines.h"
#include "plugin/core/protocol/command_line.h"

namespace pop3_legacy::submission {

namespace {

constexpr std::string_view crlf = "\r\n";

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

}  // namespace

bool HeaderField::is(std::string_view wanted) const noexcept {
  return equals_ignoring_case(name, wanted);
}

std::string HeaderField::value() const {
  return unfolded(lines.substr(lines.find(':') + 1));
}

Result<std::vector<HeaderField>> split_header(std::string_view header) {
  std::vector<HeaderField> fields;
  bool blanks_before = false;
  for (const std::string_view whole_line : lines(header)) {
    if (!whole_line.ends_with(crlf)) return refused("A header line does not end with CRLF.");
    const std::string_view line = without_line_end(whole_line);
    if (line.find_first_of(std::string_view("\r\0", 2)) != std::string_view::npos) {
      return refused("A header line contains CR or NUL.");
    }
    if (!continues(line)) {
      const std::string_view name = field_name(line);
      if (name.empty()) {
        return refused("Invalid header line: " + printable(line.substr(0, 60)));
      }
      fields.push_back({name, whole_line});
      blanks_before = false;
      continue;
    }
    if (fields.empty()) return refused("The header begins with white space.");
    // Some readers take a continuation line of only blanks for the end of the header.
    if (std::all_of(line.begin(), line.end(), is_blank)) {
      blanks_before = true;
      continue;
    }
    if (blanks_before) return refused("A header field contains a line of white space.");
    HeaderField& last = fields.back();
    last.lines = {last.lines.data(), last.lines.size() + whole_line.size()};
  }
  return fields;
}

std::size_t end_of_header(std::string_view text, std::size_t from) noexcept {
  if (text.starts_with(crlf)) return crlf.size();
  const std::size_t at = text.find("\r\n\r\n", from);
  return at == std::string_view::npos ? at : at + 2 * crlf.size();
}

}  // namespace pop3_legacy::submission
