#include "plugin/core/policy/policy.h"

#include <algorithm>

namespace pop3_legacy::policy {

bool UidlPlan::uses(std::string_view scheme) const {
  const auto has = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), scheme) != names.end();
  };
  return has(chain) || std::any_of(cutovers.begin(), cutovers.end(),
                                   [&](const Cutover& cutover) { return has(cutover.chain); });
}

}  // namespace pop3_legacy::policy
