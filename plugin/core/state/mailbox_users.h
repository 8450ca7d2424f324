/// The states of a mailbox that several users may have as their INBOX.
///
/// Ids belong to the messages and are the same for everybody. LAST, what was hidden or fetched, the
/// pace and what was sent belong to one user. They are normally kept with the mailbox, which nearly
/// always has just one user: if the user is renamed or the mailbox is moved, they are still found
/// there. If the mailbox belongs to nobody in particular, or the policy says so (inbox.shared),
/// each user has separate states beside them, named `last-of-anna@example%2Eorg`, so nobody misses
/// a message because somebody else has fetched it.
///
/// Two users cannot be told from one user who was renamed. So where users share the states, this
/// class notes whose they were last (the state "user") and warns the administrator when the user
/// changes.
#ifndef POP3_LEGACY_CORE_STATE_MAILBOX_USERS_H
#define POP3_LEGACY_CORE_STATE_MAILBOX_USERS_H

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "plugin/core/base/result.h"
#include "plugin/core/state/state_store.h"

namespace pop3_legacy {

/// The state that holds the note.
inline constexpr std::string_view user_state = "user";

/// The name under which `state` is kept for `user` alone, made of letters, digits, "-", "_", "@"
/// and "%"; it differs for every user. Returns `state` itself if it belongs to the messages. An
/// Error: the user's name is too long for a file name.
Result<std::string> state_of_user(std::string_view state, std::string_view user);

class MailboxUsers : public StateStore {
 public:
  /// `mailbox` keeps the states and must outlive this object. `warn` receives messages for the
  /// administrator.
  MailboxUsers(StateStore& mailbox, std::string user, bool by_user,
               std::function<void(std::string_view)> warn)
      : mailbox_(mailbox), user_(std::move(user)), by_user_(by_user), warn_(std::move(warn)) {}

  [[nodiscard]] std::string place_of(std::string_view name) const override;
  [[nodiscard]] Result<std::optional<Front>> load_state_front(std::string_view name,
                                                              std::size_t octets) override;
  [[nodiscard]] Result<std::optional<std::string>> load_state(std::string_view name) override;
  Status store_state(std::string_view name, std::string_view content) override;
  [[nodiscard]] Result<bool> exchange_state(std::string_view name,
                                            const std::optional<std::string>& old,
                                            std::string_view content) override;

 private:
  [[nodiscard]] Result<std::string> kept_as(std::string_view state) const;
  void look(std::string_view state);
  void note(std::string_view state);

  StateStore& mailbox_;
  std::string user_;
  bool by_user_;
  std::function<void(std::string_view)> warn_;
  bool looked_ = false;
  bool noted_ = false;  ///< the note names this user
};

}  // namespace pop3_legacy

#endif
