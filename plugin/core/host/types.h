/// Basic types with which the core and a host refer to messages.
#ifndef POP3_LEGACY_CORE_HOST_TYPES_H
#define POP3_LEGACY_CORE_HOST_TYPES_H

#include <cstdint>
#include <optional>

namespace pop3_legacy {

/// A message's number in this session, starting at 1. 0: no message.
using MessageNumber = std::uint32_t;

/// RFC 3501's UID and UIDVALIDITY. A UID is never 0 and is never reused under the same UIDVALIDITY.
using Uid = std::uint32_t;
using UidValidity = std::uint32_t;

/// A number of messages and their total size in octets.
struct Tally {
  MessageNumber messages = 0;
  std::uint64_t octets = 0;
};

/// A mailbox as an RFC 1082 discussion group.
struct Board {
  /// The highest UID that any of its messages ever had, which is exactly the RFC's maxima.
  Uid maxima = 0;
  /// When its latest message arrived, in seconds since 1970. No value: it has no messages.
  std::optional<std::int64_t> last_date;
};

}  // namespace pop3_legacy

#endif
