/// The commands of one session: how the policy treats each, and which of them a line means.
/// Immutable once constructed, and independent of the maildrop.
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

/// How the session's policy treats a command.
enum class Treatment : std::uint8_t {
  host,         ///< the host executes it
  ours,         ///< its row's handler answers
  denied,       ///< -ERR: the administrator forbids it
  unavailable,  ///< -ERR [SYS/TEMP]: the policy that decides it cannot be read
};

class SessionCommands {
 public:
  /// `policy` must not move and must outlive this object; its own commands get a summary if they
  /// have none. Of `resolution`, only its statements about that policy are used. Commands for which
  /// `host` lacks the facilities are not offered.
  SessionCommands(policy::Policy& policy, const policy::Resolution& resolution,
                  const host::Host& host);

  /// Every line goes to the host unchanged.
  [[nodiscard]] bool all_hosts() const noexcept;
  [[nodiscard]] Treatment treatment(const Command& command) const noexcept;
  /// Offered to the client, by the host or by us.
  [[nodiscard]] bool available(const Command& command) const noexcept;
  /// The policy's own commands, including aliases.
  [[nodiscard]] std::span<const Command> own() const noexcept { return own_; }

  /// Every line that begins with this row of the table (at_front_of()) goes to the host as it is:
  /// while the user's own maildrop is open and shown, without XTND SCAN, and if no tracker is
  /// interested in the command.
  [[nodiscard]] bool passed(const Command& command) const noexcept;
  /// The line that `line` stands for, if it differs: the target of a policy's alias, or the correct
  /// form of a line that the policy tolerates. Includes the line end.
  [[nodiscard]] std::optional<std::string> rewritten(std::string_view line) const {
    return as_typed_ ? std::nullopt : meant(line);
  }
  /// Looks the command up by name, in the table and among the policy's own.
  [[nodiscard]] Recognized named(const CommandLine& line) const noexcept;
  /// `hosts` is the result of named() for `line`. If one of our commands takes over this line of
  /// the host's command (Command::takes), returns that command.
  [[nodiscard]] Recognized taker(const Recognized& hosts, const CommandLine& line) const noexcept;
  /// An XTND line with an unknown second word, where the client was offered XTND: `command` is what
  /// the line means. (Dovecot's own answer is that there is no such command.)
  [[nodiscard]] bool is_unknown_xtnd(const CommandLine& line,
                                     const Command* command) const noexcept;

 private:
  [[nodiscard]] Treatment decide(const Command& command, const policy::Resolution& resolution,
                                 const host::Host& host) const;
  [[nodiscard]] bool capa_needs_us() const noexcept;
  [[nodiscard]] bool passes(const Command& command) const noexcept;
  [[nodiscard]] std::optional<std::string> meant(std::string_view line) const;
  void add_own(std::vector<policy::XCommand>& commands, bool programs);

  const policy::Policy& policy_;
  std::vector<Treatment> treatments_;          ///< in the order of the command table
  std::vector<bool> passes_;                   ///< in the same order, for passed()
  std::vector<const Command*> takers_;         ///< those of ours that take lines of the host's
  std::vector<Command> own_;                   ///< made from the policy's x_commands
  Treatment own_treatment_ = Treatment::ours;  ///< of those that are not aliases
  bool as_typed_ = true;                       ///< every line stands for itself
  bool offers_xtnd_ = false;                   ///< at least one of the XTND family
};

/// Under [delete], whatever [commands] says: DELE, and commands that do the same.
bool refuses_deletion(const policy::Policy::Delete& policy, const Command& command) noexcept;

}  // namespace pop3_legacy

#endif
