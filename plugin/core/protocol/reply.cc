#include "plugin/core/protocol/reply.h"

#include <algorithm>
#include <cstddef>

namespace pop3_legacy {

namespace {

constexpr std::string_view crlf = "\r\n";

// Some replies repeat what the client sent: a CR or ESC in it must not get through.
char printable(char c) noexcept {
  const auto octet = static_cast<unsigned char>(c);
  return octet < 0x20 || octet == 0x7F ? '?' : c;
}

}  // namespace

void Reply::append_line(std::string_view start, std::string_view text) {
  text = text.substr(0, max_reply_line_octets - crlf.size() - start.size());
  const std::size_t at = wire_.size();
  wire_.resize(at + start.size() + text.size() + crlf.size());
  char* end = std::copy(start.begin(), start.end(), wire_.data() + at);
  end = std::transform(text.begin(), text.end(), end, printable);
  std::copy(crlf.begin(), crlf.end(), end);
}

Reply Reply::ok(std::string_view text) {
  Reply reply{{}};
  reply.append_line("+OK ", text);
  return reply;
}

Reply Reply::err(std::string_view text) {
  Reply reply{{}};
  reply.append_line("-ERR ", text);
  return reply;
}

Reply Reply::temporary_failure(std::string_view text) {
  Reply reply{{}};
  reply.append_line("-ERR [SYS/TEMP] ", text);
  return reply;
}

Reply Reply::verbatim(std::string wire) {
  return Reply{std::move(wire)};
}

Reply& Reply::line(std::string_view text) {
  append_line(text.starts_with('.') ? "." : "", text);
  return *this;
}

Reply& Reply::end() {
  wire_ += ".\r\n";
  return *this;
}

}  // namespace pop3_legacy
