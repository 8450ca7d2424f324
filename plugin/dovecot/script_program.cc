#include "plugin/dovecot/script_program.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/dovecot/script_client.h"
#include "plugin/dovecot/trampoline.h"

namespace pop3_legacy::dovecot {

namespace {

using End = ProgramResult::End;

/// The end is passed on by a timeout: while its callback runs, Dovecot still needs what we free.
class Script : public RunningProgram {
 public:
  Script(process::EventLoop& loop, const ProgramCall& call, std::function<void(ProgramResult)> done)
      : loop_(loop), done_(std::move(done)) {
    limit_ = loop_.wait(call.timeout, [this, seconds = call.timeout] {
      pass_on({End::timed_out,
               {},
               "did not answer within " + std::to_string(seconds) +
                   " seconds, and may still be running"});
    });
  }
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;
  Script(Script&&) = delete;
  Script& operator=(Script&&) = delete;
  ~Script() override { pop3_legacy_script_end(&script_); }

  void begin(struct mail_user* user, const ProgramCall& call) {
    std::vector<std::string> words;
    for (const std::string& variable : call.environment) {
      const std::size_t equals = variable.find('=');
      words.push_back(variable.substr(0, equals));
      words.push_back(variable.substr(equals + 1));
      // Dovecot's script.c loses variables whose values need unescaping, or does worse.
      std::replace_if(
          words.back().begin(), words.back().end(),
          [](char c) { return std::string_view("\x01\t\r\n").find(c) != std::string_view::npos; },
          ' ');
    }
    std::vector<const char*> environment;
    environment.reserve(words.size() + 1);
    for (const std::string& word : words) environment.push_back(word.c_str());
    environment.push_back(nullptr);
    const std::string base_dir = user->set->base_dir;
    script_ = pop3_legacy_script_begin(user->event, (base_dir + '/' + call.target).c_str(),
                                       environment.data(), call.max_octets, ended, this);
  }

 private:
  static void ended(enum pop3_legacy_script_end end, void* context) {
    auto* const self = static_cast<Script*>(context);
    trampoline("a script's answer", 0, [&] {
      ProgramResult result;
      switch (end) {
        case POP3_LEGACY_SCRIPT_SUCCEEDED:
          result.end = End::succeeded;
          break;
        case POP3_LEGACY_SCRIPT_FAILED:
          result.end = End::failed;
          result.reason = "ended with an exit status other than 0";
          break;
        case POP3_LEGACY_SCRIPT_TOO_LONG:
          result.end = End::too_long;
          result.reason = "sent too much output";
          break;
        case POP3_LEGACY_SCRIPT_BROKEN:
          result.reason = "cannot be reached, or ended abnormally";
          break;
      }
      if (end == POP3_LEGACY_SCRIPT_SUCCEEDED || end == POP3_LEGACY_SCRIPT_FAILED) {
        std::size_t size = 0;
        const char* const said = pop3_legacy_script_output(self->script_, &size);
        result.output.assign(said == nullptr ? "" : said, size);
      }
      self->limit_ =
          self->loop_.wait(0, [self, result = std::move(result)] { self->pass_on(result); });
      return 0;
    });
  }

  void pass_on(ProgramResult result) {
    limit_.reset();
    pop3_legacy_script_end(&script_);
    const auto done = std::exchange(done_, nullptr);
    done(std::move(result));  // may destroy *this
  }

  process::EventLoop& loop_;
  std::function<void(ProgramResult)> done_;
  std::unique_ptr<process::Watch> limit_;
  struct pop3_legacy_script* script_ = nullptr;
};

}  // namespace

std::unique_ptr<RunningProgram> run_script(process::EventLoop& loop, struct mail_user* user,
                                           const ProgramCall& call,
                                           std::function<void(ProgramResult)> done) {
  auto script = std::make_unique<Script>(loop, call, std::move(done));
  script->begin(user, call);
  return script;
}

}  // namespace pop3_legacy::dovecot
