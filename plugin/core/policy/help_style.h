/// The names of HELP's styles, as used in policies and in the settings for before login.
#ifndef POP3_LEGACY_CORE_POLICY_HELP_STYLE_H
#define POP3_LEGACY_CORE_POLICY_HELP_STYLE_H

#include <array>

#include "plugin/core/policy/kinds.h"

namespace pop3_legacy::policy {

inline constexpr std::array help_styles{
    Choice{"long", HelpStyle::full, "a line a command, ended by a dot"},
    Choice{"rambler", HelpStyle::rambler,
           "`+OK Valid commands: QUIT, NOOP, …` in one line, as Rambler's, without CAPA"},
    Choice{"line", HelpStyle::line, "`+OK Normal POP3 commands allowed`, as hMailServer's"},
};

}  // namespace pop3_legacy::policy

#endif
