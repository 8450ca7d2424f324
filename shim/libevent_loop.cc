#include "shim/libevent_loop.h"

#include <sys/wait.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <utility>

namespace pop3_legacy::shim {

namespace {

void report(const std::exception& failure) noexcept {
  std::fputs(failure.what(), stderr);
  std::fputs("\n", stderr);
}

class LibeventWatch : public process::Watch {
 public:
  LibeventWatch(event_base* base, int fd, short what, std::function<void()> call)
      : call_(std::move(call)), event_(event_new(base, fd, what, happened, this)) {}
  LibeventWatch(const LibeventWatch&) = delete;
  LibeventWatch& operator=(const LibeventWatch&) = delete;
  LibeventWatch(LibeventWatch&&) = delete;
  LibeventWatch& operator=(LibeventWatch&&) = delete;
  ~LibeventWatch() override {
    if (event_ != nullptr) event_free(event_);
  }

  bool begin(const timeval* after) { return event_ != nullptr && event_add(event_, after) == 0; }

 private:
  static void happened(evutil_socket_t /*fd*/, short /*what*/, void* self) noexcept {
    try {
      const auto call = static_cast<LibeventWatch*>(self)->call_;  // a copy: it may destroy *self
      call();
    } catch (const std::exception& failure) {
      report(failure);
    }
  }

  std::function<void()> call_;
  event* event_;
};

std::unique_ptr<process::Watch> begun(std::unique_ptr<LibeventWatch> watch, const timeval* after) {
  if (!watch->begin(after)) return nullptr;
  return watch;
}

}  // namespace

std::unique_ptr<process::Watch> LibeventLoop::watch(int fd, std::function<void()> ready) {
  return begun(std::make_unique<LibeventWatch>(base_, fd, EV_READ | EV_PERSIST, std::move(ready)),
               nullptr);
}

std::unique_ptr<process::Watch> LibeventLoop::wait(std::uint64_t seconds,
                                                   std::function<void()> over) {
  const timeval after{.tv_sec = static_cast<time_t>(seconds), .tv_usec = 0};
  return begun(std::make_unique<LibeventWatch>(base_, -1, 0, std::move(over)), &after);
}

class LibeventLoop::ChildWatch : public process::Watch {
 public:
  ChildWatch(LibeventLoop& loop, pid_t pid, std::function<void(int status)> ended)
      : loop_(loop), pid_(pid), ended_(std::move(ended)) {
    loop_.children_[pid_] = this;
  }
  ChildWatch(const ChildWatch&) = delete;
  ChildWatch& operator=(const ChildWatch&) = delete;
  ChildWatch(ChildWatch&&) = delete;
  ChildWatch& operator=(ChildWatch&&) = delete;
  ~ChildWatch() override { forget(); }

  void reaped(int status) {
    forget();
    const auto ended = std::move(ended_);
    ended(status);  // may destroy *this
  }

 private:
  // Checks the entry, because another child may have the same number by now.
  void forget() noexcept {
    const auto known = loop_.children_.find(pid_);
    if (known != loop_.children_.end() && known->second == this) loop_.children_.erase(known);
  }

  LibeventLoop& loop_;
  pid_t pid_;
  std::function<void(int status)> ended_;
};

LibeventLoop::~LibeventLoop() {
  if (children_ended_ != nullptr) event_free(children_ended_);
}

void LibeventLoop::reap() {
  int status = 0;
  pid_t pid = 0;
  while ((pid = ::waitpid(-1, &status, WNOHANG)) > 0) {
    if (const auto known = children_.find(pid); known != children_.end()) {
      try {
        known->second->reaped(status);
      } catch (const std::exception& failure) {
        report(failure);
      }
    }
  }
}

// Until the loop runs, nobody reaps a child that ends before it is in the map.
Result<std::unique_ptr<process::Watch>> LibeventLoop::child(
    const std::function<Result<pid_t>()>& begin, std::function<void(int status)> ended) {
  if (children_ended_ == nullptr) {
    event* const made = evsignal_new(
        base_, SIGCHLD,
        [](evutil_socket_t, short, void* self) { static_cast<LibeventLoop*>(self)->reap(); }, this);
    if (made == nullptr || event_add(made, nullptr) != 0) {
      if (made != nullptr) event_free(made);
      return Error{Failure::temporary, "the event loop takes no more"};
    }
    children_ended_ = made;
  }
  const Result<pid_t> pid = begin();
  if (!pid) return pid.error();
  return std::unique_ptr<process::Watch>(
      std::make_unique<ChildWatch>(*this, pid.value(), std::move(ended)));
}

}  // namespace pop3_legacy::shim
