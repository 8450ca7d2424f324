/// The only symbol of pop3_legacy_idn.so, for domain_loader.cc.
#include "plugin/idn/idn2_domain.h"

extern "C" __attribute__((visibility("default"))) void pop3_legacy_ascii_domain(
    std::string_view domain, pop3_legacy::Result<std::string>* made);

void pop3_legacy_ascii_domain(std::string_view domain, pop3_legacy::Result<std::string>* made) {
  *made = pop3_legacy::idn2_domain(domain);
}
