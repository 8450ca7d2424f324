/// One POP3 session in the TRANSACTION state, as the core sees it: which lines are ours under
/// the session's policy, what they answer, and what the host's own commands mean to LAST.
///
/// The host's adapter owns it and works it like this:
///
///     before its output leaves:            leaving()
///     as the host consumes:                executed(), and all_left() once its output has left
///     when it has executed all it has:     take() the next piece of input
///       Taker::host        → give those octets to the host, untouched, or what replaces them
///       Taker::ours        → answer(), send
///       Taker::incomplete  → wait for more
///       Taker::later       → see to the other sessions, and take() the same again
///     when octets are no commands:         took_data()
///     at the end:                          finish()
///
/// It does no I/O but through the host and holds no message.
#ifndef POP3_LEGACY_CORE_SESSION_SESSION_H
#define POP3_LEGACY_CORE_SESSION_SESSION_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/host/host.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/protocol/answer.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/protocol/command_table.h"
#include "plugin/core/protocol/reply.h"
#include "plugin/core/session/decision.h"
#include "plugin/core/session/open_maildrop.h"
#include "plugin/core/session/session_commands.h"
#include "plugin/core/tracking/accesses.h"
#include "plugin/core/wording/reply_wording.h"

namespace pop3_legacy {

/// What a mailbox has of earlier sessions that matters whatever the policy says now, as far as one
/// look tells.
struct Remembered {
  bool uidls = false;   ///< ids by a plan of its own, or imported ones
  bool hidden = false;  ///< messages that are not shown (view::hidden_state)
};

/// Who the session is.
enum class Visitor : std::uint8_t {
  owner,  ///< the mailbox's user
  /// An administrator in the user's name. He sees what the user would see and leaves no trace: no
  /// state is stored, no message gets \Seen, the pace neither counts nor refuses him, and what
  /// could not be without a trace (a message hidden, one sent in the user's name) is refused.
  master,
};

/// What the client gets for the host's positive reply to the login, without CRLF.
struct LoginReply {
  std::string line;
  /// It is not let in: the session ends behind the line, and no command is executed.
  bool refused = false;
};

class Session {
 public:
  /// Asks the host nothing yet: the mailbox may not be open.
  Session(const host::Host& host, policy::Resolution resolution, Remembered remembered = {},
          Visitor visitor = Visitor::owner);

  /// The policy leaves everything to the host, and there is no line that the host would not
  /// survive: the session need not be worked at all.
  [[nodiscard]] bool idle() const noexcept;

  // --- input ---

  /// What becomes of what stands at the front of `buffered`. For the host it is a run of lines that
  /// now counts as handed over; `offset` is how many octets the host had been given before
  /// it (what replaced others counts, and these do not). Called when the host has executed all of
  /// those; asks the host about the maildrop, so the mailbox is open; the first call narrows it to
  /// the view. A RETR that matters to LAST or the view ends its run, for only the host knows
  /// whether it succeeds, and one that counts for the pace is a run of its own; where the policy
  /// words the host's replies every line does. QUIT is a run of its own: the state is stored before
  /// the host answers it, or a client that comes back at once would find the old one.
  [[nodiscard]] Decision take(std::string_view buffered, std::uint64_t offset);
  /// The reply to a line of ours, as take() has decided. A handler that fails by an exception
  /// answers -ERR [SYS/TEMP] and logs.
  [[nodiscard]] Answer answer(Decision decision);

  /// The host has executed every line that ends at or before `offset` octets of what it was
  /// given, in order.
  void executed(std::uint64_t offset) { accesses_.executed(offset); }

  // --- what has reached the client (delivery.h) ---

  /// The next two calls may be needed in this session.
  [[nodiscard]] bool minds_delivery() const noexcept { return accesses_.minds_delivery(); }
  /// They matter now: a message is being sent, or has not all left the host.
  [[nodiscard]] bool awaits_departure() const noexcept { return accesses_.awaits_departure(); }
  /// Octets that may be the last of a message are about to leave the host for the client, and so
  /// many of the client's have arrived and are waiting, in the host or before it, behind what
  /// take() has taken. To be found out before they leave: a client may be quick to answer. Found
  /// out early it would count a command as sent afterwards that was not.
  void leaving(std::uint64_t waiting) noexcept { accesses_.leaving(waiting); }
  /// All that the host has sent has left it, the last of it after the last leaving().
  void all_left() { accesses_.all_left(); }
  /// So many of the client's octets were no commands, and take() has not seen them.
  void took_data(std::uint64_t octets) noexcept { accesses_.took(octets); }

