#include "plugin/core/uidl/header_lines.h"

#include <cstddef>

#include "plugin/core/base/text.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::size_t popper_line_octets = 1023;  // popper's buffer without the final NUL

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

LineRange popper_lines(std::string_view header) {
  return {header, popper_line_octets, "\n"};
}

void add_piece(std::vector<std::string_view>& pieces, std::string_view line) {
  if (!pieces.empty() && pieces.back().data() + pieces.back().size() == line.data()) {
    pieces.back() = {pieces.back().data(), pieces.back().size() + line.size()};
  } else {
    pieces.push_back(line);
  }
}

bool begins(std::string_view line, std::string_view name) noexcept {
  return equals_ignoring_case(line.substr(0, name.size()), name);
}

std::optional<std::string> first_value(std::string_view header, std::string_view name) {
  const std::string_view field =
      find_field(header, [name](std::string_view line) { return begins(line, name); });
  if (field.empty()) return std::nullopt;
  return std::string(trimmed(unfolded(field.substr(name.size()))));
}

}  // namespace pop3_legacy::uidl
