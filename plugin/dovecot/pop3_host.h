/// Dovecot's headers for its pop3 process: the storage and the client.
///
/// What that process alone has is weak here, because mail_plugins outside of `protocol pop3` is for
/// imap, lmtp and doveadm, too. There the module can be loaded, and does nothing (in_pop3()).
#ifndef POP3_LEGACY_DOVECOT_POP3_HOST_H
#define POP3_LEGACY_DOVECOT_POP3_HOST_H

#include "plugin/dovecot/host.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"

extern "C" {
#include "pop3-common.h"
// clang-format off: must come after pop3-common.h
#include "pop3-commands.h"
// clang-format on
}

#pragma GCC diagnostic pop

#pragma weak client_destroy
#pragma weak client_disconnect
#pragma weak client_handle_input
#pragma weak client_send_line
#pragma weak client_update_mails
#pragma weak pop3_client_created_hook_set
#pragma weak pop3_clients
#pragma weak pop3_module_register

namespace pop3_legacy::dovecot {

/// This process is a pop3 process: the symbols above are there.
inline bool in_pop3() noexcept {
  return pop3_client_created_hook_set != nullptr;
}

}  // namespace pop3_legacy::dovecot

#endif
