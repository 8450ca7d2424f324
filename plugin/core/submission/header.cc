#include "plugin/core/submission/header.h"

#include <algorithm>

#include "plugin/core/header_field.h"
#include "plugin/core/text.h"

namespace pop3_legacy::submission {

namespace {

constexpr std::string_view crlf = "\r\n";

bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t';
}

// "Name" of "Name : value"; empty where the line is no field.
std::string_view name_of(std::string_view line) noexcept {
  std::string_view name = line.substr(0, line.find(':'));
  if (name.size() == line.size()) return {};
  while (!name.empty() && is_blank(name.back())) name.remove_suffix(1);
  return is_field_name(name) ? name : std::string_view{};
}

Error refused(std::string text) {
  return {Failure::permanent, std::move(text)};
}

}  // namespace

bool HeaderField::is(std::string_view wanted) const noexcept {
  return equals_ignoring_case(name, wanted);
}

std::string HeaderField::value() const {
  std::string unfolded;
  std::string_view rest = lines.substr(lines.find(':') + 1);
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(crlf), rest.size());
    unfolded += rest.substr(0, end);
    rest.remove_prefix(std::min(end + crlf.size(), rest.size()));
  }
  return unfolded;
}

Result<std::vector<HeaderField>> split_header(std::string_view header) {
  std::vector<HeaderField> fields;
  const char* begin = header.data();
  while (!header.empty()) {
    const std::size_t end = header.find(crlf);
    if (end == std::string_view::npos) return refused("The header does not end with a line.");
    const std::string_view line = header.substr(0, end);
    if (line.find_first_of(std::string_view("\r\0", 2)) != std::string_view::npos) {
      return refused("The header has a CR or a NUL inside a line.");
    }
    if (!line.empty() && is_blank(line.front())) {
      if (fields.empty()) return refused("The header begins with a blank.");
      // A continuation of blanks only is an end of the header to some readers.
      if (std::all_of(line.begin(), line.end(), is_blank)) {
        header.remove_prefix(end + crlf.size());
        begin = header.data();
        continue;
      }
      HeaderField& last = fields.back();
      if (last.lines.data() + last.lines.size() != begin) {
        return refused("The header has a line of blanks inside a field.");
      }
      last.lines = {last.lines.data(), last.lines.size() + end + crlf.size()};
    } else {
      const std::string_view name = name_of(line);
      if (name.empty()) {
        return refused("The header has a line that is no header field: " +
                       printable(line.substr(0, 60)));
      }
      fields.push_back({name, header.substr(0, end + crlf.size())});
    }
    header.remove_prefix(end + crlf.size());
    begin = header.data();
  }
  return fields;
}

std::size_t end_of_header(std::string_view text, std::size_t from) noexcept {
  if (text.starts_with(crlf)) return crlf.size();
  const std::size_t at = text.find("\r\n\r\n", from);
  return at == std::string_view::npos ? at : at + 2 * crlf.size();
}

}  // namespace pop3_legacy::submission
