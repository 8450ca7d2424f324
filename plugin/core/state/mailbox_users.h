/// The states of a mailbox that several users may have as their INBOX.
///
/// Ids are the messages', and the same for everybody. LAST, what was hidden or fetched, the pace
/// and what was sent are what one user has done. They are kept with the mailbox, as that of the one
/// user it nearly always has: a user who is renamed, or whose mailbox is moved, finds them there.
/// Where the mailbox is nobody's own, or the policy says so (inbox.shared), each user has states of
/// his own beside them, named `last-of-anna@example%2Eorg`; nobody misses a message because
/// somebody else has fetched it.
///
/// Nothing else tells two users from one who has another name now, so where they share the states
/// this notes whose they were last (the state "user"), and tells the administrator when it is
/// another.
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

/// The name of the note, as a state.
inline constexpr std::string_view user_state = "user";

/// The name under which `state` is kept for `user` alone, in letters, digits, "-", "_", "@" and
/// "%": no two users have the same. `state` itself where it is the messages'. An Error: the user's
/// name is too long for a file's name.
Result<std::string> state_of_user(std::string_view state, std::string_view user);

class MailboxUsers : public StateStore {
 public:
  /// `mailbox` keeps the states and lives longer than this. `warn` gets sentences for the
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
  bool noted_ = false;  ///< the note has this user's name
};

}  // namespace pop3_legacy

#endif
