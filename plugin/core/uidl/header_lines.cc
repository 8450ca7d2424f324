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

void LineRange::Iterator::find() noexcept {
  const std::string_view piece = rest_.substr(0, range_.longest_);
  const std::size_t lf = piece.find('\n');
  line_ = lf == std::string_view::npos ? piece : piece.substr(0, lf + 1);
  if (line_ == range_.last_) line_ = {};
}

LineRange lines(std::string_view text) {
  return {text, std::string_view::npos, {}};
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
    if (!value) value.emplace();
    value->append(line);
  }
  if (value) value = trimmed(*value);
  return value;
}

}  // namespace pop3_legacy::uidl
