/// What a running program asks of its host's event loop.
#ifndef POP3_LEGACY_PROCESS_EVENT_LOOP_H
#define POP3_LEGACY_PROCESS_EVENT_LOOP_H

#include <cstdint>
#include <functional>
#include <memory>

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
};

}  // namespace pop3_legacy::process

#endif
