/// Sessions of Dovecot's master users, who log in as another user ("owner*master").
#ifndef POP3_LEGACY_DOVECOT_MASTER_USER_H
#define POP3_LEGACY_DOVECOT_MASTER_USER_H

#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// The name of the master user who is logged in as `user`; nullptr if there is none. Valid as long
/// as the user.
const char* master_of(const struct mail_user* user);

}  // namespace pop3_legacy::dovecot

#endif
