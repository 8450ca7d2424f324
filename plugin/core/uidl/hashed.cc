#include "plugin/core/uidl/hashed.h"

#include "plugin/core/base/text.h"
#include "plugin/core/uidl/notation.h"

namespace pop3_legacy::uidl {

Result<Md5Digest> md5_of(const Context& context, std::span<const std::string_view> pieces) {
  const auto hasher = context.hasher();
  if (!hasher) return hasher.error();
  return hasher.value()->md5(pieces);
}

Result<Md5Digest> md5_of(const Context& context, std::string_view text) {
  return md5_of(context, std::span(&text, 1));
}

RawId hex_of(const Result<Md5Digest>& digest) {
  if (!digest) return digest.error();
  return std::optional(hex(digest.value()));
}

}  // namespace pop3_legacy::uidl
