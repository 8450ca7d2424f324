/// The parts of a message's text that the Facts are taken from.
#ifndef POP3_LEGACY_CORE_UIDL_MESSAGE_TEXT_H
#define POP3_LEGACY_CORE_UIDL_MESSAGE_TEXT_H

#include <cstddef>
#include <string_view>

namespace pop3_legacy::uidl {

/// No old server read more of a header than this, and nobody sends more.
inline constexpr std::size_t max_header_octets = std::size_t{16} * 1024 * 1024;

/// The text up to the empty line, which is not included; all of a `text` without one.
std::string_view header_of(std::string_view text) noexcept;

/// The mbox "From " line at the beginning of `text`, with its line end; empty: none, or cut off.
std::string_view envelope_of(std::string_view text) noexcept;

}  // namespace pop3_legacy::uidl

#endif
