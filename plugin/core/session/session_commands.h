/// The commands of one session: what becomes of each under the policy, and which of them a line
/// means. Does not change once made, and knows nothing of the maildrop.
#ifndef POP3_LEGACY_CORE_SESSION_SESSION_COMMANDS_H
#define POP3_LEGACY_CORE_SESSION_SESSION_COMMANDS_H

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/host/host.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/protocol/command_table.h"

namespace pop3_legacy {

/// What becomes of a command under the session's policy.
enum class Treatment : std::uint8_t {
  host,         ///< the host executes it
  ours,         ///< its row's handler answers
  denied,       ///< -ERR: the administrator forbids it
  unavailable,  ///< -ERR [SYS/TEMP]: the policy that decides it cannot be read
};

class SessionCommands {
 public:
  /// `policy` stays where it is and lives longer; its own commands get a summary where they have
  /// none. Of `resolution` only what it says of that policy is looked at.
  /// What `host` has not the facilities for is not offered.
  SessionCommands(policy::Policy& policy, const policy::Resolution& resolution,
                  const host::Host& host);

  /// Every line is for the host, as it is.
  [[nodiscard]] bool all_hosts() const noexcept;
  [[nodiscard]] Treatment treatment(const Command& command) const noexcept;
  /// Offered to the client, by the host or by us.
  [[nodiscard]] bool available(const Command& command) const noexcept;
  /// The policy's own, aliases among them.
  [[nodiscard]] std::span<const Command> own() const noexcept { return own_; }

  /// The line that `line` stands for, if it is another: an alias of the policy's, or what the
  /// policy lets clients write for it. With its line end.
  [[nodiscard]] std::optional<std::string> rewritten(std::string_view line) const;
  /// By its name, among the table's commands and the policy's own.
  [[nodiscard]] Recognized named(const CommandLine& line) const noexcept;
  /// `hosts` is what named() says of `line`. Where a command of ours takes such a line of the
  /// host's (Command::takes), it is that command.
  [[nodiscard]] Recognized taker(const Recognized& hosts, const CommandLine& line) const noexcept;
  /// XTND with a second word that none of the family has, where the client was offered one:
  /// `command` is what the line means. (Dovecot's own answer is that there is no such command.)
  [[nodiscard]] bool is_unknown_xtnd(const CommandLine& line,
                                     const Command* command) const noexcept;

 private:
  [[nodiscard]] Treatment decide(const Command& command, const policy::Resolution& resolution,
                                 const host::Host& host) const;
  [[nodiscard]] bool capa_needs_us() const noexcept;
  void add_own(std::vector<policy::XCommand>& commands, bool programs);

  const policy::Policy& policy_;
  std::vector<Treatment> treatments_;          ///< as the rows of the command table
  std::vector<const Command*> takers_;         ///< those that are ours and take lines of the host's
  std::vector<Command> own_;                   ///< made of the policy's x_commands
  Treatment own_treatment_ = Treatment::ours;  ///< of those that are no aliases
  bool offers_xtnd_ = false;                   ///< one of the XTND family
};

/// By [delete], whatever [commands] says: DELE, and what does the same.
bool refuses_deletion(const policy::Policy::Delete& policy, const Command& command) noexcept;

}  // namespace pop3_legacy

#endif
