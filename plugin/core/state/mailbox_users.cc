#include "plugin/core/state/mailbox_users.h"

#include <optional>
#include <utility>

#include "plugin/core/base/text.h"
#include "plugin/core/state/state_rules.h"

namespace pop3_legacy {

namespace {

constexpr std::string_view title = "dovecot-pop3-legacy user 1\n";
/// A file name has at most 255 octets; the rest is for what precedes and follows this part.
constexpr std::size_t max_name_octets = 180;

bool is_messages(std::string_view state) noexcept {
  const StateRule* const rule = find_state_rule(state);
  return rule != nullptr && rule->owner == StateRule::Owner::messages;
}

// The dot is excluded: what follows a dot marks temporary files.
bool is_plain(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '@';
}

std::string note_of(std::string_view user) {
  return std::string(title).append(user).append("\n");
}

class MailboxUsers : public StateStore {
 public:
  MailboxUsers(StateStore& mailbox, std::string user, bool by_user,
               std::function<void(std::string_view)> warn)
      : mailbox_(mailbox), user_(std::move(user)), by_user_(by_user), warn_(std::move(warn)) {}

  [[nodiscard]] std::string place_of(std::string_view name) const override {
    const Result<std::string> kept = kept_as(name);
    return mailbox_.place_of(kept ? kept.value() : name);
  }

  Result<std::optional<Front>> load_state_front(std::string_view name,
                                                std::size_t octets) override {
    const Result<std::string> kept = kept_as(name);
    if (!kept) return kept.error();
    auto front = mailbox_.load_state_front(kept.value(), octets);
    if (front && front.value()) look(name);
    return front;
  }

  Result<std::optional<std::string>> load_state(std::string_view name) override {
    const Result<std::string> kept = kept_as(name);
    if (!kept) return kept.error();
    auto content = mailbox_.load_state(kept.value());
    if (content && content.value()) look(name);
    return content;
  }

  Status store_state(std::string_view name, std::string_view content) override {
    const Result<std::string> kept = kept_as(name);
    if (!kept) return kept.error();
    Status stored = mailbox_.store_state(kept.value(), content);
    if (stored) note(name);
    return stored;
  }

  Result<bool> exchange_state(std::string_view name, const std::optional<std::string>& old,
                              std::string_view content) override {
    const Result<std::string> kept = kept_as(name);
    if (!kept) return kept.error();
    auto stored = mailbox_.exchange_state(kept.value(), old, content);
    if (stored && stored.value()) note(name);
    return stored;
  }

 private:
  [[nodiscard]] Result<std::string> kept_as(std::string_view state) const {
    return by_user_ ? state_of_user(state, user_) : std::string(state);
  }

  // Called when an earlier session has left something, before it has any effect.
  void look(std::string_view state) {
    if (by_user_ || looked_ || is_messages(state)) return;
    looked_ = true;
    const auto stored = mailbox_.load_state(user_state);
    // Without the note nothing is known, which is not worth an -ERR.
    if (!stored)
      warn_("the name of the mailbox's last user cannot be read: " + stored.error().text);
    if (!stored || !stored.value() || !stored.value()->starts_with(title)) return;
    std::string_view name(*stored.value());
    name.remove_prefix(title.size());
    name = name.substr(0, name.find('\n'));
    noted_ = name == user_;
    if (noted_) return;
    warn_("this mailbox's states (LAST, [view], [delete], [pace]) were last used by the user " +
          in_quotes(name) +
          ": if these are two users, set inbox.shared = true in their policy, or each misses what "
          "the other fetches; if the user was renamed, nothing needs to be done");
  }

  void note(std::string_view state) {
    if (by_user_ || noted_ || is_messages(state)) return;
    look(state);
    if (noted_) return;
    noted_ = true;
    if (const Status stored = mailbox_.store_state(user_state, note_of(user_)); !stored) {
      warn_("the user's name could not be stored with the mailbox's states: " +
            stored.error().text);
    }
  }

  StateStore& mailbox_;
  std::string user_;
  bool by_user_;
  std::function<void(std::string_view)> warn_;
  bool looked_ = false;
  bool noted_ = false;  ///< the note names this user
};

}  // namespace

Result<std::string> state_of_user(std::string_view state, std::string_view user) {
  if (is_messages(state)) return std::string(state);
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string name(state);
  name += "-of-";
  for (const char c : user) {
    if (is_plain(c)) {
      name += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    name += '%';
    name += digits[octet / digits.size()];
    name += digits[octet % digits.size()];
  }
  if (name.size() > max_name_octets) {
    return Error{Failure::permanent, "the user name is too long to be part of a state's name"};
  }
  return name;
}

std::unique_ptr<StateStore> states_for_user(StateStore& mailbox, std::string user, bool by_user,
                                            std::function<void(std::string_view)> warn) {
  return std::make_unique<MailboxUsers>(mailbox, std::move(user), by_user, std::move(warn));
}

}  // namespace pop3_legacy
