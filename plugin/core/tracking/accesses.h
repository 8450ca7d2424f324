/// What the session does to messages: the host's commands on them and ours, and which of the
/// messages have reached the client. LAST, the view and the pace (Tracker) hear of it here.
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
  /// Which of them there are. Nothing is stored for a session that leaves no trace.
  struct Options {
    bool last = false;              ///< the client may ask for LAST
    bool remembers_hidden = false;  ///< as for View
    bool stores = true;
  };

  /// `policy` lives longer than this.
  Accesses(const host::Host& host, const policy::Policy& policy, Options options);

  [[nodiscard]] HighestAccessed& last() noexcept { return *last_; }
  [[nodiscard]] view::View& view() noexcept { return view_; }
  [[nodiscard]] const view::View& view() const noexcept { return view_; }
  [[nodiscard]] Pace& pace() noexcept { return pace_; }

  /// Nobody minds what the session does.
  [[nodiscard]] bool idle() const noexcept { return trackers_.empty(); }
  /// Another maildrop than the user's own is open from here on.
  void leave_own_maildrop();

  // --- commands of the host's ---

  /// The command on a message of which somebody may have to say that it must not be executed.
  [[nodiscard]] std::optional<MessageAccess> may_refuse(Access kind,
                                                        std::string_view arguments) const;
  /// The host is given a command, whose line ends behind `end` octets of what it is given. True: it
  /// is the last one of a run, for only the host knows whether it succeeds.
  bool given_to_host(Access kind, std::string_view arguments, std::uint64_t end);
  /// The host has executed every line that ends at or before `offset`.
  void executed(std::uint64_t offset);

  // --- commands of ours ---

  /// What RETR, TOP or DELE would do to that message.
  [[nodiscard]] MessageAccess of(Access kind, MessageNumber number, Extent extent) const;
  /// It is about to be executed; done() follows where there is no value. A value: it must not be,
  /// and why not, for the client.
  [[nodiscard]] std::optional<std::string> begin(const MessageAccess& access);
  /// The command was executed, and the last octets of its answer but the lone dot are sent.
  void done(const MessageAccess& access, const Sent& sent);
  /// A message is about to get \Seen, which is where LAST may start.
  void before_seen();
  void reset();

  // --- what has reached the client (delivery.h) ---

  /// The others of these calls may be needed in this session.
  [[nodiscard]] bool minds_delivery() const noexcept;
  /// They matter now: a message is being sent, or has not all left the host.
  [[nodiscard]] bool awaits_departure() const noexcept {
    return !with_host_.empty() || delivery_.awaits_departure();
  }
  void leaving(std::uint64_t waiting) noexcept { delivery_.leaving(taken_ + waiting); }
  void all_left() { delivery_.all_left(); }
  /// So many of the client's octets are behind us.
  void took(std::uint64_t octets) noexcept { taken_ += octets; }
  /// The next command, whose line stands at `begin` to `end` behind those.
  void heard(Access kind, std::size_t begin, std::size_t end);

  // --- the end ---

  /// Stores what is kept, before the host executes QUIT or closes the maildrop. An Error: it must
  /// not, or what is to be kept would be lost; nothing is lost yet. Failure::locked with
  /// `may_wait`: it may be called again.
  Status settle(bool may_wait);
  /// settle() has succeeded, and the host is given QUIT.
  void quit() noexcept { quit_ = true; }
  void finish(Ending ending);

 private:
  /// With the host, which has not executed it yet.
  struct WithHost {
    MessageAccess access;
    std::uint64_t end;          ///< executed once the host has consumed this many octets
    std::uint64_t octets_sent;  ///< by the host, before it executed this
    Delivery::Place place;
  };

  [[nodiscard]] std::optional<MessageAccess> read(Access kind, std::string_view arguments) const;
  void done(const MessageAccess& access, const Sent& sent, const Delivery::Place& place);
  void tell(const Tracker& tracker, const Status& stored);

  host::Host host_;
  policy::Policy::Last board_last_;      ///< LAST begins at zero on a board, and nothing is kept
  std::optional<HighestAccessed> last_;  ///< of the maildrop that is open
  view::View view_;                      ///< of the user's own
  Pace pace_;
  std::vector<Tracker*> trackers_;  ///< those of the three that mind; in the order of finish()
  std::deque<WithHost> with_host_;
  Delivery delivery_;
  std::uint64_t taken_ = 0;
  bool quit_ = false;
  bool told_ = false;  ///< in the log, what could not be stored
};

}  // namespace pop3_legacy

#endif
