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

/// 1 to `longest` octets of 0x21 to 0x7E.
bool is_identifier(std::string_view text, std::size_t longest = max_identifier_octets) noexcept;

/// `raw` as it is where it is an id of at most `context.longest` octets; otherwise the same legal
/// id each time: 32 lower-case hexadecimal digits, the first half of the SHA-256 of `raw`. Asks for
/// the hasher only then, and fails only as that does.
Result<std::string> identifier(std::string_view raw, const Context& context);

}  // namespace pop3_legacy::uidl

#endif
