/// The ASCII form of internationalized domain names, by libidn2.
#ifndef POP3_LEGACY_IDN_IDN2_DOMAIN_H
#define POP3_LEGACY_IDN_IDN2_DOMAIN_H

#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy {

/// A policy::AsciiDomain: IDNA 2008 with the non-transitional mapping of UTS #46, which makes
/// letters lower-case, composed (NFC) and, if they are full-width, narrow.
Result<std::string> idn2_domain(std::string_view domain);

}  // namespace pop3_legacy

#endif
