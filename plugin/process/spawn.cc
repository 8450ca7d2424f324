#include "plugin/process/spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace pop3_legacy::process {

namespace {

Error failed(const std::string& what, int error) {
  return {files::kind_of(error), what + ": " + std::generic_category().message(error)};
}

/// The form that exec() takes; valid while `words` are.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// What posix_spawn() does between fork() and exec().
class Preparation {
 public:
  explicit Preparation(const Spawn& call) {
    posix_spawn_file_actions_init(&actions_);
    if (call.input < 0) {
      posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    } else {
      posix_spawn_file_actions_adddup2(&actions_, call.input, STDIN_FILENO);
    }
    posix_spawn_file_actions_adddup2(&actions_, call.output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, call.complaints, STDERR_FILENO);
    // Closes the host's connections and its log.
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
    posix_spawnattr_init(&attributes_);
    if (call.on_its_own) leave_the_host();
  }
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;
  Preparation(Preparation&&) = delete;
  Preparation& operator=(Preparation&&) = delete;
  ~Preparation() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }

  [[nodiscard]] const posix_spawn_file_actions_t* actions() const noexcept { return &actions_; }
  [[nodiscard]] const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

 private:
  void leave_the_host() {
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawnattr_setflags(
        &attributes_,
        static_cast<short>(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

Status Pipe::open() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return failed("a pipe", errno);
  reading.emplace(ends[0]);
  writing.emplace(ends[1]);
  if (::fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) return failed("a pipe", errno);
  return Done{};
}

Result<pid_t> spawn(Spawn call) {
  const std::vector<char*> arguments = pointers_to(call.arguments);
  std::vector<std::string> words = call.environment.value_or(std::vector<std::string>());
  const std::vector<char*> environment = pointers_to(words);
  const Preparation prepared(call);
  pid_t pid = -1;
  const int error =
      ::posix_spawn(&pid, call.arguments.front().c_str(), prepared.actions(), prepared.attributes(),
                    arguments.data(), call.environment ? environment.data() : environ);
  if (error != 0) return failed(call.arguments.front() + " cannot be run", error);
  return pid;
}

bool read_tail(int fd, std::size_t kept, std::string& text) {
  // At most as many pieces as a full pipe holds, in case output arrives faster than it is read.
  constexpr int turns = 16;
  std::array<char, 4096> piece{};
  for (int turn = 0; turn < turns; ++turn) {
    const ssize_t count = ::read(fd, piece.data(), piece.size());
    if (count <= 0) return count < 0 && (errno == EAGAIN || errno == EINTR);
    text.append(piece.data(), static_cast<std::size_t>(count));
    if (text.size() > kept) text.erase(0, text.size() - kept);
  }
  return true;
}

}  // namespace pop3_legacy::process
