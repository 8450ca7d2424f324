#include "plugin/process/child_program.h"

// When a process may be killed. From the spawn until it is reaped, its number (which is also that
// of its process group) belongs to it, and the event loop reports the reaping at once
// (EventLoop::child). Until then, kill(-number) reaches only the program and what it has started,
// however long it has been dead. After that, if the group still has members, the number remains
// theirs. If it has none, the number is free. But the kernel assigns numbers in turn, so a stranger
// gets it only after all others have been used, and none of our other code runs between the reaping
// and ended(). There we check once more: a process that has the number then is a stranger and is
// left alone. Later, nothing is signalled.
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include "plugin/core/base/text.h"
#include "plugin/process/spawn.h"

namespace pop3_legacy::process {

namespace {

using End = ProgramResult::End;

constexpr std::size_t piece_octets = 4096;
/// How much of standard error is kept; the log gets its last octets.
constexpr std::size_t max_complaint_octets = 512;

class Child : public RunningProgram {
 public:
  Child(const ProgramCall& call, std::function<void(ProgramResult)> done)
      : max_octets_(call.max_octets), timeout_(call.timeout), done_(std::move(done)) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&&) = delete;
  Child& operator=(Child&&) = delete;
  ~Child() override { end_process(); }

  Status begin(EventLoop& loop, const ProgramCall& call) {
    // If the host has only lent its privileges, the program could take them back.
    if (::getuid() != ::geteuid() || ::getgid() != ::getegid()) {
      return Error{Failure::permanent,
                   call.target + " was not run: this process runs as two users"};
    }
    if (Status opened = output_.open(); !opened) return opened;
    if (Status opened = complaints_.open(); !opened) return opened;
    auto process =
        loop.child([&] { return begin_process(call); }, [this](int status) { ended(status); });
    if (!process) return process.error();
    process_ = std::move(process.value());
    output_.writing.reset();
    complaints_.writing.reset();
    watches_.push_back(loop.watch(output_.reading->get(), [this] { output_arrived(); }));
    watches_.push_back(loop.watch(complaints_.reading->get(), [this] {
      if (!drain_complaints()) watches_.at(1).reset();
    }));
    watches_.push_back(loop.wait(timeout_, [this] {
      settle(End::timed_out, "was killed after " + std::to_string(timeout_) + " seconds");
    }));
    for (const auto& watch : watches_) {
      if (watch == nullptr) return Error{Failure::temporary, "the event loop takes no more"};
    }
    return Done{};
  }

 private:
  Result<pid_t> begin_process(const ProgramCall& call) {
    Result<pid_t> begun = spawn({.arguments = {call.target},
                                 .environment = call.environment,
                                 .output = output_.writing->get(),
                                 .complaints = complaints_.writing->get(),
                                 .on_its_own = true});
    if (begun) pid_ = begun.value();
    return begun;
  }

  enum class Drained : std::uint8_t { all_there_is, to_the_end, too_much };

  Drained drain_output() {
    std::array<char, piece_octets> piece{};
    ssize_t count = 0;
    while ((count = ::read(output_.reading->get(), piece.data(), piece.size())) > 0) {
      if (said_.size() + static_cast<std::size_t>(count) > max_octets_) return Drained::too_much;
      said_.append(piece.data(), static_cast<std::size_t>(count));
    }
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? Drained::all_there_is
                                                            : Drained::to_the_end;
  }

  void output_arrived() {
    const Drained drained = drain_output();
    if (drained == Drained::to_the_end) watches_.at(0).reset();
    if (drained == Drained::too_much) has_said_too_much();
  }

  void has_said_too_much() {
    settle(End::too_long, "sent more than " + std::to_string(max_octets_) + " octets");
  }

  // False: there will be no more.
  bool drain_complaints() {
    return read_tail(complaints_.reading->get(), max_complaint_octets, complaint_);
  }

  // Kills whatever the program has left running.
  void ended(int status) {
    const pid_t number = std::exchange(pid_, -1);
    if (::kill(number, 0) != 0 && errno == ESRCH) ::kill(-number, SIGKILL);
    drain_complaints();
    if (drain_output() == Drained::too_much) {
      has_said_too_much();
    } else if (WIFSIGNALED(status)) {
      settle(End::broken, "ended by signal " + std::to_string(WTERMSIG(status)));
    } else if (WEXITSTATUS(status) != 0) {
      settle(End::failed, "ended with exit status " + std::to_string(WEXITSTATUS(status)));
    } else {
      settle(End::succeeded, {});
    }
  }

  void settle(End end, std::string reason) {
    end_process();
    process_.reset();
    watches_.clear();
    const std::size_t begin = complaint_.find_first_not_of("\r\n");
    const std::size_t last = complaint_.find_last_not_of("\r\n");
    if (begin != std::string::npos) {
      reason += ": " + printable(complaint_.substr(begin, last - begin + 1));
    }
    ProgramResult result{end, std::move(said_), std::move(reason)};
    const auto done = std::exchange(done_, nullptr);
    done(std::move(result));  // may destroy *this
  }

  void end_process() noexcept {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    pid_ = -1;
  }

  std::uint64_t max_octets_;
  std::uint64_t timeout_;
  std::function<void(ProgramResult)> done_;
  Pipe output_;
  Pipe complaints_;
  pid_t pid_ = -1;
  std::unique_ptr<Watch> process_;
  std::vector<std::unique_ptr<Watch>> watches_;
  std::string said_;
  std::string complaint_;
};

}  // namespace

Result<std::unique_ptr<RunningProgram>> run_program(EventLoop& loop, const ProgramCall& call,
                                                    std::function<void(ProgramResult)> done) {
  auto child = std::make_unique<Child>(call, std::move(done));
  if (const Status begun = child->begin(loop, call); !begun) return begun.error();
  return std::unique_ptr<RunningProgram>(std::move(child));
}

}  // namespace pop3_legacy::process
