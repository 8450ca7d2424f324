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
/// It does no I/O but through the port and holds no message.
#ifndef POP3_LEGACY_CORE_SESSION_SESSION_H
#define POP3_LEGACY_CORE_SESSION_SESSION_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/answer.h"
#include "plugin/core/command_line.h"
#include "plugin/core/command_table.h"
#include "plugin/core/number_ranges.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/port.h"
#include "plugin/core/reply.h"
#include "plugin/core/session/delivery.h"
#include "plugin/core/session/highest_accessed.h"
#include "plugin/core/session/pace.h"
#include "plugin/core/session/session_commands.h"
#include "plugin/core/view/view.h"
#include "plugin/core/wording/reply_wording.h"

namespace pop3_legacy {

/// Who takes the next octets of the input. Later: nobody knows yet, for something is found out in
/// parts, or somebody else's lock is waited for.
enum class Taker { incomplete, host, ours, later };

struct Portion {
  Taker taker = Taker::incomplete;
  /// Whole lines with their LF: a run of them for the host, exactly one for us.
  std::size_t octets = 0;
  /// What the host is to be given instead of them, where not empty: the line that is meant, with
  /// its LF.
  std::string rewritten = {};
  /// Not before; zero: once the process's other sessions have had their turns.
  std::chrono::milliseconds pause{0};
};

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
  /// `port` lives longer than the session. Asks it nothing yet: the mailbox may not be open.
  Session(Port& port, policy::Resolution resolution, Remembered remembered = {},
          Visitor visitor = Visitor::owner);

  /// The policy leaves everything to the host, and there is no line that the host would not
  /// survive: the session need not be worked at all.
  [[nodiscard]] bool idle() const noexcept;

  // --- input ---

  /// Who takes what stands at the front of `buffered`. For the host it is a run of lines that
  /// now counts as handed over; `offset` is how many octets the host had been given before
  /// it (what replaced others counts, and these do not). Called when the host has executed all of
  /// those; asks the port about the maildrop, so the mailbox is open; the first call narrows it to
  /// the view. A RETR that matters to LAST or the view ends its run, for only the host knows
  /// whether it succeeds, and one that counts for the pace is a run of its own; where the policy
  /// words the host's replies every line does. QUIT is a run of its own: the state is stored before
  /// the host answers it, or a client that comes back at once would find the old one.
  Portion take(std::string_view buffered, std::uint64_t offset);

  /// The host has executed every line that ends at or before `offset` octets of what it was
  /// given, in order.
  void executed(std::uint64_t offset);

  // --- what has reached the client (delivery.h) ---

  /// The next two calls may be needed in this session.
  [[nodiscard]] bool minds_delivery() const noexcept { return watching_ || view_.hides_fetched(); }
  /// They matter now: a message is being sent, or has not all left the host.
  [[nodiscard]] bool awaits_departure() const noexcept {
    return !watched_.empty() || delivery_.awaits_departure();
  }
  /// Octets that may be the last of a message are about to leave the host for the client, and so
  /// many of the client's have arrived and are waiting, in the host or before it, behind what
  /// take() has taken. To be found out before they leave: a client may be quick to answer. Found
  /// out early it would count a command as sent afterwards that was not.
  void leaving(std::uint64_t waiting) noexcept { delivery_.leaving(taken_ + waiting); }
  /// All that the host has sent has left it, the last of it after the last leaving().
  void all_left() { delivery_.all_left(); }
  /// So many of the client's octets were no commands, and take() has not seen them.
  void took_data(std::uint64_t octets) noexcept { taken_ += octets; }

  /// The reply to a line that take() gave to us; `line` may end with LF or CRLF. A handler
  /// that fails by an exception answers -ERR [SYS/TEMP] and logs.
  Answer answer(std::string_view line);

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
  void finish(Ending ending);

  // --- for the handlers ---

