/// One POP3 session in the TRANSACTION state, as the core sees it: which lines are ours under the
/// session's policy, how they are answered, and what the host's own commands mean for LAST.
///
/// The host's adapter owns it and drives it like this:
///
///     before it sends a message:           begins()
///     before its output leaves:            executed(), leaving(); once all has left: all_left()
///     when it has executed all it has:     executed(), take() the next piece of input
///       Taker::host        → give the host those octets, untouched, or their replacement
///       Taker::ours        → answer(), send
///       Taker::incomplete  → wait for more
///       Taker::later       → serve the other sessions, then take() the same input again
///     when octets are not commands:        took_data()
///     at the end:                          finish()
///
/// It does I/O only through the host and holds no message.
#ifndef POP3_LEGACY_CORE_SESSION_SESSION_H
#define POP3_LEGACY_CORE_SESSION_SESSION_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/host/host.h"
#include "plugin/core/host/session_reports.h"
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

/// What a mailbox keeps from earlier sessions that matters whatever the policy says now, as far as
/// a quick look tells.
struct Remembered {
  bool uidls = false;   ///< ids by a plan of its own, or imported ids
  bool hidden = false;  ///< messages that are not shown (view::hidden_state)
};

/// Who is using the session.
enum class Visitor : std::uint8_t {
  owner,  ///< the mailbox's user
  /// An administrator acting for the user, who sees what the user would see and leaves no trace: no
  /// state is stored, no message gets \Seen, and the pace neither counts nor refuses anything. What
  /// cannot be done without a trace (hiding a message, sending one in the user's name) is refused.
  master,
};

/// What the client gets instead of the host's positive reply to the login, without CRLF.
struct LoginReply {
  std::string line;
  /// The login is refused: the session ends after this line, and no command is executed.
  bool refused = false;
};

class Session {
 public:
  /// Does not ask the host anything yet: the mailbox may not be open.
  Session(const host::Host& host, policy::Resolution resolution, Remembered remembered = {},
          Visitor visitor = Visitor::owner);

  /// The policy leaves everything to the host, and no line would crash the host: the session need
  /// not be driven at all.
  [[nodiscard]] bool idle() const noexcept;

  // --- input ---

  /// Decides what happens to the front of `buffered`. A run of lines for the host counts as handed
  /// over from now on. `offset` is the number of octets given to the host before it, counting
  /// replacements, not what they replaced. Must be called with the mailbox open, because it asks
  /// the host about the maildrop, and only when the host has executed all of those octets. The
  /// first call narrows the maildrop to the view.
  ///
  /// A RETR that counts for the pace is a run of its own. So is a QUIT that matters to a tracker:
  /// the state is stored before the host answers, or a client that comes back at once would find
  /// the old one.
  [[nodiscard]] Decision take(std::string_view buffered, std::uint64_t offset);
  /// The reply to one of our lines, as take() has decided. If a handler throws, the answer is -ERR
  /// [SYS/TEMP] and the exception is logged.
  [[nodiscard]] Answer answer(Decision decision);

  /// The host begins to send a message, for RETR or TOP, in answer to the line that ends at
  /// `offset` octets of its input. What it has counted between this and executed() tells whether it
  /// succeeded; one that was not begun has failed. False: nobody is interested in this one.
  bool begins(std::uint64_t offset) { return accesses_.begins(offset); }
  /// The host has executed, in order, every line that ends at or before `offset` octets of its
  /// input.
  void executed(std::uint64_t offset) { accesses_.executed(offset); }

  // --- what has reached the client (delivery.h) ---

  /// This session may need the next two calls.
  [[nodiscard]] bool minds_delivery() const noexcept { return accesses_.minds_delivery(); }
  /// They matter now: a message has been sent, and may not have completely left the host. To be
  /// asked after executed().
  [[nodiscard]] bool awaits_departure() const noexcept { return accesses_.awaits_departure(); }
  /// Octets that may be the last of a message are about to leave the host for the client. `waiting`
  /// is how many of the client's octets have arrived but not been taken by take(), in the host or
  /// before it. Determine it before the octets leave, because a client may answer quickly, but not
  /// earlier than necessary, or a command already sent would count as sent afterwards.
  void leaving(std::uint64_t waiting) noexcept { accesses_.leaving(waiting); }
  /// Everything that the host has sent has left it, the last of it after the latest leaving().
  void all_left() { accesses_.all_left(); }
  /// These octets of the client were not commands, and take() has not seen them.
  void took_data(std::uint64_t octets) noexcept { accesses_.took(octets); }

