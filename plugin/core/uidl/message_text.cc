#include "plugin/core/uidl/message_text.h"

#include "plugin/core/message/header_lines.h"

namespace pop3_legacy::uidl {

std::string_view header_of(std::string_view text) noexcept {
  for (const std::string_view line : lines(text)) {
    if (line == "\n" || line == "\r\n") {
      return text.substr(0, static_cast<std::size_t>(line.data() - text.data()));
    }
  }
  return text;
}

std::string_view envelope_of(std::string_view text) noexcept {
  const std::size_t end = text.find('\n');
  return text.starts_with("From ") && end != std::string_view::npos ? text.substr(0, end + 1)
                                                                    : std::string_view{};
}

}  // namespace pop3_legacy::uidl
