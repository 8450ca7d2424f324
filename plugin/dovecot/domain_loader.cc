#include "plugin/dovecot/domain_loader.h"

#include "plugin/dovecot/lazy_module.h"

namespace pop3_legacy::dovecot {

Result<std::string> ascii_domain(std::string_view domain) {
  using MakeAscii = void (*)(std::string_view, Result<std::string>*);
  static MakeAscii make_ascii = nullptr;
  if (make_ascii == nullptr) {
    const Result<void*> found = lazy_symbol("pop3_legacy_idn.so", "pop3_legacy_ascii_domain");
    if (!found) {
      return found.error();
    }
    make_ascii = reinterpret_cast<MakeAscii>(found.value());
  }
  Result<std::string> made = std::string();
  make_ascii(domain, &made);
  return made;
}

}  // namespace pop3_legacy::dovecot
