#include "plugin/core/policy/reader/comments.h"

#include <algorithm>

#include "plugin/core/base/text.h"

namespace pop3_legacy::policy {

std::string without_comment_lines(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  const bool long_strings =
      text.find(R"(""")") != std::string_view::npos || text.find("'''") != std::string_view::npos;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view whole =
        text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
    const std::string_view line = without_line_end(whole);
    const std::size_t first = line.find_first_not_of(" \t");
    const bool comment =
        !long_strings && first != std::string_view::npos && line[first] == '#' &&
        std::all_of(line.begin(), line.end(), [](char c) { return is_printable(c) || c == '\t'; });
    out += comment ? whole.substr(line.size()) : whole;
    text.remove_prefix(whole.size());
  }
  return out;
}

}  // namespace pop3_legacy::policy
