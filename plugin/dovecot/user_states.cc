#include "plugin/dovecot/user_states.h"

#include "plugin/dovecot/plugin_settings.h"

namespace pop3_legacy::dovecot {

namespace {

constexpr std::string_view key_prefix = "priv/pop3-legacy/";
constexpr std::chrono::minutes rest(1);

std::string key_of(std::string_view name) {
  return std::string(key_prefix).append(name);
}

}  // namespace

Error UserStates::failed(const Error& why) {
  failure_ = {why.kind, "the dict with the users' states cannot be used: " + why.text +
                            "; check that it runs, and that the mail user may use it"};
  retry_ = std::chrono::steady_clock::now() + rest;
  return *failure_;
}

// nullptr: no dict is configured, and the mailbox has the states.
Result<std::unique_ptr<OpenDict>> UserStates::open() {
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

std::string UserStates::place_of(std::string_view name) const {
  return in_dict_ ? "the key " + key_of(name) + " of the dict with the users' states"
                  : mailbox_.place_of(name);
}

Result<std::optional<std::string>> UserStates::load_state(std::string_view name) {
  const auto dict = open();
  if (!dict) return dict.error();
  if (!dict.value()) return mailbox_.load_state(name);
  auto found = dict.value()->read(key_of(name));
  return found ? std::move(found) : failed(found.error());
}

Status UserStates::store_state(std::string_view name, std::string_view content) {
  const auto dict = open();
  if (!dict) return dict.error();
  if (!dict.value()) return mailbox_.store_state(name, content);
  const Status stored = dict.value()->write(key_of(name), std::string(content));
  return stored ? stored : failed(stored.error());
}

Result<bool> UserStates::exchange_state(std::string_view name,
                                        const std::optional<std::string>& old,
                                        std::string_view content) {
  const auto dict = open();
  if (!dict) return dict.error();
  if (!dict.value()) return mailbox_.exchange_state(name, old, content);
  const auto found = dict.value()->read(key_of(name));
  if (!found) return failed(found.error());
  if (found.value() != old) return false;
  const Status stored = dict.value()->write(key_of(name), std::string(content));
  return stored ? Result<bool>(true) : Result<bool>(failed(stored.error()));
}

}  // namespace pop3_legacy::dovecot
