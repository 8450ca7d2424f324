#include "shim/sendmail.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "plugin/files/open_file.h"
#include "plugin/files/spool_file.h"

namespace pop3_legacy::shim {

namespace {

constexpr std::size_t max_output = 4096;

Error failed(const std::string& what, int error) {
  return {Failure::temporary, what + ": " + std::generic_category().message(error)};
}

// Its lines, in one.
std::string joined(std::string_view text) {
  std::string line;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    line += (line.empty() || end == 0 ? "" : "; ") + std::string(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return line;
}

std::string address_of(const Address& address) {
  return address.local + '@' + address.domain;
}

class Running : public Submission {
 public:
  explicit Running(std::function<void(Outcome)> done) : done_(std::move(done)) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  Running(Running&&) = delete;
  Running& operator=(Running&&) = delete;
  ~Running() override = default;

  Status begin(process::EventLoop& loop, const std::string& program, int message,
               const Envelope& envelope) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return failed("a pipe", errno);
    read_.emplace(ends[0]);
    const files::OpenFile write(ends[1]);
    output_ = loop.watch(read_->get(), [this] { drain(); });
    if (output_ == nullptr) return Error{Failure::temporary, "the event loop takes no more"};
    auto process = loop.child([&] { return spawn(program, message, write.get(), envelope); },
                              [this](int status) { ended(status); });
    if (!process) return process.error();
    process_ = std::move(process.value());
    return Done{};
  }

 private:
  static Result<pid_t> spawn(const std::string& program, int message, int output,
                             const Envelope& envelope) {
    std::vector<std::string> words{program, "-i", "-f", address_of(envelope.sender), "--"};
    for (const Address& recipient : envelope.recipients) words.push_back(address_of(recipient));
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, message, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    pid_t pid = -1;
    const int error =
        ::posix_spawn(&pid, program.c_str(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) return failed(program + " cannot be run", error);
    return pid;
  }

  // The end of what was said is what matters.
  void drain() noexcept {
    std::array<char, max_output> piece{};
    ssize_t count = 0;
    while ((count = ::read(read_->get(), piece.data(), piece.size())) > 0) {
      said_.append(piece.data(), static_cast<std::size_t>(count));
      if (said_.size() > max_output) said_.erase(0, said_.size() - max_output);
    }
    if (count == 0) output_.reset();
  }

  void ended(int status) {
    drain();
    output_.reset();
    Outcome outcome;
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : EX_TEMPFAIL;
    outcome.accepted = code == 0;
    outcome.kind = code == EX_TEMPFAIL ? Failure::temporary : Failure::permanent;
    outcome.reason = joined(said_);
    if (outcome.reason.empty()) outcome.reason = "The mail program did not say why.";
    std::exchange(done_, nullptr)(std::move(outcome));  // may destroy this
  }

  std::function<void(Outcome)> done_;
  std::optional<files::OpenFile> read_;
  std::unique_ptr<process::Watch> output_;
  std::unique_ptr<process::Watch> process_;
  std::string said_;
};

}  // namespace

Result<std::unique_ptr<Submission>> run_sendmail(process::EventLoop& loop,
                                                 const std::string& program, Spool& spool,
                                                 const Envelope& envelope,
                                                 std::function<void(Outcome)> done) {
  const Result<int> message = static_cast<files::SpoolFile&>(spool).rewound();
  if (!message) return message.error();
  auto running = std::make_unique<Running>(std::move(done));
  const Status begun = running->begin(loop, program, message.value(), envelope);
  if (!begun) return begun.error();
  return std::unique_ptr<Submission>(std::move(running));
}

}  // namespace pop3_legacy::shim
