/// The names of HELP's styles, as policies and the settings of what is before login have them.
#ifndef POP3_LEGACY_CORE_POLICY_HELP_STYLE_H
#define POP3_LEGACY_CORE_POLICY_HELP_STYLE_H

#include <array>
#include <string_view>

#include "plugin/core/policy/policy.h"

namespace pop3_legacy::policy {

struct HelpStyleName {
  std::string_view word;
  HelpStyle style;
};

inline constexpr std::array help_style_names{
    HelpStyleName{"long", HelpStyle::full},
    HelpStyleName{"rambler", HelpStyle::rambler},
    HelpStyleName{"line", HelpStyle::line},
};

}  // namespace pop3_legacy::policy

#endif
