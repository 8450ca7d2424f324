/// The user's own states (host::Host::user_states) in the dict configured for them: the value of
/// `priv/pop3-legacy/NAME`.
#ifndef POP3_LEGACY_DOVECOT_USER_STATES_H
#define POP3_LEGACY_DOVECOT_USER_STATES_H

#include <memory>

#include "plugin/core/state/state_store.h"
#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// Both must outlive the result. `mailbox` has the states if no dict is configured.
std::unique_ptr<StateStore> states_in_dict(struct mail_user* user, StateStore& mailbox);

}  // namespace pop3_legacy::dovecot

#endif
