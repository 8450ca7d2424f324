/// What UIDL may answer for a message.
#ifndef POP3_LEGACY_CORE_UIDL_IDENTIFIER_H
#define POP3_LEGACY_CORE_UIDL_IDENTIFIER_H

#include <cstddef>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/uidl/identifier_length.h"
#include "plugin/core/uidl/schemes.h"

namespace pop3_legacy::uidl {

/// 1 to `longest` octets, each 0x21 to 0x7E.
bool is_identifier(std::string_view text, std::size_t longest = max_identifier_octets) noexcept;

/// `raw` itself if it is a valid id of at most `context.longest` octets. Otherwise a legal id that
/// is always the same: 32 lower-case hexadecimal digits, the first half of the SHA-256 of `raw`.
/// Only then is the hasher asked for; fails only if that does.
Result<std::string> identifier(std::string_view raw, const Context& context);

}  // namespace pop3_legacy::uidl

#endif
