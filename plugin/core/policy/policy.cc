#include "plugin/core/policy/policy.h"

#include <algorithm>

#include "plugin/core/text.h"

namespace pop3_legacy::policy {

bool UidlPlan::host() const {
  const auto is_host = [](const std::vector<std::string>& names) {
    return names == std::vector<std::string>{"host"};
  };
  return is_host(chain) &&
         std::all_of(cutovers.begin(), cutovers.end(),
                     [&](const Cutover& cutover) { return is_host(cutover.chain); });
}

bool UidlPlan::uses(std::string_view scheme) const {
  const auto has = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), scheme) != names.end();
  };
  return has(chain) || std::any_of(cutovers.begin(), cutovers.end(),
                                   [&](const Cutover& cutover) { return has(cutover.chain); });
}

bool BoardName::answers_to(std::string_view typed) const {
  return equals_ignoring_case(name, typed) ||
         std::any_of(aliases.begin(), aliases.end(),
                     [&](const std::string& alias) { return equals_ignoring_case(alias, typed); });
}

}  // namespace pop3_legacy::policy
