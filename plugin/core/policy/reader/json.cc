#include "plugin/core/policy/reader/json.h"

#include <sstream>

#include "plugin/core/policy/reader/toml.h"

namespace pop3_legacy::policy {

std::string json_of(std::string_view toml) {
  const toml::parse_result parsed = toml::parse(toml, std::string_view{});
  std::ostringstream out;
  out << toml::json_formatter(parsed.table()) << '\n';
  return out.str();
}

}  // namespace pop3_legacy::policy
