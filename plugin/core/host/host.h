/// What the core asks of its host, by facility.
///
/// Two hosts implement it: plugin/dovecot inside Dovecot's pop3 process, shim/ in the
/// standalone test host. A host is asked from one thread, during the session only, and never
/// throws. Everything is pure virtual, so that a host cannot forget anything. What a host does not
/// have it does not name: then the commands that need it are not offered, and a policy that needs
/// it shows no message.
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

/// All that is named lives longer than the session.
struct Host {
  Maildrop& maildrop;
  Mailbox& mailbox;
  Uidls& uidls;
  Connection& connection;
  Environment& environment;
  /// The states that are kept with the user's own mailbox, whichever maildrop is open.
  StateStore& states;
  /// The states that count what the user does, and that are the same on all machines whether
  /// they share the mailbox or not: "pace" and "xmit". What is about the mailbox's messages is not
  /// among them. A host without a place for them keeps them with the mailbox.
  StateStore& user_states;

  Narrowing* narrowing = nullptr;
  Contents* contents = nullptr;
  Boards* boards = nullptr;
  Outbox* outbox = nullptr;
  Programs* programs = nullptr;
};

}  // namespace pop3_legacy::host

#endif
