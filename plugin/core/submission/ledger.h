/// What a user has sent recently: enforces the hourly limit, and keeps a message that is sent again
/// from being delivered twice.
#ifndef POP3_LEGACY_CORE_SUBMISSION_LEDGER_H
#define POP3_LEGACY_CORE_SUBMISSION_LEDGER_H

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/host/environment.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/state/state_store.h"

namespace pop3_legacy::submission {

/// The state's name (StateStore).
inline constexpr std::string_view ledger_state = "xmit";

/// Kept in the user's state "xmit" (host::Host::user_states): one line per message with the time,
/// the key, and either that the MTA has it or which process is waiting for the MTA. An unfinished
/// entry is void when that process has ended, because the message may never have been sent; if the
/// process is on another machine, after five minutes. If the state is damaged every method fails
/// (state_rules.h). An Error's sentence is for the log and says what could not be done.
class Ledger {
 public:
  enum class Verdict {
    fresh,        ///< may be sent; now recorded as started
    sent_before,  ///< the MTA has it already
    under_way,    ///< another session is waiting for the MTA
    too_many,     ///< the hourly limit has been reached
  };

  Ledger(const host::Environment& environment, StateStore& states,
         const policy::Policy::Xmit& policy)
      : environment_(environment), states_(states), policy_(policy) {}

  /// An Error says what is wrong with a state.
  [[nodiscard]] static Status check(std::string_view text);

  [[nodiscard]] Result<Verdict> begin(const std::string& key);
  /// The MTA has accepted it.
  Status sent(const std::string& key);
  /// The MTA has not accepted it: it does not count.
  Status withdraw(const std::string& key);
  /// The hourly limit has been reached. Changes nothing.
  [[nodiscard]] Result<bool> exhausted();

 private:
  struct Entry {
    std::int64_t time = 0;
    std::string key;
    bool sent = false;
    std::string process = {};  ///< that started it, see Environment::process(); empty: unknown
  };
  using Entries = std::vector<Entry>;

  [[nodiscard]] static Result<Entries> parse(std::string_view text);
  [[nodiscard]] Result<Entries> read(const std::optional<std::string>& text) const;
  [[nodiscard]] static std::string written(const Entries& entries);
  [[nodiscard]] bool over_limit(const Entries& entries) const;
  [[nodiscard]] bool under_way(const Entry& entry) const;
  Status change(const std::function<bool(Entries& entries)>& edit);

  const host::Environment& environment_;
  StateStore& states_;
  const policy::Policy::Xmit& policy_;
};

}  // namespace pop3_legacy::submission

#endif
