#include "plugin/core/session/session.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <utility>

#include "plugin/core/commands/commands.h"
#include "plugin/core/help_text.h"
#include "plugin/core/text.h"

namespace pop3_legacy {

namespace {

bool names_messages(const Command& command) noexcept {
  return command.name == "UIDL";
}

Delivery::Kind kind_of(const Command* command) noexcept {
  if (command == nullptr) return Delivery::Kind::other;
  switch (command->access) {
    case Access::retrieve:
    case Access::top:
      return Delivery::Kind::retrieval;
    case Access::remove:
      return Delivery::Kind::deletion;
    default:
      return Delivery::Kind::other;
  }
}

// Neither denied nor unavailable.
bool answers(Treatment treatment) noexcept {
  return treatment == Treatment::host || treatment == Treatment::ours;
}

bool needs_uidls(const Command& command) noexcept {
  return names_messages(command) || command.name == "EUIDL";
}

/// While somebody else has a lock, a command that needs it waits, and no other session with it.
/// What holds it longer than some seconds is no session of ours.
constexpr std::chrono::milliseconds lock_pause(50);
constexpr unsigned max_lock_tries = 50;

Portion later(std::chrono::milliseconds pause = std::chrono::milliseconds(0)) {
  return {.taker = Taker::later, .octets = 0, .rewritten = {}, .pause = pause};
}

// `xtnd foo`, as it was typed but for the case.
std::string first_words(const CommandLine& line) {
  std::string words(line.verb);
  std::string_view rest = line.arguments;
  const std::string_view word = take_word(rest);
  if (!word.empty()) words.append(" ").append(word);
  std::transform(words.begin(), words.end(), words.begin(), lower);
  return words;
}

// For a master user. What DELE would hide it must not delete either, so it is refused.
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

// Of [view] and [delete] that may be others than the administrator's, nothing is carried out: mail
// could be removed too early. No message is shown then, either.
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

Session::Session(Port& port, policy::Resolution resolution, Remembered remembered, Visitor visitor)
    : port_(port),
      visitor_(visitor),
      policy_(trusted(resolution, visitor)),
      commands_(policy_, resolution),
      board_last_(policy_.last),
      highest_accessed_(std::in_place, port_, policy_.last),
      view_(port_, policy_, remembered.hidden, visitor == Visitor::owner),
      pace_(port_, policy_.pace),
      wording_(policy_.reply, port_),
      custom_uidls_(remembered.uidls || !resolution.uidl_known || !policy_.uidl.plan.host()) {
  board_last_.start = policy::LastStart::session;
  watching_ = commands_.treatment(*find_command("LAST")) == Treatment::ours;
  guards_only_ = leaves_all_to_host() && !port_.deadly_in_verb().empty();
}

bool Session::idle() const noexcept {
  return port_.deadly_in_verb().empty() && leaves_all_to_host();
}

bool Session::leaves_all_to_host() const noexcept {
  return commands_.all_hosts() && !custom_uidls_ && view_.idle() && wording_.all_hosts() &&
         !pace_.counts(Access::retrieve) && !policy::delays_logins(policy_);
}

Recognized Session::recognize(const CommandLine& line, const Recognized& named) const noexcept {
  return named.command == nullptr || takes_over(*named.command) ? named
                                                                : commands_.taker(named, line);
}

Portion Session::take(std::string_view buffered, std::uint64_t offset) {
  Portion portion = guards_only_ ? take_unless_deadly(buffered) : take_lines(buffered, offset);
  taken_ += portion.octets;
  return portion;
}

bool Session::deadly(const CommandLine& line) const noexcept {
  return line.verb.find_first_of(port_.deadly_in_verb()) != std::string_view::npos;
}

// Of a session that is nothing but the host's: others may be in its process.
Portion Session::take_unless_deadly(std::string_view buffered) const {
  for (std::size_t run = 0;;) {
    const auto line_feed = buffered.find('\n', run);
    if (line_feed == std::string_view::npos) {
      return {run > 0 ? Taker::host : Taker::incomplete, run};
    }
    const std::size_t end = line_feed + 1;
    if (deadly(parse_command_line(buffered.substr(run, end - run)))) {
      return run > 0 ? Portion{Taker::host, run} : Portion{Taker::ours, end};
    }
    run = end;
  }
}

Portion Session::take_lines(std::string_view buffered, std::uint64_t offset) {
  (void)view_.open();
  if (visitor_ == Visitor::master) port_.leave_seen_alone();
  std::size_t run = 0;
  for (;;) {
    const auto line_feed = buffered.find('\n', run);
    if (line_feed == std::string_view::npos) {
      return {run > 0 ? Taker::host : Taker::incomplete, run};
    }
    const std::size_t end = line_feed + 1;
    const std::string_view typed = buffered.substr(run, end - run);
    auto instead = commands_.rewritten(typed);
    const auto line = parse_command_line(instead ? *instead : typed);
    const Recognized named = commands_.named(line);
    const Recognized recognized = recognize(line, named);
    const auto& [command, arguments] = recognized;
    uidls_prepared_.reset();
    if (command != nullptr && needs_uidls(*command) && answers(commands_.treatment(*command))) {
      const Result<bool> prepared = prepare_uidls();
      const bool whole = prepared ? prepared.value() : prepared.error().kind != Failure::locked;
      if (!whole && run > 0) return {Taker::host, run};
      if (!prepared && waits_for_lock(prepared.error())) return later(lock_pause);
      if (prepared && !prepared.value()) return later();
      if (whole) lock_tries_ = 0;
    }
    const bool ours = commands_.is_unknown_xtnd(line, command) ||
                      (command != nullptr ? this->ours(*command) : deadly(line));
    const bool matters =
        command != nullptr &&
        (watching_ || keeps_view() || open_ != OpenMaildrop::own || pace_.counts(Access::retrieve));
    const Access access = matters ? command->access : Access::none;
    const MessageNumber to_pace = ours || command == nullptr ? 0 : paced(*command, arguments);
    if ((ours || instead || to_pace > 0 || access == Access::quit) && run > 0) {
      return {Taker::host, run};
    }
    heard(named.command, run, end);
    if (to_pace > 0) {
      refusal_ = pace_.begin(extent(command->access, arguments, to_pace), port_.octets(to_pace));
    }
    if (ours || refusal_) {
      lock_tries_ = 0;
      return {Taker::ours, end};
    }
    if (access == Access::quit) {
      const Result<bool> ended = end_with_quit();
      if (!ended) return later(lock_pause);
      lock_tries_ = 0;
      if (!ended.value()) return {Taker::ours, end};
      if (!wording_.all_hosts()) wording_.begins(line, recognized);
      if (open_ != OpenMaildrop::own) port_.prepare_quit();
      return {Taker::host, end, instead.value_or("")};
    }
    if (!wording_.all_hosts()) {
      wording_.begins(line, recognized);
    }
    // MH's RSET ends XTND SCAN, too.
    if (command != nullptr && command->access == Access::reset) {
      scan_width_ = 0;
      deleted_by_range_.clear();
    }
    if (instead) {
      if (access != Access::none) {
        watch(*command, arguments, offset + instead->size());
      }
      return {Taker::host, end, std::move(*instead)};
    }
    run = end;
    const bool watched = access != Access::none && watch(*command, arguments, offset + end);
    if (watched || !wording_.all_hosts()) {
      return {Taker::host, run};
    }
  }
}

bool Session::ours(const Command& command) {
  return commands_.treatment(command) != Treatment::host || takes_over(command) ||
         (names_messages(command) && (!uidls_known() || !port_.all_named())) ||
         (open_ == OpenMaildrop::own && command.on_messages && !view_.open());
}

bool Session::keeps_view() const noexcept {
  return open_ == OpenMaildrop::own && view_.keeps_state();
}

// Before the user's own maildrop is closed.
Status Session::settle() {
  return open_ == OpenMaildrop::own ? view_.finish(Ending::quit) : Status(Done{});
}

// For a while; then the command is answered with the error.
bool Session::waits_for_lock(const Error& error) {
  return error.kind == Failure::locked && lock_tries_++ < max_lock_tries;
}

// False: it must not be executed, for what is to be kept cannot be. An Error: not yet known.
Result<bool> Session::end_with_quit() {
  if (const Status settled = settle(); !settled) {
    if (waits_for_lock(settled.error())) return settled.error();
    port_.log_error("QUIT: what was deleted or fetched cannot be stored, so nothing is deleted: " +
                    settled.error().text);
    return false;
  }
  const Status stored = store_last(Ending::quit);
  if (!stored && waits_for_lock(stored.error())) return stored.error();
  tell_of_last(stored);
  pace_.finish();
  quit_ = true;
  return true;
}

LoginReply Session::logged_in(std::string_view hosts) {
  if (const std::uint64_t wait = pace_.log_in(); wait > 0) {
    return {"-ERR [LOGIN-DELAY] You have logged in too often, wait " + time_to_wait(wait) + '.',
            /*refused=*/true};
  }
  // Where it fails, the commands say so.
  return {view_.open() ? wording_.logged_in(hosts) : std::string(hosts)};
}

// The host would name the messages in its own way where it is not told how. Also asked where the
// session began without ids of ours: another one, or doveadm, may have stored some since.
bool Session::uidls_known() {
  while (!uidls_prepared_) (void)prepare_uidls();
  const Status& prepared = *uidls_prepared_;
  if (!prepared && prepared.error().text != uidl_failure_) {
    uidl_failure_ = prepared.error().text;
    port_.log_error("UIDL: the ids are not known, so none are shown: " + uidl_failure_);
  }
  return prepared.ok();
}

// A part of it; once it is whole, or has failed, that is known until the next line.
Result<bool> Session::prepare_uidls() {
  Result<bool> prepared = port_.prepare_uidls();
  if (prepared && !prepared.value()) return false;
  uidls_prepared_ = prepared ? Status(Done{}) : Status(prepared.error());
  return prepared;
}

void Session::before_seen() {
  if (watching_) {
    (void)highest_accessed_->start();
  }
}

// A command of the host's that this one answers while another maildrop than the user's is open, or
// after XTND SCAN.
bool Session::takes_over(const Command& command) const noexcept {
  switch (open_) {
    case OpenMaildrop::none:
      return command.on_messages;
    case OpenMaildrop::board:
      return !command.ours() && command.on_messages && command.handler != nullptr;
    case OpenMaildrop::own:
      break;
  }
  return scan_width_ > 0 && command.name == "LIST";
}

// Closing is as QUIT. Where the maildrop stays after all, what is stored then holds at its end, but
// for LAST, which stores another state; and what was deleted is so still.
Status Session::change_maildrop(OpenMaildrop next, const std::function<Status()>& change) {
  std::vector<MessageNumber> deleted;
  for (MessageNumber number = 1; keeps_view() && number <= port_.message_count(); ++number) {
    if (port_.deleted(number)) deleted.push_back(number);
  }
  if (Status settled = settle(); !settled) {
    return settled;
  }
  finish(Ending::quit);
  Status changed = change();
  if (changed) {
    leave_maildrop(next);
    return changed;
  }
  for (const MessageNumber number : deleted) {
    if (!port_.deleted(number)) (void)port_.mark_deleted(number);
  }
  return changed;
}

Result<Board> Session::open_board(std::string_view mailbox) {
  if (keeps_view()) {
    // For a slip of the client's nothing is to be stored.
    if (auto there = port_.look_at_board(mailbox); !there) return there;
  }
  Board board;
  const Status opened = change_maildrop(OpenMaildrop::board, [&]() -> Status {
    const Result<Board> found = port_.open_board(mailbox);
    if (!found) return found.error();
    board = found.value();
    return Done{};
  });
  return opened ? Result<Board>(board) : opened.error();
}

Status Session::close_maildrop() {
  return change_maildrop(OpenMaildrop::none, [&] { return port_.close_maildrop(); });
}

void Session::leave_maildrop(OpenMaildrop next) {
  open_ = next;
  watched_.clear();
  delivery_.forget();
  deleted_by_range_.clear();
  highest_accessed_.emplace(port_, board_last_);
}

void Session::accessed(Access access, MessageNumber number) {
  if (watching_ && highest_accessed_->start()) {
    highest_accessed_->accessed(access, number, port_.uid(number));
    if (access == Access::retrieve && highest_accessed_->counts(access)) {
      delivery_.sent({.number = number, .uid = port_.uid(number), .for_last = true},
                     delivery_.place());
    }
  }
}

// Asks the host only where the answer decides.
void Session::heard(const Command* command, std::size_t begin, std::size_t end) {
  delivery_.heard(taken_ + begin, taken_ + end, kind_of(command));
  if (delivery_.proved() == nullptr || !port_.output_acknowledged()) return;
  while (const Delivery::Message* const message = delivery_.proved()) {
    if (message->for_last) highest_accessed_->delivered(message->number, message->uid);
    if (message->for_view) view_.delivered(message->uid);
    delivery_.pop();
  }
}

// TOP with as many lines as the message has octets is what fetchmail asks for where it is to keep
// the mail on the server. One that the host will refuse sends nothing.
Pace::Extent Session::extent(Access access, std::string_view arguments,
                             MessageNumber number) const {
  if (access != Access::top) {
    return access == Access::retrieve ? Pace::Extent::whole : Pace::Extent::header;
  }
  (void)take_word(arguments);
  std::uint64_t lines = 0;
  const char* const end = arguments.data() + arguments.size();
  const auto [behind, error] = std::from_chars(arguments.data(), end, lines);
  return behind == end && error == std::errc{} ? extent_of(lines, port_.octets(number))
                                               : Pace::Extent::header;
}

// The message that the host is to send, where that counts for the pace; else 0. Whether it will is
// known when it has.
MessageNumber Session::paced(const Command& command, std::string_view arguments) const {
  if (!pace_.counts(command.access)) return 0;
  const auto number = parse_message_number(arguments, command.access == Access::top);
  return number && *number <= port_.message_count() ? *number : 0;
}

// Whether the run has to end here. The UID is looked up now: when the host executes QUIT the
// numbers are no longer valid.
bool Session::watch(const Command& command, std::string_view arguments, std::uint64_t end) {
  const Access access = command.access;
  // Asked first, for every RETR gives its message \Seen, which is where LAST may start.
  const bool counting = watching_ && highest_accessed_->start();
  const bool for_pace = pace_.counts(access);
  if (!counting && !keeps_view() && !for_pace) {
    return false;
  }
  Watched watched{.access = access,
                  .number = 0,
                  .uid = 0,
                  .end = end,
                  .octets_sent = 0,
                  .whole = false,
                  .place = delivery_.place()};
  if (access == Access::reset) {
    watched_.push_back(watched);
    return false;
  }
  const auto number = parse_message_number(arguments, access == Access::top);
  if (!number || *number == 0 || *number > port_.message_count()) {
    return false;
  }
  watched.whole = keeps_view() && view_.hides_fetched() &&
                  extent(access, arguments, *number) == Pace::Extent::whole;
  if (!watched.whole && !for_pace && !(counting && highest_accessed_->counts(access))) {
    return false;
  }
  watched.number = *number;
  watched.uid = port_.uid(*number);
  // A DELE succeeds for every message there is; for one that is deleted already it changes
  // nothing here.
  const bool may_fail = access != Access::remove;
  watched.octets_sent = may_fail ? port_.octets_sent(access) : 0;
  watched_.push_back(watched);
  return may_fail;
}

void Session::executed(std::uint64_t offset) {
  while (!watched_.empty() && watched_.front().end <= offset) {
    mark_executed(watched_.front());
    watched_.pop_front();
  }
}

void Session::mark_executed(const Watched& watched) {
  const bool transfers = watched.access == Access::retrieve || watched.access == Access::top;
  const std::uint64_t sent =
      transfers ? port_.octets_sent(watched.access) - watched.octets_sent : 0;
  if (transfers) pace_.settle(sent);
  if (watched.access == Access::reset) {
    highest_accessed_->reset();
    view_.reset();
    delivery_.forget();
  } else if (watched.access == Access::remove || sent > 0) {
    highest_accessed_->accessed(watched.access, watched.number, watched.uid);
    if (watched.whole) {
      view_.fetched(watched.uid);
    }
    const bool for_last =
        watched.access == Access::retrieve && highest_accessed_->counts(watched.access);
    if (for_last || watched.whole) {
      delivery_.sent({.number = watched.number,
                      .uid = watched.uid,
                      .for_last = for_last,
                      .for_view = watched.whole},
                     watched.place);
    }
  }
}

Answer Session::answer(std::string_view line) {
  const auto instead = commands_.rewritten(line);
  const auto parsed = parse_command_line(instead ? *instead : line);
  const Recognized recognized = recognize(parsed, commands_.named(parsed));
  if (commands_.is_unknown_xtnd(parsed, recognized.command)) {
    return Reply::err("Unknown command: \"" + first_words(parsed) + "\".");
  }
  if (recognized.command == nullptr) {
    return unknown(parsed, recognized);
  }
  Answer answer = Reply::temporary_failure("Internal error.");
  try {
    answer = handle(recognized, parsed.has_nul);
  } catch (const std::exception& failure) {
    port_.log_error(std::string(recognized.command->name) + ": " + failure.what());
  }
  answer.command = recognized.command;
  answer.arguments = recognized.arguments;
  return answer;
}

// A line that the host would not survive, in the words that it has for other unknown ones.
Reply Session::unknown(const CommandLine& line, const Recognized& recognized) {
  std::string verb(line.verb);
  std::transform(verb.begin(), verb.end(), verb.begin(), upper);
  Reply hosts = Reply::err("Unknown command: " + verb);
  if (wording_.all_hosts()) return hosts;
  wording_.begins(line, recognized);
  return Reply::verbatim(wording_.reworded(without_line_end(hosts.wire())) + "\r\n");
}

Answer Session::handle(const Recognized& recognized, bool has_nul) {
  const Command& command = *recognized.command;
  switch (commands_.treatment(command)) {
    case Treatment::denied:
      if (refuses_deletion(policy_.deletion, command)) {
        return Reply::err("Mail cannot be deleted here: the server keeps it.");
      }
      return Reply::err(std::string(command.name) + " is disabled for this mailbox.");
    case Treatment::unavailable:
      return Reply::temporary_failure(std::string(command.name) +
                                      " is unavailable: the server's policy cannot be read.");
    case Treatment::ours:
    case Treatment::host:
      break;
  }
  if (refusal_) {
    return Answer::over_limit(*std::exchange(refusal_, std::nullopt));
  }
  if (open_ == OpenMaildrop::none && command.on_messages) {
    return Reply::err("No maildrop is open.");
  }
  if (open_ == OpenMaildrop::own && command.on_messages && !view_.open()) {
    return Reply::temporary_failure("The messages of this mailbox are not known at the moment.");
  }
  if (command.access == Access::quit) {  // only where end_with_quit() has failed
    Answer refused = Reply::temporary_failure("Nothing was deleted: it could not be stored.");
    refused.ends_session = true;
    return refused;
  }
  if (names_messages(command) && !uidls_known()) {
    return Reply::temporary_failure("The messages' unique ids are not known at the moment.");
  }
  if (has_nul) {
    return Reply::err("NUL octet in the command.");
  }
  if (command.ours() &&
      count_words(recognized.arguments, command.max_words + 1) > command.max_words) {
    return too_many_arguments(command.syntax);
  }
  if (names_messages(command)) {
    return commands::uidl(*this, recognized.arguments);
  }
  return command.own != nullptr ? commands::x_command(*this, *command.own, recognized.arguments)
                                : command.handler(*this, recognized.arguments);
}

void Session::finish(Ending ending) {
  pace_.finish();
  // Of QUIT it is settled, and then the numbers are no longer valid.
  if (ending == Ending::dropped && !quit_ && open_ == OpenMaildrop::own) {
    if (const auto stored = view_.finish(ending); !stored) {
      port_.log_error("the view: what was fetched could not be stored, and is shown again: " +
                      stored.error().text);
    }
  }
  tell_of_last(store_last(ending));
}

Status Session::store_last(Ending ending) {
  const bool stores = watching_ && visitor_ != Visitor::master;
  return stores ? highest_accessed_->finish(ending) : Status(Done{});
}

void Session::tell_of_last(const Status& stored) {
  if (stored || store_failure_logged_) return;
  store_failure_logged_ = true;
  port_.log_error("LAST: could not be stored, the next session starts from the old number: " +
                  stored.error().text);
}

}  // namespace pop3_legacy
