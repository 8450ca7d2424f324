/// The commands, one row each. HELP, CAPA, the names a policy may allow or deny, and the reference
/// page are all made from these rows. To add a command, add a file in commands/ and a row in
/// command_table.cc.
#ifndef POP3_LEGACY_CORE_PROTOCOL_COMMAND_TABLE_H
#define POP3_LEGACY_CORE_PROTOCOL_COMMAND_TABLE_H

#include <cstddef>
#include <span>
#include <string_view>

#include "plugin/core/host/access.h"
#include "plugin/core/host/needs.h"
#include "plugin/core/protocol/answer.h"
#include "plugin/core/protocol/command_line.h"

namespace pop3_legacy {

class Session;
namespace policy {
struct XCommand;
}

/// Who answers a command if the policy does not object.
enum class Owner {
  host,    ///< the host; we only watch
  ours,    ///< this plugin, when the policy allows it
  shared,  ///< this plugin, which adds to the host's own answer
};

/// For Command::max_words: the handler itself answers if there are too many, or no number is too
/// many.
inline constexpr unsigned any_number_of_words = 1000;

struct Command;

namespace commands {
/// Called only when the policy allows the command, the number of arguments is right, and the host
/// has the facilities that the handler names (host.h). It may assume that every earlier command of
/// the session has been answered.
template <class... Facilities>
using Handler = Answer(Session& session, std::string_view arguments, Facilities&... facilities);
/// Whether `arguments` of the host's command `hosts` are meant for a command of ours.
using Takes = bool(const Command& hosts, std::string_view arguments) noexcept;
}  // namespace commands

/// A handler and what it needs; made by handled_by().
struct HandlerRow {
  Answer (*call)(Session& session, std::string_view arguments) = nullptr;
  host::Needs needs = {};
};

struct Command {
  std::string_view name;         ///< upper case; two words are separated by one space
  std::string_view syntax;       ///< as HELP shows it
  std::string_view summary;      ///< one sentence for HELP, no digits: clients look for numbers
  std::string_view origin = {};  ///< where it comes from and what it answers, for the reference
  Owner owner = Owner::host;
  /// A policy may forbid it. QUIT, NOOP, RSET and CAPA cannot be forbidden: without them a client
  /// cannot even leave in an orderly way, and no mail depends on them.
  bool deniable = true;
  /// Its line in CAPA, shown exactly while the command is available. For the host's commands: the
  /// line of the host's answer that is removed when the command is denied.
  std::string_view capability;
  Access access = Access::none;
  /// For our commands: the host's command that does the same to the maildrop or reveals the same.
  /// Denying that one denies this one too.
  std::string_view like = {};
  unsigned max_words = 0;  ///< maximum number of arguments, for our commands
  /// For the host's commands: answers while a maildrop other than the user's own is open.
  HandlerRow handler = {};
  /// For our commands that also answer some lines of a host's command: used while both commands are
  /// available.
  commands::Takes* takes = nullptr;
  /// It is not a verb of its own; it only takes lines of the host's commands. Its handler also gets
  /// the verb.
  bool no_verb = false;
  /// For a command defined by the policy, which is in no table: its definition. nullptr: this is a
  /// row of the table.
  const policy::XCommand* own = nullptr;
  /// It asks about messages or changes them: refused while no maildrop is open.
  bool on_messages = true;

  [[nodiscard]] bool ours() const noexcept { return owner == Owner::ours; }
};

/// In the order in which HELP shows them.
std::span<const Command> command_table() noexcept;

/// The row named `name`, ignoring case; nullptr if there is none.
const Command* find_command(std::string_view name) noexcept;

/// A line's command and arguments. The arguments of "XTND XLST" start after the second word.
struct Recognized {
  const Command* command = nullptr;  ///< nullptr: not in the table
  std::string_view arguments;        ///< points into the line
};

/// Prefers a row with two words if one matches.
Recognized recognize(const CommandLine& line) noexcept;
/// The same, among `rows` instead of the table's.
Recognized recognize(const CommandLine& line, std::span<const Command> rows) noexcept;
/// The row whose name `line` begins with, followed by a space or the line's end (LF or CRLF). What
/// recognize() finds, without parsing the line; only rows of one word need be found.
const Command* at_front_of(std::string_view line) noexcept;

}  // namespace pop3_legacy

#endif
