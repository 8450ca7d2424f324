#include "plugin/core/uidl/plan.h"

#include <algorithm>

namespace pop3_legacy::uidl {

bool Plan::host() const {
  const auto is_host = [](const std::vector<std::string>& names) {
    return names == std::vector<std::string>{"host"};
  };
  return is_host(chain) &&
         std::all_of(cutovers.begin(), cutovers.end(),
                     [&](const Cutover& cutover) { return is_host(cutover.chain); });
}

bool Plan::uses(std::string_view scheme) const {
  const auto has = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), scheme) != names.end();
  };
  return has(chain) || std::any_of(cutovers.begin(), cutovers.end(),
                                   [&](const Cutover& cutover) { return has(cutover.chain); });
}

}  // namespace pop3_legacy::uidl
