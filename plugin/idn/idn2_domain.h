/// The ASCII form of international domain names, by libidn2.
#ifndef POP3_LEGACY_IDN_IDN2_DOMAIN_H
#define POP3_LEGACY_IDN_IDN2_DOMAIN_H

#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy {

/// As policy::AsciiDomain: IDNA 2008 with the mapping of UTS #46, not its transitional one, so that
/// letters are made small, put together (NFC) and, where they are written wide, narrow.
Result<std::string> idn2_domain(std::string_view domain);

}  // namespace pop3_legacy

#endif
