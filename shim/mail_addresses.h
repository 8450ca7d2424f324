/// RFC 5322's address lists and RFC 2047's encoded words, read by GMime.
#ifndef POP3_LEGACY_SHIM_MAIL_ADDRESSES_H
#define POP3_LEGACY_SHIM_MAIL_ADDRESSES_H

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/host/submission.h"

namespace pop3_legacy::shim {

/// host::Environment::parse_addresses().
Result<std::vector<Address>> parse_addresses(std::string_view value, std::size_t at_most);

/// host::Environment::decoded(): a header field's value with its encoded words decoded, in UTF-8.
std::string decoded_header(std::string_view value);

}  // namespace pop3_legacy::shim

#endif
