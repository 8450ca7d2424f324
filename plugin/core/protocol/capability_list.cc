#include "plugin/core/protocol/capability_list.h"

#include <algorithm>

namespace pop3_legacy {

namespace {

/// mpop gives up on longer lists.
constexpr std::size_t max_lines = 50;

}  // namespace

std::string_view capability_tag(std::string_view capability) noexcept {
  return capability.substr(0, capability.find(' '));
}

CapabilityList::CapabilityList(std::string_view host_answer,
                               const std::function<bool(std::string_view line)>& keeps) {
  std::string_view rest = host_answer;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    const std::string_view with_end = rest.substr(0, end);
    rest.remove_prefix(end);
    const auto line = with_end.substr(0, with_end.find_first_of("\r\n"));
    if (line == ".") {
      break;
    }
    if (!wire_.empty()) {  // not the status line
      if (keeps && !keeps(line)) {
        continue;
      }
      tags_.emplace_back(capability_tag(line));
    }
    wire_ += with_end;
  }
}

void CapabilityList::add(std::string_view line) {
  const std::string_view tag = capability_tag(line);
  if (tags_.size() < max_lines && line.size() <= max_capability_octets &&
      std::find(tags_.begin(), tags_.end(), tag) == tags_.end()) {
    tags_.emplace_back(tag);
    wire_.append(line).append("\r\n");
  }
}

std::string CapabilityList::wire() const {
  return wire_ + ".\r\n";
}

}  // namespace pop3_legacy
