#include "shim/sendmail.h"

#include <sys/wait.h>
#include <sysexits.h>

#include <algorithm>
#include <utility>

#include "plugin/files/spool_file.h"
#include "plugin/process/spawn.h"

namespace pop3_legacy::shim {

namespace {

constexpr std::size_t max_output = 4096;

// Always temporary: another try may succeed, whatever the error.
Error for_now(const Error& error) {
  return {Failure::temporary, error.text};
}

// Joins the lines of `text` into one.
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
    if (const Status opened = output_.open(); !opened) return for_now(opened.error());
    watch_ = loop.watch(output_.reading->get(), [this] { drain(); });
    if (watch_ == nullptr) return Error{Failure::temporary, "the event loop takes no more"};
    auto process = loop.child([&] { return begin_process(program, message, envelope); },
                              [this](int status) { ended(status); });
    if (!process) return process.error();
    process_ = std::move(process.value());
    output_.writing.reset();
    return Done{};
  }

 private:
  Result<pid_t> begin_process(const std::string& program, int message, const Envelope& envelope) {
    process::Spawn call{.arguments = {program, "-i", "-f", address_of(envelope.sender), "--"},
                        .input = message,
                        .output = output_.writing->get(),
                        .complaints = output_.writing->get()};
    for (const Address& recipient : envelope.recipients) {
      call.arguments.push_back(address_of(recipient));
    }
    const Result<pid_t> begun = process::spawn(std::move(call));
    return begun ? begun : for_now(begun.error());
  }

  // Only the end of the program's output matters.
  void drain() {
    if (!process::read_tail(output_.reading->get(), max_output, said_)) watch_.reset();
  }

  void ended(int status) {
    drain();
    watch_.reset();
    Outcome outcome;
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : EX_TEMPFAIL;
    outcome.accepted = code == 0;
    outcome.kind = code == EX_TEMPFAIL ? Failure::temporary : Failure::permanent;
    outcome.reason = joined(said_);
    if (outcome.reason.empty()) outcome.reason = "The mail program did not say why.";
    std::exchange(done_, nullptr)(std::move(outcome));  // may destroy *this
  }

  std::function<void(Outcome)> done_;
  process::Pipe output_;
  std::unique_ptr<process::Watch> watch_;
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
