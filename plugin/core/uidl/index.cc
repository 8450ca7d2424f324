// Schemes based on UID and UIDVALIDITY; they always have a value.

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

/// UIDVALIDITY and UID, 8 lower-case hexadecimal digits each.
RawId uw(Facts& facts, const Context& /*context*/) {
  return std::optional(hex8(facts.uidvalidity()) + hex8(facts.uid()));
}

/// UID and UIDVALIDITY, 8 lower-case hexadecimal digits each.
RawId dovecot(Facts& facts, const Context& /*context*/) {
  // The X in %08Xu looks like printf()'s but is not: Dovecot's digits are lower case.
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
/// UIDVALIDITY, two UIDs never give the same id.
RawId numeric(Facts& facts, const Context& context) {
  // A UID has up to 10 digits. The first digit is never 0, for clients that treat the id as a
  // number. Two UIDVALIDITYs have the same lead with a probability of 1 in 9000.
  const std::uint32_t lead = facts.uidvalidity() % 9000 + 1000;
  return std::optional(std::to_string(lead) +
                       number_in(decimal_digits, facts.uid() + context.uid_offset, 10));
}

}  // namespace pop3_legacy::uidl
