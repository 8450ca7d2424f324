/// The test host's event loop, for running programs.
#ifndef POP3_LEGACY_SHIM_LIBEVENT_LOOP_H
#define POP3_LEGACY_SHIM_LIBEVENT_LOOP_H

#include <event2/event.h>

#include <map>

#include "plugin/process/event_loop.h"

namespace pop3_legacy::shim {

class LibeventLoop : public process::EventLoop {
 public:
  /// `base` must outlive this and its watches.
  explicit LibeventLoop(event_base* base) : base_(base) {}
  LibeventLoop(const LibeventLoop&) = delete;
  LibeventLoop& operator=(const LibeventLoop&) = delete;
  LibeventLoop(LibeventLoop&&) = delete;
  LibeventLoop& operator=(LibeventLoop&&) = delete;
  ~LibeventLoop() override;

  std::unique_ptr<process::Watch> watch(int fd, std::function<void()> ready) override;
  std::unique_ptr<process::Watch> wait(std::uint64_t seconds, std::function<void()> over) override;
  Result<std::unique_ptr<process::Watch>> child(const std::function<Result<pid_t>()>& begin,
                                                std::function<void(int status)> ended) override;

 private:
  class ChildWatch;

  void reap();

  event_base* base_;
  event* children_ended_ = nullptr;        ///< SIGCHLD, once there has been a child
  std::map<pid_t, ChildWatch*> children_;  ///< those being waited for
};

}  // namespace pop3_legacy::shim

#endif
