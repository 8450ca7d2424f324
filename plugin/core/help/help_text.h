/// HELP's replies for any set of commands: a session's, or those available before login.
#ifndef POP3_LEGACY_CORE_HELP_HELP_TEXT_H
#define POP3_LEGACY_CORE_HELP_HELP_TEXT_H

#include <span>
#include <string_view>

#include "plugin/core/policy/policy.h"
#include "plugin/core/protocol/reply.h"

namespace pop3_legacy {

struct HelpEntry {
  std::string_view name;     ///< upper case
  std::string_view syntax;   ///< as HELP shows it
  std::string_view summary;  ///< one sentence, no digits: clients look for numbers
};

// The commands that exist both before and after login.
inline constexpr HelpEntry help_entry{"HELP", "HELP [command]",
                                      "Lists the commands, or explains one."};
inline constexpr HelpEntry capa_entry{"CAPA", "CAPA", "Lists the server's capabilities."};

/// The answer to HELP with these arguments, if `available` are the available commands.
Reply help_reply(std::span<const HelpEntry> available, policy::HelpStyle style,
                 std::string_view arguments);

/// The answer to a command with more words than `syntax` has.
Reply too_many_arguments(std::string_view syntax);

}  // namespace pop3_legacy

#endif
