/// The states of a mailbox that several users may have as their INBOX.
///
/// Ids belong to the messages and are the same for everybody. LAST, what was hidden or fetched, the
/// pace and what was sent belong to one user. They are normally kept with the mailbox, which nearly
/// always has just one user: if the user is renamed or the mailbox is moved, they are still found
/// there. If the mailbox belongs to nobody in particular, or the policy says so (inbox.shared),
/// each user has separate states beside them, named `last-of-anna@example%2Eorg`, so nobody misses
/// a message because somebody else has fetched it.
///
/// Two users cannot be told from one user who was renamed. So where users share the states, a
/// note says whose they were last (the state "user"), and the administrator is warned when the user
/// changes.
#ifndef POP3_LEGACY_CORE_STATE_MAILBOX_USERS_H
#define POP3_LEGACY_CORE_STATE_MAILBOX_USERS_H

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/state/state_store.h"

namespace pop3_legacy {

/// The state that holds the note.
inline constexpr std::string_view user_state = "user";

/// The name under which `state` is kept for `user` alone, made of letters, digits, "-", "_", "@"
/// and "%"; it differs for every user. Returns `state` itself if it belongs to the messages. An
/// Error: the user's name is too long for a file name.
Result<std::string> state_of_user(std::string_view state, std::string_view user);

/// The states of `user`. `mailbox` keeps them and must outlive the result. `by_user`: this user has
/// separate ones. `warn` receives messages for the administrator.
std::unique_ptr<StateStore> states_for_user(StateStore& mailbox, std::string user, bool by_user,
                                            std::function<void(std::string_view)> warn);

}  // namespace pop3_legacy

#endif
