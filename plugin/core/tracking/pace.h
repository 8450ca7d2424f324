/// How often a user may log in and how much may be retrieved ([pace]): RFC 2449's LOGIN-DELAY with
/// a burst, the messages per session, the octets per hour.
///
/// The state "pace" has a line with the time from which no login counts any more, and one line for
/// each minute of the last hour with the octets sent in it. It belongs to the user
/// (host::Host::user_states), so machines that share user states share the pace.
///
/// It protects the server, not the mail. If the state is damaged, counting starts afresh
/// (state_rules.h). The same happens if the state is further in the future than the policy could
/// have put it: the clock was set back, or the policy was slower. If the state cannot be read or
/// stored, that is logged, and only what this session has done counts against the user.
#ifndef POP3_LEGACY_CORE_TRACKING_PACE_H
#define POP3_LEGACY_CORE_TRACKING_PACE_H

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/host/host.h"
#include "plugin/core/host/session_reports.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/tracking/tracker.h"

namespace pop3_legacy {

/// The state's name (StateStore).
inline constexpr std::string_view pace_state = "pace";

/// For a client: "1 second", "120 seconds"; above that in minutes, rounded up: "60 minutes".
std::string time_to_wait(std::uint64_t seconds);

class Pace : public Tracker {
 public:
  /// `policy` must outlive this object.
  Pace(const host::Host& host, const policy::Policy::Pace& policy) : host_(host), policy_(policy) {}

  /// An Error says what is wrong with a state.
  [[nodiscard]] static Status check(std::string_view text);

  /// A leaky bucket: `burst` logins at once, then one per `login_delay`. Returns 0 if this login is
  /// allowed; it then counts. Otherwise returns the seconds to wait; this login does not count, or
  /// a client that keeps trying would never get in.
  [[nodiscard]] std::uint64_t log_in();

  [[nodiscard]] bool counts(Access kind) const noexcept;
  [[nodiscard]] bool minds(const MessageAccess& access) const override {
    return counts(access.kind);
  }
  [[nodiscard]] bool may_refuse(Access kind) const noexcept override { return counts(kind); }
  /// An allowed message counts in full until executed(), so a client that hangs up halfway has
  /// still used it. TOP is refused because of its octets only if none are left. A message larger
  /// than an hour's octets is sent if nothing else was sent in that hour; otherwise it could never
  /// be retrieved.
  [[nodiscard]] std::optional<std::string> refusal(const MessageAccess& access) override;
  void executed(const MessageAccess& access, const Sent& sent) override;
  /// Stores what has not been stored yet. This also happens whenever a tenth of an hour's octets
  /// have been sent; smaller amounts are lost if the session is killed, and are unknown to parallel
  /// sessions. A failure is logged here, once.
  Status finish(Ending ending) override;
  [[nodiscard]] std::string_view not_stored() const noexcept override { return "pace: "; }

 private:
  struct State {
    std::int64_t logins_until = 0;                  ///< seconds since 1970, like all times here
    std::map<std::int64_t, std::uint64_t> minutes;  ///< octets, keyed by the minute's first second
  };
  [[nodiscard]] State read(const std::optional<std::string>& text);
  void forget_old(std::map<std::int64_t, std::uint64_t>& minutes) const;
  [[nodiscard]] static bool parse(std::string_view text, State& state);
  [[nodiscard]] static std::string written(const State& state);
  [[nodiscard]] std::optional<std::string> over_octets(const MessageAccess& access);
  void settle(const Sent& sent);
  void store();
  void log_once(const std::string& sentence);

  host::Host host_;
  host::SessionReports reports_{host_.environment};
  const policy::Policy::Pace& policy_;
  std::uint64_t retrieved_ = 0;  ///< messages in this session
  std::optional<MessageAccess> sending_;
  std::map<std::int64_t, std::uint64_t> unsaved_;  ///< like State::minutes
  std::map<std::int64_t, std::uint64_t>
      own_;  ///< all of this session, for when nothing can be read
  bool logged_ = false;
};

}  // namespace pop3_legacy

#endif
