// Of UID and UIDVALIDITY; never without a value.

#include "plugin/core/uidl/notation.h"
#include "plugin/core/uidl/schemes.h"

namespace pop3_legacy::uidl {

namespace {

std::string hex8(std::uint32_t number) {
  return number_in(lower_hex_digits, number, 8);
}

std::string joined(Facts& facts, char separator) {
  return std::to_string(facts.uidvalidity()) + separator + std::to_string(facts.uid());
}

}  // namespace

/// 8 lower-case hexadecimal digits each of UIDVALIDITY and UID.
RawId uw(Facts& facts, const Context& /*context*/) {
  return std::optional(hex8(facts.uidvalidity()) + hex8(facts.uid()));
}

/// 8 lower-case hexadecimal digits each of UID and UIDVALIDITY.
RawId dovecot(Facts& facts, const Context& /*context*/) {
  // The X of %08Xu looks like printf()'s and is not: Dovecot's digits are lower case.
  return std::optional(hex8(facts.uid()) + hex8(facts.uidvalidity()));
}

/// `UIDVALIDITY.UID`.
RawId cyrus(Facts& facts, const Context& /*context*/) {
  return std::optional(joined(facts, '.'));
}

/// `UIDVALIDITY-UID`.
RawId cyrus_courier(Facts& facts, const Context& /*context*/) {
  return std::optional(joined(facts, '-'));
}

RawId decimal_uid(Facts& facts, const Context& context) {
  return std::optional(std::to_string(facts.uid() + context.uid_offset));
}

/// 14 decimal digits: UIDVALIDITY modulo 9000, plus 1000, and 10 digits of the UID. Under one
/// UIDVALIDITY no two UIDs have the same.
RawId numeric(Facts& facts, const Context& context) {
  // A UID takes up to 10 digits; the first digit is never 0, for clients that take it as a number.
  // Of two UIDVALIDITYs one in 9000 has the same lead.
  const std::uint32_t lead = facts.uidvalidity() % 9000 + 1000;
  return std::optional(std::to_string(lead) +
                       number_in(decimal_digits, facts.uid() + context.uid_offset, 10));
}

}  // namespace pop3_legacy::uidl