  // --- the host's replies, if the policy words them ---

  /// Every reply goes out as the host makes it: the next two calls are not needed.
  [[nodiscard]] bool words_are_hosts() const noexcept { return wording_.all_hosts(); }
  /// `hosts` is the host's positive reply to the login. The mailbox is open, and no command has
  /// been taken yet. To be called once, even if only the pace may refuse the login.
  [[nodiscard]] LoginReply logged_in(std::string_view hosts);
  /// The host, which has consumed that many octets of its input, has not answered the line that it
  /// consumed last: reworded() takes the next line.
  [[nodiscard]] bool awaits_reply(std::uint64_t consumed) const noexcept {
    return wording_.awaits_reply(consumed);
  }
  /// Rewords the first line of the host's answer to the next line of those that take() gave it;
  /// returns any other line unchanged.
  [[nodiscard]] std::string reworded(std::string_view line) { return wording_.reworded(line); }

  /// The session is over, and the mailbox is still open. Stores what lasts; for a QUIT that failed,
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
  /// Only for handled_by(), which gives a handler what it has asked for.
  [[nodiscard]] const host::Host& host() const noexcept { return host_; }
  /// The messages have ids by the policy. If not, the log says why, once.
  [[nodiscard]] bool uidls_known();
  /// How many messages this session has submitted; maintained by XTND XMIT.
  [[nodiscard]] std::uint64_t& messages_submitted() noexcept { return messages_submitted_; }
  [[nodiscard]] host::SessionReports& reports() noexcept { return reports_; }
  /// Answers that hold while the policy does, which is as long as the session; each is made when it
  /// is first asked for.
  struct Kept {
    std::optional<Reply> help;
    std::string hosts_capa;  ///< what `capa` was made of
    std::optional<Reply> capa;
  };
  [[nodiscard]] Kept& kept() noexcept { return kept_; }

 private:
  /// A line of the client and the command that it means.
  struct Line;

  [[nodiscard]] bool leaves_all_to_host() const noexcept;
  [[nodiscard]] bool takes_over(const Command& command) const noexcept;
  [[nodiscard]] bool deadly(const CommandLine& line) const noexcept;
  [[nodiscard]] bool word(const CommandLine& line, const Recognized& recognized, std::uint64_t end);
  Decision take_unless_deadly(std::string_view buffered);
  Decision take_lines(std::string_view buffered, std::uint64_t offset);
  [[nodiscard]] Decision decide(const Line& line);
  [[nodiscard]] bool answers_uidl(const Command& command, const Line& line);
  [[nodiscard]] Answer reworded(const Command& command, std::string_view arguments);
  [[nodiscard]] std::optional<Decision> wait_for_uidls();
  [[nodiscard]] std::optional<Reply> refusal(const Command& command, Treatment treatment);
  [[nodiscard]] Reply unknown(const Line& line);
  std::optional<Decision> hold_back(const Line& line, const std::optional<MessageAccess>& access);
  [[nodiscard]] bool give_to_host(const Line& line, std::uint64_t end);
  Answer execute(const Command& command, std::string_view arguments);
  Result<bool> prepare_uidls();
  void note_refused_deletion(const Command& command);

  host::Host host_;
  host::SessionReports reports_{host_.environment};
  Visitor visitor_;
  policy::Policy policy_;
  SessionCommands commands_;
  Accesses accesses_;
  OpenMaildrop open_;
  wording::ReplyWording wording_;
  bool guards_only_ = false;   ///< used only to protect the host; the policy asks for nothing
  bool custom_uidls_ = false;  ///< known when the session began
  std::string uidl_failure_;   ///< the latest one, already logged
  std::optional<Status> uidls_prepared_;  ///< for the current line
  unsigned lock_tries_ = 0;               ///< for the current line
  std::optional<std::string> instead_;    ///< the line that is meant by it, if it is another one
  std::uint64_t messages_submitted_ = 0;
  Kept kept_;
};

}  // namespace pop3_legacy

#endif