  // --- the host's replies, where the policy words them ---

  /// Every reply goes out as the host makes it: the next two need not be asked.
  [[nodiscard]] bool words_are_hosts() const noexcept { return wording_.all_hosts(); }
  /// `hosts` is the host's positive reply to the login. The mailbox is open, and no command has
  /// been taken yet. Once, and also where only the pace may refuse the login.
  [[nodiscard]] LoginReply logged_in(std::string_view hosts);
  /// What take() gave the host last has not been answered: reworded() is for the next line.
  [[nodiscard]] bool awaits_reply() const noexcept { return wording_.awaits_reply(); }
  /// The same for the first line that the host answers to what take() gave it last, which is one
  /// command then; any other line is returned as it is.
  [[nodiscard]] std::string reworded(std::string_view line) { return wording_.reworded(line); }

  /// The session is over, the mailbox still open. Stores what lasts; for a QUIT that failed
  /// `ending` is dropped.
  void finish(Ending ending) { accesses_.finish(ending); }

  // --- for the handlers ---

  [[nodiscard]] host::Maildrop& maildrop() noexcept { return host_.maildrop; }
  [[nodiscard]] host::Uidls& uidls() noexcept { return host_.uidls; }
  [[nodiscard]] host::Connection& connection() noexcept { return host_.connection; }
  [[nodiscard]] host::Environment& environment() noexcept { return host_.environment; }
  [[nodiscard]] StateStore& user_states() noexcept { return host_.user_states; }
  [[nodiscard]] const policy::Policy& policy() const noexcept { return policy_; }
  [[nodiscard]] const SessionCommands& commands() const noexcept { return commands_; }
  [[nodiscard]] Accesses& accesses() noexcept { return accesses_; }
  [[nodiscard]] OpenMaildrop& open() noexcept { return open_; }
  /// For handled_by() alone, which gives a handler what it has asked for.
  [[nodiscard]] const host::Host& host() const noexcept { return host_; }
  /// The messages have ids by the policy. Where not, the log says why, once.
  [[nodiscard]] bool uidls_known();
  /// How many messages this session has submitted; kept by XTND XMIT.
  [[nodiscard]] std::uint64_t& messages_submitted() noexcept { return messages_submitted_; }

 private:
  /// A line of the client's, and the command that it means.
  struct Line;

  [[nodiscard]] bool leaves_all_to_host() const noexcept;
  [[nodiscard]] bool takes_over(const Command& command) const noexcept;
  [[nodiscard]] bool deadly(const CommandLine& line) const noexcept;
  Decision take_unless_deadly(std::string_view buffered);
  Decision take_lines(std::string_view buffered, std::uint64_t offset);
  [[nodiscard]] Decision decide(const Line& line);
  [[nodiscard]] std::optional<Decision> wait_for_uidls();
  [[nodiscard]] std::optional<Reply> refusal(const Command& command, Treatment treatment);
  [[nodiscard]] Reply unknown(const Line& line);
  std::optional<Decision> hold_back(const Line& line, const std::optional<MessageAccess>& access);
  [[nodiscard]] bool give_to_host(const Line& line, std::uint64_t end);
  Answer execute(const Command& command, std::string_view arguments);
  Result<bool> prepare_uidls();

  host::Host host_;
  Visitor visitor_;
  policy::Policy policy_;
  SessionCommands commands_;
  Accesses accesses_;
  OpenMaildrop open_;
  wording::ReplyWording wording_;
  bool guards_only_ = false;   ///< it is there for the host's sake, the policy asks for nothing
  bool custom_uidls_ = false;  ///< known when the session began
  std::string uidl_failure_;   ///< the last one, logged already
  std::optional<Status> uidls_prepared_;  ///< for the line at hand
  unsigned lock_tries_ = 0;               ///< of that line
  std::uint64_t messages_submitted_ = 0;
};

}  // namespace pop3_legacy

#endif
