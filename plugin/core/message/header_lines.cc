#include "plugin/core/message/header_lines.h"

#include "plugin/core/base/text.h"
#include "plugin/core/message/header_field.h"

namespace pop3_legacy {

void LineRange::Iterator::find() noexcept {
  const std::string_view piece = rest_.substr(0, range_.longest_);
  const std::size_t lf = piece.find('\n');
  line_ = lf == std::string_view::npos ? piece : piece.substr(0, lf + 1);
  if (line_ == range_.last_) line_ = {};
}

std::string_view field_name(std::string_view line) noexcept {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return {};
  std::string_view name = line.substr(0, colon);
  name = name.substr(0, name.find_last_not_of(" \t") + 1);
  return is_field_name(name) ? name : std::string_view{};
}

std::string unfolded(std::string_view field) {
  std::string text;
  for (const std::string_view line : lines(field)) text += without_line_end(line);
  return text;
}

}  // namespace pop3_legacy
