#include "plugin/dovecot/user_states.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "plugin/dovecot/open_dict.h"
#include "plugin/dovecot/plugin_settings.h"

namespace pop3_legacy::dovecot {

namespace {

constexpr std::string_view key_prefix = "priv/pop3-legacy/";
constexpr std::chrono::minutes rest(1);

std::string key_of(std::string_view name) {
  return std::string(key_prefix).append(name);
}

// The dict is opened anew for each call, because a session may last for hours. Once it has failed,
// it is left alone for a minute and everything returns the same Error: a session must not wait
// again and again for a dict that is down.
class UserStates : public StateStore {
 public:
  UserStates(struct mail_user* user, StateStore& mailbox) : user_(user), mailbox_(mailbox) {}

  [[nodiscard]] std::string place_of(std::string_view name) const override {
    return in_dict_ ? "the key " + key_of(name) + " of the dict with the users' states"
                    : mailbox_.place_of(name);
  }

  Result<std::optional<std::string>> load_state(std::string_view name) override {
    const auto dict = open();
    if (!dict) return dict.error();
    if (!dict.value()) return mailbox_.load_state(name);
    auto found = dict.value()->read(key_of(name));
    return found ? std::move(found) : failed(found.error());
  }

  Status store_state(std::string_view name, std::string_view content) override {
    const auto dict = open();
    if (!dict) return dict.error();
    if (!dict.value()) return mailbox_.store_state(name, content);
    const Status stored = dict.value()->write(key_of(name), std::string(content));
    return stored ? stored : failed(stored.error());
  }

  // A dict cannot compare and store in one step: if two sessions do so at the same moment, both may
  // succeed, and the later content stays.
  Result<bool> exchange_state(std::string_view name, const std::optional<std::string>& old,
                              std::string_view content) override {
    const auto dict = open();
    if (!dict) return dict.error();
    if (!dict.value()) return mailbox_.exchange_state(name, old, content);
    const auto found = dict.value()->read(key_of(name));
    if (!found) return failed(found.error());
    if (found.value() != old) return false;
    const Status stored = dict.value()->write(key_of(name), std::string(content));
    return stored ? Result<bool>(true) : Result<bool>(failed(stored.error()));
  }

 private:
  // nullptr: no dict is configured, and the mailbox has the states.
  Result<std::unique_ptr<OpenDict>> open() {
    if (failure_ && std::chrono::steady_clock::now() < retry_) return *failure_;
    failure_.reset();
    if (!uri_) {
      struct pop3_legacy_settings settings {};
      const char* error = nullptr;
      if (pop3_legacy_settings_read(user_, &settings, &error) < 0) {
        return failed({Failure::permanent, error});
      }
      uri_ = settings.state;
    }
    auto dict = OpenDict::open(user_, POP3_LEGACY_STATE_DICT, uri_->c_str());
    if (!dict) return failed(dict.error());
    in_dict_ = dict.value() != nullptr;
    return dict;
  }

  Error failed(const Error& why) {
    failure_ = {why.kind, "the dict with the users' states cannot be used: " + why.text +
                              "; check that it runs, and that the mail user may use it"};
    retry_ = std::chrono::steady_clock::now() + rest;
    return *failure_;
  }

  struct mail_user* user_;
  StateStore& mailbox_;
  std::optional<std::string> uri_;  ///< once the settings have been read
  bool in_dict_ = false;            ///< once the dict has been opened
  std::optional<Error> failure_;
  std::chrono::steady_clock::time_point retry_;  ///< with failure_: not to be tried earlier
};

}  // namespace

std::unique_ptr<StateStore> states_in_dict(struct mail_user* user, StateStore& mailbox) {
  return std::make_unique<UserStates>(user, mailbox);
}

}  // namespace pop3_legacy::dovecot
