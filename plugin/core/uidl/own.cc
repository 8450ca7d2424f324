// Schemes that no old server had.

#include <span>

#include "plugin/core/base/text.h"
#include "plugin/core/uidl/notation.h"
#include "plugin/core/uidl/schemes.h"

namespace pop3_legacy::uidl {

namespace {

// 128 bits: RFC 2104, section 5, allows no fewer of 256.
constexpr std::size_t kept_octets = 16;

}  // namespace

RawId filled_template(Facts& facts, const Context& context) {
  if (context.form == nullptr) {
    return Error{Failure::permanent, "the scheme template has no uidl.template"};
  }
  return context.form->fill(facts, context.uid_offset);
}

/// The first 16 octets, in hexadecimal, of the HMAC of user, LF, GUID.
RawId hmac_sha256(Facts& facts, const Context& context) {
  if (context.key.empty()) {
    return Error{Failure::permanent, "the scheme hmac-sha256 has no key, or an empty one"};
  }
  const auto message = facts.guid();
  if (!message) return message.error();
  const std::string owner = context.owner.empty() ? facts.user() : std::string(context.owner);
  const auto hasher = context.hasher();
  if (!hasher) return hasher.error();
  const auto mac = hasher.value()->hmac_sha256(context.key, owner + '\n' + message.value());
  if (!mac) return mac.error();
  return std::optional(hex(std::span(mac.value()).first<kept_octets>()));
}

}  // namespace pop3_legacy::uidl
