/// The user's own states (host::Host::user_states) in the dict configured for them: the value of
/// `priv/pop3-legacy/NAME`.
#ifndef POP3_LEGACY_DOVECOT_USER_STATES_H
#define POP3_LEGACY_DOVECOT_USER_STATES_H

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/state/state_store.h"
#include "plugin/dovecot/host.h"
#include "plugin/dovecot/open_dict.h"

namespace pop3_legacy::dovecot {

/// The dict is opened anew for each call, because a session may last for hours. Once it has failed,
/// it is left alone for a minute and everything returns the same Error: a session must not wait
/// again and again for a dict that is down.
class UserStates : public StateStore {
 public:
  /// Both must outlive this. `mailbox` has the states if no dict is configured.
  UserStates(struct mail_user* user, StateStore& mailbox) : user_(user), mailbox_(mailbox) {}

  [[nodiscard]] std::string place_of(std::string_view name) const override;
  [[nodiscard]] Result<std::optional<std::string>> load_state(std::string_view name) override;
  Status store_state(std::string_view name, std::string_view content) override;
  /// A dict cannot compare and store in one step: if two sessions do so at the same moment, both
  /// may succeed, and the later content stays.
  [[nodiscard]] Result<bool> exchange_state(std::string_view name,
                                            const std::optional<std::string>& old,
                                            std::string_view content) override;

 private:
  [[nodiscard]] Result<std::unique_ptr<OpenDict>> open();
  [[nodiscard]] Error failed(const Error& why);

  struct mail_user* user_;
  StateStore& mailbox_;
  std::optional<std::string> uri_;  ///< once the settings have been read
  bool in_dict_ = false;            ///< once the dict has been opened
  std::optional<Error> failure_;
  std::chrono::steady_clock::time_point retry_;  ///< with failure_: not to be tried earlier
};

}  // namespace pop3_legacy::dovecot

#endif
