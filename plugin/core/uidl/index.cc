#include "plugin/core/uidl/formulas.h"
#include "plugin/core/uidl/notation.h"

namespace pop3_legacy::uidl {

namespace {

std::string hex8(std::uint32_t number) {
  return number_in(lower_hex_digits, number, 8);
}

std::string joined(Facts& facts, char separator) {
  return std::to_string(facts.uidvalidity()) + separator + std::to_string(facts.uid());
}

}  // namespace

RawId uw(Facts& facts, const Context& /*context*/) {
  return std::optional(hex8(facts.uidvalidity()) + hex8(facts.uid()));
}

RawId dovecot(Facts& facts, const Context& /*context*/) {
  // The X of %08Xu looks like printf()'s and is not: Dovecot's digits are lower case.
  return std::optional(hex8(facts.uid()) + hex8(facts.uidvalidity()));
}

RawId cyrus(Facts& facts, const Context& /*context*/) {
  return std::optional(joined(facts, '.'));
}

RawId cyrus_courier(Facts& facts, const Context& /*context*/) {
  return std::optional(joined(facts, '-'));
}

RawId decimal_uid(Facts& facts, const Context& context) {
  return std::optional(std::to_string(facts.uid() + context.uid_offset));
}

RawId numeric(Facts& facts, const Context& context) {
  // A UID takes up to 10 digits; the first digit is never 0, for clients that take it as a number.
  // Of two UIDVALIDITYs one in 9000 has the same lead.
  const std::uint32_t lead = facts.uidvalidity() % 9000 + 1000;
  return std::optional(std::to_string(lead) +
                       number_in(decimal_digits, facts.uid() + context.uid_offset, 10));
}

}  // namespace pop3_legacy::uidl
