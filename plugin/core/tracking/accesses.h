/// Tracks what the session does to messages through the host's commands and ours, and which
/// messages have reached the client. Passes this on to LAST, the view and the pace (Tracker).
#ifndef POP3_LEGACY_CORE_TRACKING_ACCESSES_H
#define POP3_LEGACY_CORE_TRACKING_ACCESSES_H

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/host/host.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/tracking/delivery.h"
#include "plugin/core/tracking/highest_accessed.h"
#include "plugin/core/tracking/pace.h"
#include "plugin/core/tracking/tracker.h"
#include "plugin/core/tracking/view.h"

namespace pop3_legacy {

class Accesses {
 public:
  /// Which trackers there are. Nothing is stored for a session that leaves no trace.
  struct Options {
    bool last = false;              ///< the client may ask for LAST
    bool remembers_hidden = false;  ///< as for View
    bool stores = true;
  };

  /// `policy` must outlive this object.
  Accesses(const host::Host& host, const policy::Policy& policy, Options options);

  [[nodiscard]] HighestAccessed& last() noexcept { return *last_; }
  [[nodiscard]] view::View& view() noexcept { return view_; }
  [[nodiscard]] const view::View& view() const noexcept { return view_; }
  [[nodiscard]] Pace& pace() noexcept { return pace_; }

  /// No tracker is interested in what the session does.
  [[nodiscard]] bool idle() const noexcept { return trackers_.empty(); }
  /// A maildrop other than the user's own is open from now on.
  void leave_own_maildrop();

  // --- commands of the host ---

  /// No tracker is interested in such a command.
  [[nodiscard]] bool ignores(Access kind) const noexcept { return kind == Access::none || idle(); }
  /// No tracker refuses such a command, whatever the message.
  [[nodiscard]] bool never_refuses(Access kind) const noexcept {
    return ignores(kind) || (kind != Access::quit && !refusable(kind));
  }
  /// The command on a message, if a tracker may have to refuse it.
  [[nodiscard]] std::optional<MessageAccess> may_refuse(Access kind,
                                                        std::string_view arguments) const;
  /// The host is given a command whose line ends after `end` octets of its input. True: the command
  /// must end its run, because a tracker may refuse the next one.
  bool given_to_host(Access kind, std::string_view arguments, std::uint64_t end);
  /// The host begins to send a message in answer to the line that ends at `offset`: every line
  /// before it is executed, and Connection::octets_sent() has counted nothing of this message. A
  /// retrieval that was never begun has failed. False: no tracker is interested in this one.
  bool begins(std::uint64_t offset);
  /// The host has executed every line that ends at or before `offset`.
  void executed(std::uint64_t offset) {
    if (!with_host_.empty()) executed_lines(offset);
  }

  // --- our commands ---

  /// The effect that RETR, TOP or DELE would have on that message.
  [[nodiscard]] MessageAccess of(Access kind, MessageNumber number, Extent extent) const;
  /// It is about to be executed. No value: done() follows. A value: it must not be executed; the
  /// value tells the client why.
  [[nodiscard]] std::optional<std::string> begin(const MessageAccess& access);
  /// The command was executed, and all of its answer except the lone dot has been sent.
  void done(const MessageAccess& access, const Sent& sent);
  /// A message is about to get \Seen, which is where LAST may start.
  void before_seen();
  void reset();

  // --- what has reached the client (delivery.h) ---

  /// This session may need the other calls of this group.
  [[nodiscard]] bool minds_delivery() const noexcept;
  /// They matter now: a message has been sent, and may not have completely left the host.
  [[nodiscard]] bool awaits_departure() const noexcept { return delivery_.awaits_departure(); }
  void leaving(std::uint64_t waiting) noexcept { delivery_.leaving(taken_ + waiting); }
  void all_left() { delivery_.all_left(); }
  /// This many octets of the client's input have been consumed.
  void took(std::uint64_t octets) noexcept { taken_ += octets; }
  /// The next command, whose line occupies `begin` to `end`, counted from there.
  void heard(Access kind, std::size_t begin, std::size_t end) {
    if (!idle()) heard_one(kind, begin, end);
  }

  // --- the end ---

  /// Stores what is kept, before the host executes QUIT or closes the maildrop. An Error: the host
  /// must not, or what should be kept would be lost; nothing is lost yet. Failure::locked with
  /// `may_wait`: it may be called again.
  Status settle(bool may_wait);
  /// settle() has succeeded, and the host has been given QUIT.
  void quit() noexcept { quit_ = true; }
  void finish(Ending ending);

 private:
  /// A command that the host has but has not executed yet.
  struct WithHost {
    MessageAccess access;
    std::uint64_t end;  ///< executed once the host has consumed this many octets
    Delivery::Place place;
    std::optional<std::uint64_t> octets_before{};  ///< sent by the host when this one began
  };

  [[nodiscard]] bool refusable(Access kind) const noexcept;
  [[nodiscard]] std::optional<MessageAccess> read(Access kind, std::string_view arguments) const;
  void done(const MessageAccess& access, const Sent& sent, const Delivery::Place& place);
  void executed_lines(std::uint64_t offset);
  void heard_one(Access kind, std::size_t begin, std::size_t end);
  void tell(const Tracker& tracker, const Status& stored);

  host::Host host_;
  policy::Policy::Last board_last_;      ///< on a board, LAST begins at zero and nothing is kept
  std::optional<HighestAccessed> last_;  ///< of the open maildrop
  view::View view_;                      ///< of the user's own maildrop
  Pace pace_;
  std::vector<Tracker*> trackers_;  ///< the interested ones of the three, in the order of finish()
  std::deque<WithHost> with_host_;
  Delivery delivery_;
  std::uint64_t taken_ = 0;
  bool quit_ = false;
  bool told_ = false;  ///< logged what could not be stored
};

}  // namespace pop3_legacy

#endif
