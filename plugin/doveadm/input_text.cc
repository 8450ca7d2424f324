#include "plugin/doveadm/input_text.h"

namespace pop3_legacy::doveadm {

Result<std::string> read_text(struct istream* input, std::size_t longest, const char* behind) {
  const std::string name = i_stream_get_name(input);
  std::string text;
  const unsigned char* data = nullptr;
  std::size_t size = 0;
  while (i_stream_read_more(input, &data, &size) > 0) {
    if (size > longest - text.size()) {
      return refused(name + " is longer than " + std::to_string(longest) + " octets" + behind);
    }
    text.append(reinterpret_cast<const char*>(data), size);
    i_stream_skip(input, size);
  }
  if (input->stream_errno != 0) {
    return refused(name + " cannot be read: " + i_stream_get_error(input));
  }
  return text;
}

}  // namespace pop3_legacy::doveadm
