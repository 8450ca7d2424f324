/// libidn2, loaded only when a domain in UTF-8 is first met.
#ifndef POP3_LEGACY_DOVECOT_DOMAIN_LOADER_H
#define POP3_LEGACY_DOVECOT_DOMAIN_LOADER_H

#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy::dovecot {

/// A policy::AsciiDomain that uses the module pop3_legacy_idn.so (lazy_module.h).
Result<std::string> ascii_domain(std::string_view domain);

}  // namespace pop3_legacy::dovecot

#endif
