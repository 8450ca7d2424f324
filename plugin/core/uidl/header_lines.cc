#include "plugin/core/uidl/header_lines.h"

#include <algorithm>

#include "plugin/core/text.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::string_view white_space = " \t\r\n";
constexpr std::size_t popper_line_octets = 1023;  // its buffer without the final NUL

bool has_crlf_only(std::string_view text) noexcept {
  std::size_t lf = text.find('\n');
  if (lf == std::string_view::npos) return false;
  for (; lf != std::string_view::npos; lf = text.find('\n', lf + 1)) {
    if (lf == 0 || text[lf - 1] != '\r') return false;
  }
  return true;
}

}  // namespace

std::string with_lf(std::string text) {
  if (!has_crlf_only(text)) return text;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    text[kept++] = text[i];
  }
  text.resize(kept);
  return text;
}

std::vector<std::string_view> lines(std::string_view text, std::size_t longest) {
  std::vector<std::string_view> found;
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, longest);
    const std::size_t lf = piece.find('\n');
    found.push_back(lf == std::string_view::npos ? piece : piece.substr(0, lf + 1));
    text.remove_prefix(found.back().size());
  }
  return found;
}

std::vector<std::string_view> popper_lines(std::string_view header) {
  auto found = lines(header, popper_line_octets);
  found.erase(std::find(found.begin(), found.end(), "\n"), found.end());
  return found;
}

bool begins(std::string_view line, std::string_view name) noexcept {
  return equals_ignoring_case(line.substr(0, name.size()), name);
}

std::string_view trimmed(std::string_view text) noexcept {
  text.remove_prefix(std::min(text.find_first_not_of(white_space), text.size()));
  return text.substr(0, text.find_last_not_of(white_space) + 1);
}

std::optional<std::string> first_value(std::string_view header, std::string_view name) {
  std::optional<std::string> value;
  for (std::string_view line : lines(header)) {
    if (value && !continues(line)) break;
    if (!value && !begins(line, name)) continue;
    if (!value) line.remove_prefix(name.size());
    if (line.ends_with('\n')) line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    value = value.value_or("").append(line);
  }
  if (value) value = trimmed(*value);
  return value;
}

}  // namespace pop3_legacy::uidl
