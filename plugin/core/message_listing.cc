#include "plugin/core/message_listing.h"

#include "plugin/core/header_field.h"

namespace pop3_legacy {

namespace {

/// What one call makes: as much as a host sends before it looks for room again.
constexpr std::size_t piece_octets = 4096;

}  // namespace

Result<std::string> MessageListing::next() {
  std::string lines;
  for (; number_ <= last_ && lines.size() < piece_octets; ++number_) {
    if (port_.deleted(number_)) {
      continue;
    }
    const auto line = line_(number_);
    if (!line) {
      return line.error();
    }
    if (line.value()) {
      lines.append(cut(*line.value(), max_field_octets)).append("\r\n");
    }
  }
  return lines;
}

}  // namespace pop3_legacy
