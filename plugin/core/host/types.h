/// The words in which the core and a host speak of messages.
#ifndef POP3_LEGACY_CORE_HOST_TYPES_H
#define POP3_LEGACY_CORE_HOST_TYPES_H

#include <cstdint>
#include <optional>

namespace pop3_legacy {

/// A message's number in this session, from 1. 0: no message.
using MessageNumber = std::uint32_t;

/// RFC 3501's UID and UIDVALIDITY. A UID is never 0 and never used again under the same
/// UIDVALIDITY.
using Uid = std::uint32_t;
using UidValidity = std::uint32_t;

/// So many messages, with so many octets.
struct Tally {
  MessageNumber messages = 0;
  std::uint64_t octets = 0;
};

/// A mailbox as a discussion group of RFC 1082.
struct Board {
  /// The highest UID that a message of it ever had, which is just what the RFC's maxima is.
  Uid maxima = 0;
  /// When the last of its messages arrived, in seconds since 1970. No value: there is none.
  std::optional<std::int64_t> last_date;
};

}  // namespace pop3_legacy

#endif
