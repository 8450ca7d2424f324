#include "plugin/core/uidl/identifier.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "plugin/core/base/text.h"
#include "plugin/core/uidl/notation.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::size_t kept_octets = 16;

}  // namespace

bool is_identifier(std::string_view text, std::size_t longest) noexcept {
  return !text.empty() && text.size() <= longest &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

Result<std::string> identifier(std::string_view raw, const Context& context) {
  if (is_identifier(raw, context.longest)) return std::string(raw);
  const auto hasher = context.hasher();
  if (!hasher) return hasher.error();
  const auto digest = hasher.value()->sha256(raw);
  if (!digest) return digest.error();
  return hex(std::span(digest.value()).first<kept_octets>());
}

}  // namespace pop3_legacy::uidl
