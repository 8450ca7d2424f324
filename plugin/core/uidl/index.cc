// Schemes based on UID and UIDVALIDITY; they always have a value.

#include <string>

#include "plugin/core/uidl/notation.h"
#include "plugin/core/uidl/uid_form.h"

namespace pop3_legacy::uidl {

namespace {

std::string hex8(std::uint32_t number) {
  return number_in(lower_hex_digits, number, 8);
}

}  // namespace

/// UIDVALIDITY and UID, 8 lower-case hexadecimal digits each.
UidForm uw(UidValidity validity) {
  return {.before = hex8(validity), .base = UidForm::Base::lower_hex, .width = 8};
}

/// UID and UIDVALIDITY, 8 lower-case hexadecimal digits each.
UidForm dovecot(UidValidity validity) {
  // The X in %08Xu looks like printf()'s but is not: Dovecot's digits are lower case.
  return {.base = UidForm::Base::lower_hex, .width = 8, .after = hex8(validity)};
}

/// `UIDVALIDITY.UID`.
UidForm cyrus(UidValidity validity) {
  return {.before = std::to_string(validity) + '.'};
}

/// `UIDVALIDITY-UID`.
UidForm cyrus_courier(UidValidity validity) {
  return {.before = std::to_string(validity) + '-'};
}

UidForm decimal_uid(UidValidity /*validity*/) {
  return {};
}

/// 14 decimal digits: UIDVALIDITY modulo 9000, plus 1000, and 10 digits of the UID.
UidForm numeric(UidValidity validity) {
  // A UID has up to 10 digits. The first digit is never 0, for clients that treat the id as a
  // number. Two UIDVALIDITYs have the same lead with a probability of 1 in 9000.
  return {.before = std::to_string(validity % 9000 + 1000), .width = 10};
}

}  // namespace pop3_legacy::uidl
