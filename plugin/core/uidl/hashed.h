/// Makes ids from pieces of text, with the context's hasher.
#ifndef POP3_LEGACY_CORE_UIDL_HASHED_H
#define POP3_LEGACY_CORE_UIDL_HASHED_H

#include <span>
#include <string_view>

#include "plugin/core/base/hasher.h"
#include "plugin/core/base/result.h"
#include "plugin/core/uidl/schemes.h"

namespace pop3_legacy::uidl {

/// The hash of the concatenated pieces. Fails when the hasher does.
Result<Md5Digest> md5_of(const Context& context, std::span<const std::string_view> pieces);
Result<Md5Digest> md5_of(const Context& context, std::string_view text);

/// The digest as 32 lower-case hexadecimal digits, or its Error.
RawId hex_of(const Result<Md5Digest>& digest);

}  // namespace pop3_legacy::uidl

#endif
