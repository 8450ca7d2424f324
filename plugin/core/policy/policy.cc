#include "plugin/core/policy/policy.h"

#include <algorithm>

#include "plugin/core/base/text.h"

namespace pop3_legacy::policy {

bool BoardName::answers_to(std::string_view typed) const {
  return equals_ignoring_case(name, typed) ||
         std::any_of(aliases.begin(), aliases.end(),
                     [&](const std::string& alias) { return equals_ignoring_case(alias, typed); });
}

}  // namespace pop3_legacy::policy
