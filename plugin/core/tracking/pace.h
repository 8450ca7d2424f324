/// How often a user may log in and how much may be retrieved ([pace]): RFC 2449's LOGIN-DELAY with
/// a burst, the messages of a session, the octets of an hour.
///
/// The state "pace" has a line with the moment at which no login counts any more, and one for each
/// minute of the last hour with the octets that were sent in it. It is the user's
/// (host::Host::user_states), so machines that share those share it.
///
/// It protects the server, not the mail: where the state is damaged counting begins anew
/// (state_rules.h). So it does where the state lies further ahead than the policy could have put
/// it, which is a clock that was put back or a policy that was slower. Where the state cannot be
/// read or stored, that is logged, and nothing is held against the user but what this session has
/// done.
#ifndef POP3_LEGACY_CORE_TRACKING_PACE_H
#define POP3_LEGACY_CORE_TRACKING_PACE_H

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/host/host.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/tracking/tracker.h"

namespace pop3_legacy {

/// The state's name (StateStore).
inline constexpr std::string_view pace_state = "pace";

/// For a client: "1 second", "120 seconds", and beyond that in minutes, rounded up: "60 minutes".
std::string time_to_wait(std::uint64_t seconds);

class Pace : public Tracker {
 public:
  /// `policy` lives longer than this.
  Pace(const host::Host& host, const policy::Policy::Pace& policy) : host_(host), policy_(policy) {}

  /// An Error says what is wrong with a state.
  [[nodiscard]] static Status check(std::string_view text);

  /// A leaky bucket: `burst` logins at once, then one in each `login_delay`. 0: this one may be,
  /// and counts. Else the seconds until one may be; this one does not count, or a client that
  /// hammers would never get in.
  [[nodiscard]] std::uint64_t log_in();

  [[nodiscard]] bool counts(Access kind) const noexcept;
  [[nodiscard]] bool minds(const MessageAccess& access) const override {
    return counts(access.kind);
  }
  [[nodiscard]] bool may_refuse(Access kind) const noexcept override { return counts(kind); }
  /// Where the message may be sent it counts as a whole until executed(), so that a client that
  /// hangs up in the middle has had it. TOP is refused for its octets only where none are left, and
  /// a message of more than an hour's octets is sent where none were sent before, or it could never
  /// be retrieved.
  [[nodiscard]] std::optional<std::string> refusal(const MessageAccess& access) override;
  void executed(const MessageAccess& access, const Sent& sent) override;
  /// Stores what has not been stored. That is also done whenever a tenth of an hour's octets have
  /// been sent: a session that is killed, or one beside this, knows nothing of less. A failure is
  /// logged here, once.
  Status finish(Ending ending) override;
  [[nodiscard]] std::string_view not_stored() const noexcept override { return "pace: "; }

 private:
  struct State {
    std::int64_t logins_until = 0;                  ///< seconds since 1970, as all times here
    std::map<std::int64_t, std::uint64_t> minutes;  ///< octets, by the minute's first second
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
  const policy::Policy::Pace& policy_;
  std::uint64_t retrieved_ = 0;  ///< messages of this session
  std::optional<MessageAccess> sending_;
  std::map<std::int64_t, std::uint64_t> unsaved_;  ///< as State::minutes
  bool logged_ = false;
};

}  // namespace pop3_legacy

#endif
