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
      const auto call = self->call_;  // which may destroy it
      call();
      return 0;
    });
  }
  // Dovecot's timeouts come again and again.
  static void over(void* context) {
    timeout_remove(&static_cast<DovecotWatch*>(context)->timeout_);
    happened(context);
  }

  std::function<void()> call_;
  struct io* io_ = nullptr;
  struct timeout* timeout_ = nullptr;
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

}  // namespace pop3_legacy::dovecot
