/// TOML as JSON.
#ifndef POP3_LEGACY_CORE_POLICY_READER_JSON_H
#define POP3_LEGACY_CORE_POLICY_READER_JSON_H

#include <string>
#include <string_view>

namespace pop3_legacy::policy {

/// A valid TOML document as a JSON object, its keys in alphabetical order.
std::string json_of(std::string_view toml);

}  // namespace pop3_legacy::policy

#endif
