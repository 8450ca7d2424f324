/// What a running program asks of its host's event loop.
#ifndef POP3_LEGACY_PROCESS_EVENT_LOOP_H
#define POP3_LEGACY_PROCESS_EVENT_LOOP_H

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <memory>

#include "plugin/core/base/result.h"

namespace pop3_legacy::process {

/// Something that is waited for. Dropped, also from within its callback: it is waited for no more.
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

  /// Calls `ready` while `fd` can be read. nullptr: the loop takes no more.
  [[nodiscard]] virtual std::unique_ptr<Watch> watch(int fd, std::function<void()> ready) = 0;
  /// Calls `over` once. nullptr: the loop takes no more.
  [[nodiscard]] virtual std::unique_ptr<Watch> wait(std::uint64_t seconds,
                                                    std::function<void()> over) = 0;
  /// Calls `begin`, which makes a child of this process and returns its number, and then `ended`,
  /// once, with what waitpid() says of it. The loop reaps every child of the process, and nobody
  /// else may: until `ended` is called the number is the child's, alive or dead, and a signal to it
  /// or to the process group of that number meets nobody else. `ended` is called by whatever reaps,
  /// with nothing in between. Dropped: the child is reaped all the same. An Error: `begin` has
  /// failed, or the loop takes no more and `begin` was not called.
  [[nodiscard]] virtual Result<std::unique_ptr<Watch>> child(
      const std::function<Result<pid_t>()>& begin, std::function<void(int status)> ended) = 0;
};

}  // namespace pop3_legacy::process

#endif
