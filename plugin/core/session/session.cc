#include "plugin/core/session/session.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "plugin/core/base/text.h"
#include "plugin/core/help/help_text.h"
#include "plugin/core/session/handlers.h"

namespace pop3_legacy {

namespace {

bool names_messages(const Command& command) noexcept {
  return command.name == "UIDL";
}

bool needs_uidls(const Command& command) noexcept {
  return names_messages(command) || command.name == "EUIDL";
}

// The command is neither denied nor unavailable.
bool answers(Treatment treatment) noexcept {
  return treatment == Treatment::host || treatment == Treatment::ours;
}

/// A command that needs a lock held by somebody else waits without blocking other sessions. A lock
/// held for longer than a few seconds is not held by one of our sessions.
constexpr std::chrono::milliseconds lock_pause(50);
constexpr unsigned max_lock_tries = 50;

Decision later(std::chrono::milliseconds pause = std::chrono::milliseconds(0)) {
  return {.taker = Taker::later, .pause = pause};
}

Decision hosts() {
  return {.taker = Taker::host};
}

// `xtnd foo`, as it was typed but in lower case.
std::string first_words(const CommandLine& line) {
  std::string words = lowered(line.verb);
  std::string_view rest = line.arguments;
  const std::string_view word = take_word(rest);
  if (!word.empty()) words.append(" ").append(lowered(word));
  return words;
}

// For a master user. Where DELE would hide a message it is refused, because it must not delete it
// either.
void leave_no_trace(policy::Policy& policy) {
  policy.pace = {};
  const std::string submission = "XTND XMIT";
  const auto& allowed = policy.commands.allow;
  if (std::find(allowed.begin(), allowed.end(), submission) != allowed.end()) {
    policy.commands.deny.push_back(submission);
  }
  if (policy.deletion.mode != policy::DeleteMode::allow) {
    policy.deletion.mode = policy::DeleteMode::deny;
  }
}

// If [view] and [delete] may not be what the administrator wrote, neither is carried out, because
// mail could be removed too early. No message is shown then, either.
policy::Policy trusted(policy::Resolution& resolution, Visitor visitor) {
  policy::Policy policy = std::move(resolution.policy);
  if (!resolution.deny_known) {
    policy.view = {};
    policy.deletion = {};
  }
  if (visitor == Visitor::master) leave_no_trace(policy);
  return policy;
}

}  // namespace

// The parts of a line point into the text they were read from.
struct Session::Line {
  // `front` is at_front_of(text); nullptr: it has to be found out what the line means.
  Line(const Session& session, std::string_view text, const Command* front)
      : parsed(parse_command_line(text)),
        recognized(front != nullptr && front->name.size() == parsed.verb.size()
                       ? Recognized{front, parsed.arguments}
                       : session.commands_.named(parsed)) {
    if (command() == nullptr) return;
    asks_for = command()->access;
    if (!session.takes_over(*command())) recognized = session.commands_.taker(recognized, parsed);
    const bool matters = !session.accesses_.idle() || !session.open_.own();
    if (matters) access = command()->access;
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;
  Line(Line&&) = delete;
  Line& operator=(Line&&) = delete;
  ~Line() = default;

  [[nodiscard]] const Command* command() const noexcept { return recognized.command; }
  [[nodiscard]] std::string_view arguments() const noexcept { return recognized.arguments; }

  [[nodiscard]] Decision refused(Answer answer) const {
    Decision decision{.taker = Taker::ours, .command = command(), .arguments = arguments()};
    decision.refusal = std::make_unique<Answer>(std::move(answer));
    return decision;
  }

  CommandLine parsed;
  Recognized recognized;           ///< the command that answers
  Access asks_for = Access::none;  ///< according to the line's name
  Access access = Access::none;    ///< what the answering command does, if a tracker is interested
};

Session::Session(const host::Host& host, policy::Resolution resolution, Remembered remembered,
                 Visitor visitor)
    : host_(host),
      visitor_(visitor),
      policy_(trusted(resolution, visitor)),
      commands_(policy_, resolution, host),
      accesses_(host_, policy_,
                {.last = commands_.treatment(*find_command("LAST")) == Treatment::ours,
                 .remembers_hidden = remembered.hidden,
                 .stores = visitor == Visitor::owner}),
      open_(host_, accesses_),
      wording_(policy_.reply, host_.maildrop, host_.environment),
      custom_uidls_(remembered.uidls || !resolution.uidl_known || !policy_.uidl.plan.host()) {
  guards_only_ = leaves_all_to_host() && !host_.connection.deadly_in_verb().empty();
}

bool Session::idle() const noexcept {
  return host_.connection.deadly_in_verb().empty() && leaves_all_to_host();
}

bool Session::leaves_all_to_host() const noexcept {
  return commands_.all_hosts() && !custom_uidls_ && accesses_.view().idle() &&
         wording_.all_hosts() && accesses_.idle() && !policy::delays_logins(policy_);
}

LoginReply Session::logged_in(std::string_view hosts) {
  if (const std::uint64_t wait = accesses_.pace().log_in(); wait > 0) {
    return {"-ERR [LOGIN-DELAY] You have logged in too often; wait " + time_to_wait(wait) + '.',
            /*refused=*/true};
  }
  // If it fails, the commands report that.
  return {accesses_.view().open() ? wording_.logged_in(hosts) : std::string(hosts)};
}

Decision Session::take(std::string_view buffered, std::uint64_t offset) {
  Decision decision = guards_only_ ? take_unless_deadly(buffered) : take_lines(buffered, offset);
  accesses_.took(decision.octets);
  return decision;
}

// For a session that is entirely the host's: others may be in its process.
Decision Session::take_unless_deadly(std::string_view buffered) {
  for (std::size_t run = 0;;) {
    const auto line_feed = buffered.find('\n', run);
    if (line_feed == std::string_view::npos) {
      return {run > 0 ? Taker::host : Taker::incomplete, run};
    }
    const std::size_t end = line_feed + 1;
    const std::string_view typed = buffered.substr(run, end - run);
    if (deadly(parse_command_line(typed))) {
      if (run > 0) return {Taker::host, run};
      const Line line(*this, typed, nullptr);
      Decision decision = line.refused(unknown(line));
      decision.octets = end;
      return decision;
    }
    run = end;
  }
}

Decision Session::take_lines(std::string_view buffered, std::uint64_t offset) {
  wording_.all_answered();
  const bool passes =
      accesses_.view().open().ok() && open_.own() && open_.scan().width == 0;  // see passed()
  if (visitor_ == Visitor::master) host_.maildrop.leave_seen_alone();
  for (std::size_t run = 0;;) {
    const auto line_feed = buffered.find('\n', run);
    if (line_feed == std::string_view::npos) {
      return {run > 0 ? Taker::host : Taker::incomplete, run};
    }
    const std::size_t end = line_feed + 1;
    const std::string_view typed = buffered.substr(run, end - run);
    const Command* const front = at_front_of(typed);
    if (passes && front != nullptr && commands_.passed(*front) &&
        accesses_.never_refuses(front->access)) {
      accesses_.heard(front->access, run, end);
      run = end;
      if (accesses_.ignores(front->access) && wording_.all_hosts()) continue;
      const CommandLine parsed = parse_command_line(typed);
      // It does not end the run, because nothing may refuse the next one.
      (void)accesses_.given_to_host(front->access, parsed.arguments, offset + end);
      if (wording_.all_hosts()) continue;
      if (!word(parsed, {front, parsed.arguments}, offset + end)) return {Taker::host, run};
      continue;
    }
    instead_ = commands_.rewritten(typed);
    const Line line(*this, instead_ ? *instead_ : typed, instead_ ? nullptr : front);
    Decision decision = decide(line);
    const bool is_hosts = decision.taker == Taker::host;
    const auto access =
        is_hosts ? accesses_.may_refuse(line.access, line.arguments()) : std::nullopt;
    const bool to_hold = access || line.access == Access::quit;
    const bool alone = !is_hosts || instead_ || to_hold;
    if (alone && run > 0) return {Taker::host, run};
    if (decision.taker != Taker::later) accesses_.heard(line.asks_for, run, end);
    if (is_hosts && to_hold) {
      if (auto held = hold_back(line, access)) decision = std::move(*held);
    }
    if (decision.taker == Taker::later) {
      if (decision.pause.count() > 0) ++lock_tries_;
      return decision;
    }
    lock_tries_ = 0;
    decision.octets = end;
    if (decision.taker == Taker::ours) return decision;
    const bool ends_run = give_to_host(line, offset + (instead_ ? instead_->size() : end));
    if (instead_) decision.rewritten = *instead_;
    if (ends_run || instead_) return decision;
    run = end;
  }
}

// Changes nothing, because the line may have to wait until an earlier run has been executed.
Decision Session::decide(const Line& line) {
  uidls_prepared_.reset();
  const Command* const command = line.command();
  const Treatment treatment = command == nullptr ? Treatment::host : commands_.treatment(*command);
  if (command != nullptr && needs_uidls(*command) && answers(treatment)) {
    if (auto waits = wait_for_uidls()) return std::move(*waits);
  }
  if (commands_.is_unknown_xtnd(line.parsed, command)) {
    Decision decision =
        line.refused(Reply::err("Unknown command: \"" + first_words(line.parsed) + "\"."));
    decision.command = nullptr;
    return decision;
  }
  if (command == nullptr) return deadly(line.parsed) ? line.refused(unknown(line)) : hosts();
  if (auto refused = refusal(*command, treatment)) return line.refused(std::move(*refused));
  const bool ours =
      treatment == Treatment::ours || takes_over(*command) || answers_uidl(*command, line);
  if (!ours) return hosts();
  if (line.parsed.has_nul) return line.refused(Reply::err("NUL octet in the command."));
  if (command->ours() &&
      count_words(line.arguments(), command->max_words + 1) > command->max_words) {
    return line.refused(too_many_arguments(command->syntax));
  }
  return {.taker = Taker::ours, .command = command, .arguments = line.arguments()};
}

// What is wrong with the line, the host says in its own words.
bool Session::answers_uidl(const Command& command, const Line& line) {
  return names_messages(command) && !line.parsed.has_nul && host_.uidls.answers_uidl() &&
         commands::is_about_messages(host_.maildrop, line.arguments());
}

void Session::note_refused_deletion(const Command& command) {
  if (visitor_ == Visitor::master || !refuses_deletion(policy_.deletion, command)) return;
  reports_.report_once("[delete] mode",
                       {.text = std::string(command.name) +
                                " is refused, because the policy keeps all mail ([delete] "
                                "mode = \"deny\")"});
}

// Does not depend on the arguments.
std::optional<Reply> Session::refusal(const Command& command, Treatment treatment) {
  switch (treatment) {
    case Treatment::denied:
      note_refused_deletion(command);
      return Reply::err(refuses_deletion(policy_.deletion, command)
                            ? "Mail cannot be deleted here: the server keeps it."
                            : std::string(command.name) + " is disabled for this mailbox.");
    case Treatment::unavailable:
      return Reply::temporary_failure(std::string(command.name) +
                                      " is unavailable: the server's policy cannot be read.");
    case Treatment::ours:
    case Treatment::host:
      break;
  }
  if (command.on_messages && open_.none()) return Reply::err("No maildrop is open.");
  // Asked before the view is, because what is wrong with the ids is logged as well.
  const bool no_ids = needs_uidls(command) && !uidls_known();
  if (command.on_messages && open_.own() && !accesses_.view().open()) {
    return Reply::temporary_failure("The messages are not available at the moment.");
  }
  if (no_ids && names_messages(command)) {
    return Reply::temporary_failure("Unique ids are not available at the moment.");
  }
  return std::nullopt;
}

// A value: not known yet.
std::optional<Decision> Session::wait_for_uidls() {
  const Result<bool> prepared = prepare_uidls();
  if (prepared) return prepared.value() ? std::nullopt : std::optional(later());
  const bool waits = prepared.error().kind == Failure::locked && lock_tries_ < max_lock_tries;
  return waits ? std::optional(later(lock_pause)) : std::nullopt;
}

// What the host must not execute now, or not at all.
std::optional<Decision> Session::hold_back(const Line& line,
                                           const std::optional<MessageAccess>& access) {
  if (access) {
    if (const auto refused = accesses_.begin(*access)) {
      return line.refused(Answer::over_limit(*refused));
    }
  }
  if (line.access != Access::quit) return std::nullopt;
  const bool may_wait = lock_tries_ < max_lock_tries;
  const Status settled = accesses_.settle(may_wait);
  if (settled) {
    accesses_.quit();
    return std::nullopt;
  }
  if (may_wait && settled.error().kind == Failure::locked) return later(lock_pause);
  host_.environment.log_error(
      "QUIT: what was deleted or fetched cannot be stored, so nothing is deleted: " +
      settled.error().text);
  Answer refused =
      Reply::temporary_failure("The deletions could not be stored; nothing was deleted.");
  refused.ends_session = true;
  return line.refused(std::move(refused));
}

// True: it is the last line of its run. It ends after `end` octets of the host's input.
bool Session::give_to_host(const Line& line, std::uint64_t end) {
  const bool goes_on = wording_.all_hosts() || word(line.parsed, line.recognized, end);
  if (line.access == Access::quit) {
    if (!open_.own()) host_.boards->prepare_quit();
    return true;
  }
  if (line.command() != nullptr && line.command()->access == Access::reset) open_.reset();
  return accesses_.given_to_host(line.access, line.arguments(), end) || !goes_on;
}

// The reply to this line of the host's will be worded. False: it is the last line of its run.
bool Session::word(const CommandLine& line, const Recognized& recognized, std::uint64_t end) {
  wording_.given(line, recognized, end);
  const bool is_quit = recognized.command != nullptr && recognized.command->access == Access::quit;
  return !is_quit && wording_.room();
}

// A host's command that this session answers while a maildrop other than the user's own is open, or
// after XTND SCAN.
bool Session::takes_over(const Command& command) const noexcept {
  if (open_.none()) return command.on_messages;
  if (open_.board()) {
    return !command.ours() && command.on_messages && command.handler.call != nullptr;
  }
  return open_.scan().width > 0 && command.name == "LIST";
}

bool Session::deadly(const CommandLine& line) const noexcept {
  return line.verb.find_first_of(host_.connection.deadly_in_verb()) != std::string_view::npos;
}

// For a line that would crash the host: the reply it gives to other unknown commands.
Reply Session::unknown(const Line& line) {
  std::string verb(line.parsed.verb);
  std::transform(verb.begin(), verb.end(), verb.begin(), upper);
  Reply hosts = Reply::err("Unknown command: " + verb);
  if (wording_.all_hosts()) return hosts;
  return Reply::verbatim(
      wording_.reworded_unknown(line.parsed.verb, without_line_end(hosts.wire())) + "\r\n");
}

Answer Session::answer(Decision decision) {
  if (decision.refusal) return std::move(*decision.refusal);
  return execute(*decision.command, decision.arguments);
}

Answer Session::execute(const Command& command, std::string_view arguments) {
  try {
    if (names_messages(command)) return reworded(command, arguments);
    return command.own != nullptr
               ? commands::x_command(*this, *command.own, arguments, host_.programs)
               : command.handler.call(*this, arguments);
  } catch (const std::exception& failure) {
    host_.environment.log_error(std::string(command.name) + ": " + failure.what());
    return Reply::temporary_failure("Internal error.");
  }
}

// The host's words for UIDL, and what the policy makes of them.
Answer Session::reworded(const Command& command, std::string_view arguments) {
  Answer answer = commands::uidl(*this, arguments);
  if (wording_.all_hosts()) return answer;
  wording_.given({.verb = command.name, .arguments = arguments}, {&command, arguments}, /*end=*/0);
  answer.reply = Reply::verbatim(wording_.reworded(without_line_end(answer.reply.wire())) + "\r\n");
  return answer;
}

// Without ids from us the host would name the messages in its own way. Also asked if the session
// began without ids of ours, because another session or doveadm may have stored some since.
bool Session::uidls_known() {
  while (!uidls_prepared_) (void)prepare_uidls();
  const Status& prepared = *uidls_prepared_;
  if (!prepared && prepared.error().text != uidl_failure_) {
    uidl_failure_ = prepared.error().text;
    host_.environment.log_error("UIDL: the ids are not known, so none are shown: " + uidl_failure_);
  }
  return prepared.ok();
}

// Does a part of it. Once finished or failed, the result holds until the next line.
Result<bool> Session::prepare_uidls() {
  Result<bool> prepared = host_.uidls.prepare_uidls();
  if (prepared && !prepared.value()) return false;
  uidls_prepared_ = prepared ? Status(Done{}) : Status(prepared.error());
  return prepared;
}

}  // namespace pop3_legacy
