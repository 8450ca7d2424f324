/// The facilities of a host that has them all in one object.
#ifndef POP3_LEGACY_CORE_HOST_WHOLE_HOST_H
#define POP3_LEGACY_CORE_HOST_WHOLE_HOST_H

#include "plugin/core/host/host.h"

namespace pop3_legacy::host {

class WholeHost : public Maildrop,
                  public Mailbox,
                  public Uidls,
                  public Connection,
                  public Environment,
                  public Narrowing,
                  public Contents,
                  public Boards,
                  public Outbox,
                  public Programs {
 protected:
  ~WholeHost() = default;

  /// This object, with the two state stores. The result refers to all three; what a host turns out
  /// not to have is set to nullptr in it.
  [[nodiscard]] Host with(StateStore& states, StateStore& user_states) noexcept {
    return {.maildrop = *this,
            .mailbox = *this,
            .uidls = *this,
            .connection = *this,
            .environment = *this,
            .states = states,
            .user_states = user_states,
            .narrowing = this,
            .contents = this,
            .boards = this,
            .outbox = this,
            .programs = this};
  }
};

}  // namespace pop3_legacy::host

#endif
