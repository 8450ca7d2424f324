/// One rule for all states (StateStore): their names, how they begin, and what it means if one is
/// absent, damaged, or of an unknown version.
///
/// A state begins with its title, "dovecot-pop3-legacy NAME VERSION". LAST's, which is one line,
/// begins with only the version. Every earlier version can be read, and is replaced when there is
/// something to store. An absent state means that nothing is known. A state that cannot be read (no
/// permission, no descriptor) is neither absent nor damaged: it is an Error, and nothing is stored
/// over it. A damaged state, or one newer than this plugin, is never guessed at:
///
///     state    protects   if damaged
///     hidden   the mail   closes: no message is shown, and QUIT deletes nothing
///     uidl     the ids    closes: UIDL is refused
///     pins     the ids    closes: UIDL is refused
///     xmit     others     closes: XTND XMIT is refused. The ledger limits mail to other people's
///                         inboxes; whoever can damage it must not thereby escape the limits. Mail
///                         that was refused is sent again by its client
///     last     comfort    continues as if nothing were known: from the highest message with \Seen
///     pace     the server continues: counting starts afresh, so that nobody is locked out by it
///
/// The list of ids (uidl/id_list.h) is a cache and no state: damaged, it counts as absent.
///
/// The log says which state it is and where it is kept, what is wrong, what that means, and what to
/// do.
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
    messages,  ///< the messages' ids, which all users of a mailbox share
    mailbox,   ///< about what one user has done to the messages of one mailbox
    user,      ///< about the user: kept in host::Host::user_states
  };

  std::string_view name;
  unsigned version;  ///< the highest known version, and the one written
  Owner owner;
  bool closes;                   ///< something is refused while it is damaged
  std::string_view consequence;  ///< of damage
  std::string_view advice;
};

/// Every state, in the order in which they can be restored one by one: a state that others rely on
/// comes first.
[[nodiscard]] std::span<const StateRule> state_rules() noexcept;
/// nullptr: there is no such state.
[[nodiscard]] const StateRule* find_state_rule(std::string_view name) noexcept;

/// The first line of that version of the state, without a line end.
[[nodiscard]] std::string state_title(std::string_view name, unsigned version);

/// The Error for a `text`, stored in `store` under `name`, that cannot be used because of `why`. It
/// is permanent, and a complete sentence for the log.
[[nodiscard]] Error unusable_state(const StateStore& store, std::string_view name,
                                   std::string_view text, const Error& why);

}  // namespace pop3_legacy

#endif
