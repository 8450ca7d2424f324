/// What a running program needs from its host's event loop.
#ifndef POP3_LEGACY_PROCESS_EVENT_LOOP_H
#define POP3_LEGACY_PROCESS_EVENT_LOOP_H

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "plugin/core/base/result.h"

namespace pop3_legacy::process {

/// Something being waited for. To stop waiting, destroy it; its own callback may do so.
class Watch {
 public:
  Watch() = default;
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  Watch(Watch&&) = delete;
  Watch& operator=(Watch&&) = delete;
  virtual ~Watch() = default;
};

class EventLoop {
 public:
  EventLoop() = default;
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  EventLoop(EventLoop&&) = delete;
  EventLoop& operator=(EventLoop&&) = delete;
  virtual ~EventLoop() = default;

  /// Calls `ready` whenever `fd` is readable. nullptr: the loop accepts no more.
  [[nodiscard]] virtual std::unique_ptr<Watch> watch(int fd, std::function<void()> ready) = 0;
  /// Calls `over` once. nullptr: the loop accepts no more.
  [[nodiscard]] virtual std::unique_ptr<Watch> wait(std::uint64_t seconds,
                                                    std::function<void()> over) = 0;
  /// Calls `begin`, which starts a child of this process and returns its number, and later `ended`,
  /// once, with the status from waitpid(). The loop reaps every child of the process; nobody else
  /// may. Until `ended` is called, the number belongs to the child, alive or dead, and a signal to
  /// it or to the process group of that number reaches nobody else. `ended` is called right after
  /// the reaping, with nothing in between. If the watch is destroyed, the child is reaped all the
  /// same. An Error: `begin` failed, or the loop accepts no more and `begin` was not called.
  [[nodiscard]] virtual Result<std::unique_ptr<Watch>> child(
      const std::function<Result<pid_t>()>& begin, std::function<void(int status)> ended) = 0;
};

}  // namespace pop3_legacy::process

#endif
