/// Dovecot's event loop, as running programs use it.
#ifndef POP3_LEGACY_DOVECOT_DOVECOT_LOOP_H
#define POP3_LEGACY_DOVECOT_DOVECOT_LOOP_H

#include "plugin/process/event_loop.h"

namespace pop3_legacy::dovecot {

/// The loop that runs when something is begun to be waited for.
class DovecotLoop : public process::EventLoop {
 public:
  std::unique_ptr<process::Watch> watch(int fd, std::function<void()> ready) override;
  std::unique_ptr<process::Watch> wait(std::uint64_t seconds, std::function<void()> over) override;
};

}  // namespace pop3_legacy::dovecot

#endif
