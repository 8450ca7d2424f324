/// The rules for [x_commands]: names that do not hide a standard command, aliases that lead to one,
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

/// In seconds. Dovecot ends a session after ten minutes, even if it is waiting for us.
inline constexpr std::uint64_t most_x_timeout = 300;
/// An answer is held in memory until it is complete.
inline constexpr std::uint64_t most_x_octets = std::uint64_t{1} << 20U;

/// The name as it is in Policy (upper case), or why there can be no such command. RFC 2449 reserves
/// names that begin with X for servers; "XTND WORD" is also allowed.
Result<std::string> x_command_name(std::string_view typed);

/// The role of a key in a command's table.
enum class XCommandValue : std::uint8_t {
  unknown,
  what,          ///< alias, reply, program or script: what the command is
  for_programs,  ///< a program's limit or the form of its answer
  any,
};
XCommandValue x_command_value(std::string_view key) noexcept;
/// Follows a sentence about an unknown key.
std::string x_command_suggestion(std::string_view key);

/// Sets the value of `key` (alias, reply, program, script, summary); one line except for replies.
/// An Error's text continues the key's name.
Status set_x_command(XCommand& command, std::string_view key, std::vector<std::string> lines);

/// Replaces the command with the same name by `command`, or adds it at the end.
void put_x_command(std::vector<XCommand>& commands, const XCommand& command);

}  // namespace pop3_legacy::policy

#endif
