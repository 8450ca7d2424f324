/// libidn2, loaded at the first domain in UTF-8 and not before.
#ifndef POP3_LEGACY_DOVECOT_DOMAIN_LOADER_H
#define POP3_LEGACY_DOVECOT_DOMAIN_LOADER_H

#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy::dovecot {

/// As policy::AsciiDomain, by the module pop3_legacy_idn.so (lazy_module.h).
Result<std::string> ascii_domain(std::string_view domain);

}  // namespace pop3_legacy::dovecot

#endif
