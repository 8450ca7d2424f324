/// What the core asks of its host, by facility.
///
/// There are two hosts: plugin/dovecot inside Dovecot's pop3 process, and shim/ in the standalone
/// test host. A host is called from one thread, only during the session, and never throws.
/// Everything is pure virtual, so a host cannot forget anything. A facility that a host lacks is
/// null: commands that need it are not offered, and a policy that needs it shows no message.
#ifndef POP3_LEGACY_CORE_HOST_HOST_H
#define POP3_LEGACY_CORE_HOST_HOST_H

#include "plugin/core/host/boards.h"
#include "plugin/core/host/connection.h"
#include "plugin/core/host/contents.h"
#include "plugin/core/host/environment.h"
#include "plugin/core/host/maildrop.h"
#include "plugin/core/host/narrowing.h"
#include "plugin/core/host/outbox.h"
#include "plugin/core/host/programs.h"
#include "plugin/core/state/state_store.h"

namespace pop3_legacy::host {

/// Everything it refers to outlives the session.
struct Host {
  Maildrop& maildrop;
  Mailbox& mailbox;
  Uidls& uidls;
  Connection& connection;
  Environment& environment;
  /// The states kept with the user's own mailbox, whichever maildrop is open.
  StateStore& states;
  /// The states that count what the user does: "pace" and "xmit". They are the same on all
  /// machines, whether or not the machines share the mailbox, and hold nothing about the mailbox's
  /// messages. A host that has no place for them keeps them with the mailbox.
  StateStore& user_states;

  Narrowing* narrowing = nullptr;
  Contents* contents = nullptr;
  Boards* boards = nullptr;
  Outbox* outbox = nullptr;
  Programs* programs = nullptr;
};

}  // namespace pop3_legacy::host

#endif
