/// The commands, one row each. HELP and CAPA are made from these rows, and so are the names a
/// policy may allow or deny and the page of reference. A new command is a file in commands/ and a
/// row in command_table.cc.
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

/// Who answers a command when the policy has nothing against it.
enum class Owner {
  host,    ///< the host; we only look on
  ours,    ///< this plugin, when the policy allows it
  shared,  ///< this plugin with the host's own answer in its hand, when it has to add to it
};

/// Of Command::max_words: the handler has an answer of its own to too many, or none.
inline constexpr unsigned any_number_of_words = 1000;

struct Command;

namespace commands {
/// Called only when the policy allows the command, the number of arguments is right, and the host
/// has the facilities that it names (host.h). It may assume that every earlier command of the
/// session has been answered.
template <class... Facilities>
using Handler = Answer(Session& session, std::string_view arguments, Facilities&... facilities);
/// Whether `arguments` of the host's command `hosts` are for a command of ours.
using Takes = bool(const Command& hosts, std::string_view arguments) noexcept;
}  // namespace commands

/// A handler, and what it needs; made by handled_by().
struct HandlerRow {
  Answer (*call)(Session& session, std::string_view arguments) = nullptr;
  host::Needs needs = {};
};

struct Command {
  std::string_view name;         ///< upper case; two words with one space between, where it has two
  std::string_view syntax;       ///< as HELP shows it
  std::string_view summary;      ///< one sentence for HELP, no digits: clients look for numbers
  std::string_view origin = {};  ///< whose it is, and what it answers: for the page of reference
  Owner owner = Owner::host;
  /// A policy may forbid it. QUIT, NOOP, RSET and CAPA cannot be: without them a client can
  /// not even leave in order, and no mail depends on them.
  bool deniable = true;
  /// Its line in CAPA, which is there exactly while the command is available. For commands
  /// of the host: the line of the host's answer that goes when the command is denied.
  std::string_view capability;
  Access access = Access::none;
  /// For commands of ours: the host's command that does the same to the maildrop or tells the
  /// same. Who denies that one denies this one, too.
  std::string_view like = {};
  unsigned max_words = 0;  ///< of the arguments, for commands of ours
  /// For commands of the host: answers while another maildrop than the user's own is open.
  HandlerRow handler = {};
  /// For commands of ours that also answer lines of the host's, while they are available and the
  /// host's command is.
  commands::Takes* takes = nullptr;
  /// It is no verb but only takes lines of the host's. Its handler gets the verb, too.
  bool no_verb = false;
  /// What the policy says of a command of its own, which stands in no table; nullptr: this one
  /// does.
  const policy::XCommand* own = nullptr;
  /// Asks about messages, or to have them changed: refused while no maildrop is open.
  bool on_messages = true;

  [[nodiscard]] bool ours() const noexcept { return owner == Owner::ours; }
};

/// In the order of HELP.
std::span<const Command> command_table() noexcept;

/// The row named `name`, whatever its letters' case; nullptr if there is none.
const Command* find_command(std::string_view name) noexcept;

/// A line's command, and its arguments: those of "XTND XLST" stand behind the second word.
struct Recognized {
  const Command* command = nullptr;  ///< nullptr: none of the table's
  std::string_view arguments;        ///< point into the line
};

/// Takes the row with two words where there is one.
Recognized recognize(const CommandLine& line) noexcept;
/// The same among other rows than the table's.
Recognized recognize(const CommandLine& line, std::span<const Command> rows) noexcept;

}  // namespace pop3_legacy

#endif
