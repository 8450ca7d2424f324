#include "shim/libevent_loop.h"

#include <cstdio>
#include <exception>
#include <utility>

namespace pop3_legacy::shim {

namespace {

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
      const auto call = static_cast<LibeventWatch*>(self)->call_;  // which may destroy it
      call();
    } catch (const std::exception& failure) {
      std::fputs(failure.what(), stderr);
      std::fputs("\n", stderr);
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

}  // namespace pop3_legacy::shim
