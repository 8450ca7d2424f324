#include <algorithm>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "plugin/core/base/text.h"
#include "plugin/core/host/program.h"
#include "plugin/core/policy/resolver.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

namespace {

using policy::XCommand;

constexpr std::string_view ok = "+OK";
constexpr std::string_view err = "-ERR";

// Removes the first line of `text` and returns it without its end.
std::string_view take_line(std::string_view& text) noexcept {
  std::string_view line = take_until(text, '\n');
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool has_status(std::string_view line, std::string_view status) noexcept {
  return line == status ||
         (line.size() > status.size() && line.starts_with(status) && line[status.size()] == ' ');
}

std::string_view behind(std::string_view line, std::string_view status) noexcept {
  line.remove_prefix(std::min(status.size() + 1, line.size()));
  return line;
}

/// The output of a program, starting at `begin`.
class OutputListing : public Listing {
 public:
  OutputListing(std::string output, std::size_t begin) : output_(std::move(output)), at_(begin) {}

  Result<std::string> next() override {
    std::string lines;
    while (at_ < output_.size() && lines.size() < piece_octets) {
      std::string_view rest = std::string_view(output_).substr(at_);
      const std::string_view line = take_line(rest);
      at_ = output_.size() - rest.size();
      if (line.starts_with('.')) lines += '.';
      const std::size_t begin = lines.size();
      lines += line;
      std::replace_if(
          lines.begin() + static_cast<std::ptrdiff_t>(begin), lines.end(),
          [](char c) { return c == '\0' || c == '\r'; }, '?');
      lines += "\r\n";
    }
    return lines;
  }

 private:
  std::string output_;
  std::size_t at_;
};

/// Waits for a program.
class ProgramAnswer : public Intake {
 public:
  ProgramAnswer(host::Environment& environment, const XCommand& command)
      : environment_(environment), command_(command) {}

  Status begin(host::Programs& programs, const ProgramCall& call) {
    auto begun =
        programs.run_program(call, [this](ProgramResult result) { settle(std::move(result)); });
    if (!begun) return begun.error();
    program_ = std::move(begun.value());
    return Done{};
  }

  std::size_t take(std::string_view /*octets*/) override { return 0; }
  [[nodiscard]] State state() const noexcept override {
    return reply_ ? State::done : State::waiting;
  }
  [[nodiscard]] Reply reply() const override { return *reply_; }
  [[nodiscard]] std::unique_ptr<Listing> listing() override { return std::move(listing_); }
  [[nodiscard]] bool ends_session() const noexcept override { return false; }
  [[nodiscard]] bool for_client_only() const noexcept override { return true; }
  void when_done(std::function<void()> wake) override { wake_ = std::move(wake); }

 private:
  void settle(ProgramResult result) {
    try {
      reply_ = reply_to(std::move(result));
    } catch (const std::exception& failure) {
      environment_.log_error(command_.name + ": " + failure.what());
      reply_ = Reply::temporary_failure("Internal error.");
    }
    // Moved out first, because it may destroy this object.
    if (const auto wake = std::exchange(wake_, nullptr)) wake();
  }

  Reply reply_to(ProgramResult result) {
    const auto temporary = [&](const std::string& what) {
      environment_.log_error(command_.name + ": " + command_.target + ' ' + result.reason);
      return Reply::temporary_failure(command_.name + ' ' + what);
    };
    switch (result.end) {
      case ProgramResult::End::broken:
        return temporary("is not available at the moment.");
      case ProgramResult::End::timed_out:
        return temporary("took too long.");
      case ProgramResult::End::too_long:
        return temporary("returned too much output.");
      case ProgramResult::End::failed:
      case ProgramResult::End::succeeded:
        break;
    }
    std::string_view rest = result.output;
    const std::string_view first = take_line(rest);
    if (has_status(first, err)) {
      const std::string_view text = behind(first, err);
      return Reply::err(text.empty() ? command_.name : text);
    }
    if (result.end == ProgramResult::End::failed) {
      environment_.log_error(command_.name + ": " + command_.target + ' ' + result.reason);
      return Reply::err(command_.name + " failed.");
    }
    const bool stated = has_status(first, ok);
    const std::string text(stated && first.size() > ok.size() + 1 ? behind(first, ok)
                                                                  : command_.name);
    const std::size_t begin = stated ? result.output.size() - rest.size() : 0;
    if (begin < result.output.size() || command_.multi_line) {
      listing_ = std::make_unique<OutputListing>(std::move(result.output), begin);
    }
    return Reply::ok(text);
  }

  host::Environment& environment_;
  const XCommand& command_;
  std::optional<Reply> reply_;
  std::unique_ptr<Listing> listing_;
  std::unique_ptr<RunningProgram> program_;
  std::function<void()> wake_;
};

// As in the name of the domain's policy file; empty: the user has no domain.
std::string domain_of(host::Environment& environment, std::string_view user) {
  const std::size_t at = user.rfind('@');
  if (at == std::string_view::npos) return {};
  auto domain = policy::domain_name(
      user.substr(at + 1), [&](std::string_view name) { return environment.ascii_domain(name); });
  return domain ? std::move(domain.value()) : std::string();
}

// The client's input is passed only in the environment, so none of it can be taken for an option.
Answer run(Session& session, host::Programs& programs, const XCommand& command,
           std::string_view arguments) {
  ProgramCall call;
  call.service = command.kind == XCommand::Kind::script;
  call.target = command.target;
  call.timeout = command.timeout;
  call.max_octets = command.max_octets;
  const std::string user = session.environment().user_name();
  call.environment = {"USER=" + user, "DOMAIN=" + domain_of(session.environment(), user),
                      "COMMAND=" + command.name, "ARGUMENTS=" + std::string(arguments),
                      "PATH=/usr/local/bin:/usr/bin:/bin"};
  auto answer = std::make_unique<ProgramAnswer>(session.environment(), command);
  if (const Status begun = answer->begin(programs, call); !begun) {
    session.environment().log_error(command.name + ": " + begun.error().text);
    return Reply::temporary_failure(command.name + " is not available at the moment.");
  }
  return Answer(std::move(answer));
}

Reply fixed(const XCommand& command) {
  const std::string_view first = command.reply.front();
  if (has_status(first, err)) return Reply::err(behind(first, err));
  Reply reply = Reply::ok(behind(first, ok));
  if (command.reply.size() == 1) return reply;
  for (std::size_t line = 1; line < command.reply.size(); ++line) reply.line(command.reply[line]);
  return reply.end();
}

}  // namespace

Answer x_command(Session& session, const XCommand& command, std::string_view arguments,
                 host::Programs* programs) {
  return command.kind == XCommand::Kind::reply ? Answer(fixed(command))
                                               : run(session, *programs, command, arguments);
}

}  // namespace pop3_legacy::commands
