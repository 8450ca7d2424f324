/// Dovecot's event loop, as running programs use it.
#ifndef POP3_LEGACY_DOVECOT_DOVECOT_LOOP_H
#define POP3_LEGACY_DOVECOT_DOVECOT_LOOP_H

#include "plugin/process/event_loop.h"

namespace pop3_legacy::dovecot {

/// Uses the loop that is current when something is first waited for.
class DovecotLoop : public process::EventLoop {
 public:
  std::unique_ptr<process::Watch> watch(int fd, std::function<void()> ready) override;
  std::unique_ptr<process::Watch> wait(std::uint64_t seconds, std::function<void()> over) override;
  /// Uses Dovecot's child-wait.c, which reaps every child of the process once one is waited for.
  Result<std::unique_ptr<process::Watch>> child(const std::function<Result<pid_t>()>& begin,
                                                std::function<void(int status)> ended) override;
};

/// Stops waiting for children, because the plugin is unloaded.
void end_of_children();

}  // namespace pop3_legacy::dovecot

#endif
