#include "plugin/dovecot/dovecot_loop.h"

#include <utility>

#include "plugin/dovecot/host.h"
#include "plugin/dovecot/trampoline.h"

namespace pop3_legacy::dovecot {

namespace {

class DovecotWatch : public process::Watch {
 public:
  explicit DovecotWatch(std::function<void()> call) : call_(std::move(call)) {}
  DovecotWatch(const DovecotWatch&) = delete;
  DovecotWatch& operator=(const DovecotWatch&) = delete;
  DovecotWatch(DovecotWatch&&) = delete;
  DovecotWatch& operator=(DovecotWatch&&) = delete;
  ~DovecotWatch() override {
    io_remove(&io_);
    timeout_remove(&timeout_);
  }

  void watch(int fd) {
    io_ = io_add_to(current_ioloop, fd, IO_READ, &DovecotWatch::happened, static_cast<void*>(this));
  }
  void wait(unsigned msecs) {
    timeout_ = timeout_add_to(current_ioloop, msecs, &DovecotWatch::over, static_cast<void*>(this));
  }

 private:
  static void happened(void* context) {
    auto* const self = static_cast<DovecotWatch*>(context);
    trampoline("a program's output", 0, [&] {
      const auto call = self->call_;  // a copy: the call may destroy *self
      call();
      return 0;
    });
  }
  // Dovecot's timeouts repeat until they are removed.
  static void over(void* context) {
    timeout_remove(&static_cast<DovecotWatch*>(context)->timeout_);
    happened(context);
  }

  std::function<void()> call_;
  struct io* io_ = nullptr;
  struct timeout* timeout_ = nullptr;
};

bool children_are_waited_for = false;

// When the last child-wait ends, Dovecot ignores SIGCHLD, and the kernel then reaps children that
// are still running. So one child-wait exists as long as the plugin is loaded.
void wait_for_children() {
  if (!std::exchange(children_are_waited_for, true)) child_wait_init();
}

/// Dovecot calls back from its signal handling, where no user is current. The user is made current
/// again while `ended` runs, and no longer.
class DovecotChild : public process::Watch {
 public:
  DovecotChild(pid_t pid, std::function<void(int status)> ended)
      : ended_(std::move(ended)),
        wait_(child_wait_new_with_pid(pid, &DovecotChild::reaped, static_cast<void*>(this))),
        user_(io_loop_get_current_context(current_ioloop)) {
    if (user_ != nullptr) io_loop_context_ref(user_);
  }
  DovecotChild(const DovecotChild&) = delete;
  DovecotChild& operator=(const DovecotChild&) = delete;
  DovecotChild(DovecotChild&&) = delete;
  DovecotChild& operator=(DovecotChild&&) = delete;
  ~DovecotChild() override {
    child_wait_free(&wait_);
    if (user_ != nullptr) io_loop_context_unref(&user_);
  }

 private:
  static void reaped(const struct child_wait_status* status, void* context) {
    auto* const self = static_cast<DovecotChild*>(context);
    struct ioloop_context* user = self->user_;
    if (user != nullptr) {
      io_loop_context_ref(user);
      io_loop_context_switch(user);
    }
    trampoline("a program's end", 0, [&] {
      const auto ended = std::move(self->ended_);
      ended(status->status);  // may destroy *this
      return 0;
    });
    if (user != nullptr) {
      if (io_loop_get_current_context(current_ioloop) == user) io_loop_context_deactivate(user);
      io_loop_context_unref(&user);
    }
  }

  std::function<void(int status)> ended_;
  struct child_wait* wait_;
  struct ioloop_context* user_;
};

}  // namespace

std::unique_ptr<process::Watch> DovecotLoop::watch(int fd, std::function<void()> ready) {
  auto made = std::make_unique<DovecotWatch>(std::move(ready));
  made->watch(fd);
  return made;
}

std::unique_ptr<process::Watch> DovecotLoop::wait(std::uint64_t seconds,
                                                  std::function<void()> over) {
  constexpr unsigned msecs_per_second = 1000;
  auto made = std::make_unique<DovecotWatch>(std::move(over));
  made->wait(static_cast<unsigned>(seconds) * msecs_per_second);
  return made;
}

// Until the loop runs, nobody reaps a child that ends before child-wait.c knows it.
Result<std::unique_ptr<process::Watch>> DovecotLoop::child(
    const std::function<Result<pid_t>()>& begin, std::function<void(int status)> ended) {
  wait_for_children();
  const Result<pid_t> pid = begin();
  if (!pid) return pid.error();
  return std::unique_ptr<process::Watch>(
      std::make_unique<DovecotChild>(pid.value(), std::move(ended)));
}

void end_of_children() {
  if (std::exchange(children_are_waited_for, false)) child_wait_deinit();
}

}  // namespace pop3_legacy::dovecot
