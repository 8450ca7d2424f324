/// How long a message's id may be.
#ifndef POP3_LEGACY_CORE_UIDL_IDENTIFIER_LENGTH_H
#define POP3_LEGACY_CORE_UIDL_IDENTIFIER_LENGTH_H

#include <cstddef>
#include <string_view>

namespace pop3_legacy::uidl {

/// RFC 1939, section 7. Ids of our own making are never longer.
inline constexpr std::size_t max_own_identifier_octets = 70;

/// What a reply line can carry. Old servers sent whole file names and Message-IDs, longer than RFC
/// 1939 allows, and clients remember them. A reply line has at most 512 octets (RFC 2449, section
/// 4); that of UIDL with an argument is "+OK ", the message's number, a blank, the id and CRLF.
inline constexpr std::size_t max_identifier_octets =
    512 - std::string_view("+OK 4294967295 \r\n").size();

}  // namespace pop3_legacy::uidl

#endif
