// Schemes based on what the old server left in the Maildir; no value outside a Maildir.

#include "plugin/core/uidl/hashed.h"
#include "plugin/core/uidl/notation.h"
#include "plugin/core/uidl/schemes.h"

namespace pop3_legacy::uidl {

namespace {

bool courier_keeps(char c) noexcept {
  return c >= '!' && c <= '~' && c != '\'' && c != '"' && c != '+';
}

}  // namespace

/// The file name; octets outside 0x21 to 0x7E, quotes and "+" become `+XX`.
RawId courier_v0(Facts& facts, const Context& /*context*/) {
  const auto name = facts.file_name();
  if (!name) return name.error();
  if (!name.value()) return std::optional<std::string>{};
  std::string id;
  for (const char c : *name.value()) {
    if (courier_keeps(c)) {
      id += c;
    } else {
      (id += '+') += number_in(upper_hex_digits, static_cast<unsigned char>(c), 2);
    }
  }
  return std::optional(id);
}

/// `UIDn-v` from courierpop3dsizelist; `UIDn` if v is 0.
RawId courier(Facts& facts, const Context& context) {
  const auto numbered = facts.courier();
  if (!numbered) return numbered.error();
  if (!numbered.value()) return std::optional<std::string>{};
  const CourierNumber& message = *numbered.value();
  if (message.number == 0) return courier_v0(facts, context);
  std::string id = "UID" + std::to_string(message.number);
  if (message.validity != 0) id += '-' + std::to_string(message.validity);
  return std::optional(id);
}

RawId file_name(Facts& facts, const Context& /*context*/) {
  return facts.file_name();
}

RawId maildir_md5(Facts& facts, const Context& context) {
  const auto name = facts.file_name();
  if (!name) return name.error();
  if (!name.value()) return std::optional<std::string>{};
  return hex_of(md5_of(context, std::string_view(*name.value())));
}

}  // namespace pop3_legacy::uidl
