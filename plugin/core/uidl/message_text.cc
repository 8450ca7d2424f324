#include "plugin/core/uidl/message_text.h"

namespace pop3_legacy::uidl {

std::string_view header_of(std::string_view text) noexcept {
  std::size_t line = 0;
  while (line < text.size()) {
    const std::string_view rest = text.substr(line);
    if (rest.starts_with('\n') || rest.starts_with("\r\n")) {
      return text.substr(0, line);
    }
    const std::size_t end = rest.find('\n');
    line = end == std::string_view::npos ? text.size() : line + end + 1;
  }
  return text;
}

std::string_view envelope_of(std::string_view text) noexcept {
  const std::size_t end = text.find('\n');
  return text.starts_with("From ") && end != std::string_view::npos ? text.substr(0, end + 1)
                                                                    : std::string_view{};
}

}  // namespace pop3_legacy::uidl
