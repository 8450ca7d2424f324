/// CAPA's answer (RFC 2449): the host's lines and those the plugin adds.
#ifndef POP3_LEGACY_CORE_PROTOCOL_CAPABILITY_LIST_H
#define POP3_LEGACY_CORE_PROTOCOL_CAPABILITY_LIST_H

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace pop3_legacy {

/// fetchmail reads each capability into a buffer of 64 octets, including the final NUL.
inline constexpr std::size_t max_capability_octets = 63;

/// "EXPIRE" for "EXPIRE 30 USER".
std::string_view capability_tag(std::string_view capability) noexcept;

class CapabilityList {
 public:
  /// `host_answer` is "+OK", the lines and the lone dot. Lines for which `keeps` returns false are
  /// left out; an empty `keeps` keeps all.
  explicit CapabilityList(std::string_view host_answer,
                          const std::function<bool(std::string_view line)>& keeps = {});

  /// Adds a line unless its tag is already there, it is too long for fetchmail, or the list is too
  /// long for mpop.
  void add(std::string_view line);

  /// The answer as it goes over the wire.
  [[nodiscard]] std::string wire() const;

 private:
  std::string wire_;
  std::vector<std::string> tags_;
};

}  // namespace pop3_legacy

#endif
