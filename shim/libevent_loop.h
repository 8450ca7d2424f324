/// The event loop of the test host, as running programs use it.
#ifndef POP3_LEGACY_SHIM_LIBEVENT_LOOP_H
#define POP3_LEGACY_SHIM_LIBEVENT_LOOP_H

#include <event2/event.h>

#include "plugin/process/event_loop.h"

namespace pop3_legacy::shim {

class LibeventLoop : public process::EventLoop {
 public:
  /// `base` lives longer than this and its watches.
  explicit LibeventLoop(event_base* base) : base_(base) {}

  std::unique_ptr<process::Watch> watch(int fd, std::function<void()> ready) override;
  std::unique_ptr<process::Watch> wait(std::uint64_t seconds, std::function<void()> over) override;

 private:
  event_base* base_;
};

}  // namespace pop3_legacy::shim

#endif
