/// What [x_commands] may hold: names that hide no standard command, aliases that lead to one,
/// replies and programs.
#ifndef POP3_LEGACY_CORE_POLICY_X_COMMANDS_H
#define POP3_LEGACY_CORE_POLICY_X_COMMANDS_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/policy/policy.h"

namespace pop3_legacy::policy {

/// Seconds. Dovecot ends a session after ten minutes, also one that waits for us.
inline constexpr std::uint64_t most_x_timeout = 300;
/// An answer is held in memory until it is complete.
inline constexpr std::uint64_t most_x_octets = std::uint64_t{1} << 20U;

/// The name as Policy has it (upper case), or why there can be no such command. RFC 2449 leaves
/// names that begin with X to servers; "XTND WORD" is one, too.
Result<std::string> x_command_name(std::string_view typed);

/// What a key of a command's table says.
enum class XCommandValue : std::uint8_t {
  unknown,
  what,          ///< alias, reply, program or script: what the command is
  for_programs,  ///< a limit or a manner of a program's
  any,
};
XCommandValue x_command_value(std::string_view key) noexcept;
/// Behind a sentence about an unknown key.
std::string x_command_suggestion(std::string_view key);

/// Sets what `key` (alias, reply, program, script, summary) says; one line but for replies. An
/// Error's text continues the key's name.
Status set_x_command(XCommand& command, std::string_view key, std::vector<std::string> lines);

/// Puts `command` in the place of the one with its name, or at the end.
void put_x_command(std::vector<XCommand>& commands, const XCommand& command);

}  // namespace pop3_legacy::policy

#endif
