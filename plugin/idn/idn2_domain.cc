#include "plugin/idn/idn2_domain.h"

#include <idn2.h>

#include <memory>

namespace pop3_legacy {

Result<std::string> idn2_domain(std::string_view domain) {
  if (domain.find('\0') != std::string_view::npos) {
    return Error{Failure::permanent, "the domain has a NUL octet"};
  }
  char* made = nullptr;
  const int code = idn2_to_ascii_8z(std::string(domain).c_str(), &made, IDN2_NONTRANSITIONAL);
  const std::unique_ptr<char, decltype(&idn2_free)> owned(static_cast<char*>(made), &idn2_free);
  if (code == IDN2_MALLOC) {
    return Error{Failure::temporary, idn2_strerror(code)};
  }
  if (code != IDN2_OK) {
    return Error{Failure::permanent, "it is not a valid international domain name: " +
                                         std::string(idn2_strerror(code))};
  }
  return std::string(owned.get());
}

}  // namespace pop3_legacy