  [[nodiscard]] Port& port() noexcept { return port_; }
  [[nodiscard]] const policy::Policy& policy() const noexcept { return policy_; }
  [[nodiscard]] Pace& pace() noexcept { return pace_; }
  [[nodiscard]] HighestAccessed& highest_accessed() noexcept { return *highest_accessed_; }
  /// Messages that XDELE has deleted since RSET, and that need not be looked at again.
  [[nodiscard]] NumberRanges& deleted_by_range() noexcept { return deleted_by_range_; }
  /// The messages have ids by the policy. Where not, the log says why, once.
  [[nodiscard]] bool uidls_known();
  /// A handler is going to give a message \Seen, which is where LAST may start: called before.
  void before_seen();
  /// A handler has done to a message what a command of the host's does, and sent the last octets
  /// but the lone dot of its answer: LAST may count it.
  void accessed(Access access, MessageNumber number);
  /// Puts a board in the maildrop's place, or nothing: Port::open_board() and close_maildrop().
  Result<Board> open_board(std::string_view mailbox);
  Status close_maildrop();
  [[nodiscard]] bool on_board() const noexcept { return open_ == OpenMaildrop::board; }
  /// The width that XTND SCAN has set; 0: it has not, or it no longer holds.
  [[nodiscard]] unsigned scan_width() const noexcept { return scan_width_; }
  void set_scan_width(unsigned width) noexcept { scan_width_ = width; }
  /// How many messages this session has submitted; kept by XTND XMIT.
  [[nodiscard]] std::uint64_t& messages_submitted() noexcept { return messages_submitted_; }
  [[nodiscard]] const SessionCommands& commands() const noexcept { return commands_; }

 private:
  enum class OpenMaildrop : std::uint8_t {
    own,    ///< the user's, as at login
    board,  ///< a mailbox in its place, read-only
    none,
  };

  /// A line that the host was given and that matters to LAST, the view or the pace.
  struct Watched {
    Access access;
    MessageNumber number;
    Uid uid;
    std::uint64_t end;          ///< executed once the host has consumed this many octets
    std::uint64_t octets_sent;  ///< by the host, before it executed this
    bool whole;                 ///< it sends the whole message
    Delivery::Place place;
  };

  [[nodiscard]] Recognized recognize(const CommandLine& line,
                                     const Recognized& named) const noexcept;
  [[nodiscard]] bool leaves_all_to_host() const noexcept;
  [[nodiscard]] bool takes_over(const Command& command) const noexcept;
  void leave_maildrop(OpenMaildrop next);
  [[nodiscard]] bool ours(const Command& command);
  [[nodiscard]] bool keeps_view() const noexcept;
  [[nodiscard]] Pace::Extent extent(Access access, std::string_view arguments,
                                    MessageNumber number) const;
  Status settle();
  [[nodiscard]] bool waits_for_lock(const Error& error);
  Result<bool> prepare_uidls();
  Status change_maildrop(OpenMaildrop next, const std::function<Status()>& change);
  Result<bool> end_with_quit();
  Status store_last(Ending ending);
  void tell_of_last(const Status& stored);
  [[nodiscard]] MessageNumber paced(const Command& command, std::string_view arguments) const;
  bool watch(const Command& command, std::string_view arguments, std::uint64_t end);
  void mark_executed(const Watched& watched);
  void heard(const Command* command, std::size_t begin, std::size_t end);
  [[nodiscard]] bool deadly(const CommandLine& line) const noexcept;
  Portion take_lines(std::string_view buffered, std::uint64_t offset);
  [[nodiscard]] Portion take_unless_deadly(std::string_view buffered) const;
  [[nodiscard]] Reply unknown(const CommandLine& line, const Recognized& recognized);
  Answer handle(const Recognized& recognized, bool has_nul);

  Port& port_;
  Visitor visitor_;
  policy::Policy policy_;
  SessionCommands commands_;
  policy::Policy::Last board_last_;  ///< LAST begins at zero on a board, and nothing is kept
  std::optional<HighestAccessed> highest_accessed_;  ///< of the maildrop that is open
  OpenMaildrop open_ = OpenMaildrop::own;
  unsigned scan_width_ = 0;
  view::View view_;    ///< of the user's own maildrop
  bool quit_ = false;  ///< the host has been given QUIT
  Pace pace_;
  std::optional<std::string> refusal_;  ///< of the line that take() gave to us last, by the pace
  wording::ReplyWording wording_;
  bool guards_only_ = false;   ///< it is there for the host's sake, the policy asks for nothing
  bool watching_ = false;      ///< LAST is available, so the host's commands matter
  bool custom_uidls_ = false;  ///< known when the session began
  std::string uidl_failure_;   ///< the last one, logged already
  std::optional<Status> uidls_prepared_;  ///< for the line that take() looks at, or gave to us
  unsigned lock_tries_ = 0;               ///< of that line
  bool store_failure_logged_ = false;
  std::deque<Watched> watched_;
  Delivery delivery_;
  std::uint64_t taken_ = 0;  ///< of the client's octets
  NumberRanges deleted_by_range_;
  std::uint64_t messages_submitted_ = 0;
};

}  // namespace pop3_legacy

#endif
