/// One rule for all states (StateStore): what they are called, how they begin, and what it means
/// that one is absent, damaged, or of a version that is not known here.
///
/// A state begins with its title, "dovecot-pop3-legacy NAME VERSION"; LAST's, which is one line,
/// with the version alone. Each earlier version is read, and replaced when there is something to
/// store. Absent is as if nothing were known. What cannot be read (no permission, no descriptor) is
/// neither absent nor damaged: it is an Error, and nothing is stored over it. What is damaged, or
/// newer than this plugin, is never guessed at:
///
///     state    means      where it is damaged
///     hidden   the mail   closes: no message is shown, and QUIT deletes nothing
///     uidl     the ids    closes: UIDL is refused
///     pins     the ids    closes: UIDL is refused
///     xmit     others'    closes: XTND XMIT is refused. What the ledger limits goes to the
///                         inboxes of others, and whoever can damage it must not thereby be free
///                         of limits; mail that was not taken is sent again by its client
///     last     comfort    goes on, as if nothing were known: from the highest message with \Seen
///     pace     the server goes on: counting begins anew, for nobody is to be locked out by it
///
/// The log says which state it is and where it stands, what is wrong, what that means, and what
/// to do.
#ifndef POP3_LEGACY_CORE_STATE_STATE_RULES_H
#define POP3_LEGACY_CORE_STATE_STATE_RULES_H

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/state/state_store.h"

namespace pop3_legacy {

struct StateRule {
  enum class Owner : std::uint8_t {
    messages,  ///< their ids, which all users of a mailbox share
    mailbox,   ///< what one user has done to the messages of one mailbox
    user,      ///< host::Host::user_states
  };

  std::string_view name;
  unsigned version;  ///< the highest that is known, and the one that is written
  Owner owner;
  bool closes;                   ///< where it is damaged, something is refused
  std::string_view consequence;  ///< of damage
  std::string_view advice;
};

/// Every state there is, in the order in which they may be put back one by one: what another one
/// relies on comes first.
[[nodiscard]] std::span<const StateRule> state_rules() noexcept;
/// nullptr: there is no such state.
[[nodiscard]] const StateRule* find_state_rule(std::string_view name) noexcept;

/// The state's title of that version, without a line end.
[[nodiscard]] std::string state_title(std::string_view name, unsigned version);

/// `text`, which stands in `store` under `name`, is of no use, as `why` says. The Error (permanent)
/// is the whole sentence for the log.
[[nodiscard]] Error unusable_state(const StateStore& store, std::string_view name,
                                   std::string_view text, const Error& why);

}  // namespace pop3_legacy

#endif
