#include "plugin/core/commands/message_listing.h"

#include <chrono>

#include "plugin/core/message/header_field.h"

namespace pop3_legacy {

namespace {

/// A line for which a message has to be read may take long; then a call produces only one.
constexpr std::chrono::milliseconds turn(50);

}  // namespace

Result<std::string> MessageListing::next() {
  const auto until = std::chrono::steady_clock::now() + turn;
  std::string lines;
  for (; number_ <= last_ && lines.size() < piece_octets; ++number_) {
    if (!lines.empty() && std::chrono::steady_clock::now() > until) {
      break;
    }
    if (maildrop_.deleted(number_)) {
      continue;
    }
    const std::size_t begin = lines.size();
    const Result<bool> has_line = line_(number_, lines);
    if (!has_line) {
      return has_line.error();
    }
    if (has_line.value()) {
      lines.resize(begin + cut(std::string_view(lines).substr(begin), max_field_octets).size());
      lines += "\r\n";
    }
  }
  return lines;
}

}  // namespace pop3_legacy
