/// Whether a client of Dovecot's has deleted messages since login or the last RSET.
#ifndef POP3_LEGACY_DOVECOT_DELETIONS_H
#define POP3_LEGACY_DOVECOT_DELETIONS_H

#include "plugin/dovecot/pop3_host.h"

namespace pop3_legacy::dovecot {

/// Whether the client's deleted_bitmask is in use. Without the flag it is there only while it is.
inline bool has_deletions(const struct client& client) {
#ifdef POP3_LEGACY_HAVE_CLIENT_DELETED
  return client.deleted;
#else
  return client.deleted_bitmask != nullptr;
#endif
}

/// Follows the bitmask that the client has been given.
inline void set_has_deletions([[maybe_unused]] struct client& client,
                              [[maybe_unused]] bool has_deletions) {
#ifdef POP3_LEGACY_HAVE_CLIENT_DELETED
  client.deleted = has_deletions;
#endif
}

}  // namespace pop3_legacy::dovecot

#endif
