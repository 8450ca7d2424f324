#include "plugin/core/tracking/pace.h"

#include <algorithm>
#include <limits>

#include "plugin/core/base/number.h"
#include "plugin/core/state/state_rules.h"

namespace pop3_legacy {

namespace {

constexpr std::string_view first_line = "dovecot-pop3-legacy pace 1\n";
constexpr std::string_view word_logins = "logins ";
constexpr std::string_view word_octets = "octets ";
constexpr std::int64_t minute = 60;
constexpr std::int64_t hour = 60 * minute;
constexpr std::uint64_t parts_of_limit = 10;

bool take_front(std::string_view& text, std::string_view front) {
  if (!text.starts_with(front)) return false;
  text.remove_prefix(front.size());
  return true;
}

template <class T>
bool take_number_and(std::string_view end, std::string_view& text, T& number) {
  const auto taken = take_number<T>(text);
  number = taken.value_or(0);
  return taken && number >= 0 && take_front(text, end);
}

void add(std::uint64_t& sum, std::uint64_t octets) {
  sum += std::min(octets, std::numeric_limits<std::uint64_t>::max() - sum);
}

void add(std::map<std::int64_t, std::uint64_t>& minutes,
         const std::map<std::int64_t, std::uint64_t>& more) {
  for (const auto& [time, octets] : more) add(minutes[time], octets);
}

std::uint64_t sum_of(const std::map<std::int64_t, std::uint64_t>& minutes) {
  std::uint64_t sum = 0;
  for (const auto& [time, octets] : minutes) add(sum, octets);
  return sum;
}

}  // namespace

std::string time_to_wait(std::uint64_t seconds) {
  constexpr std::uint64_t most_seconds = 120;
  const bool short_time = seconds <= most_seconds;
  const std::uint64_t number = short_time ? seconds : (seconds + minute - 1) / minute;
  return std::to_string(number) + (short_time ? " second" : " minute") + (number == 1 ? "" : "s");
}

bool Pace::parse(std::string_view text, State& state) {
  if (!take_front(text, first_line)) return false;
  while (!text.empty()) {
    std::int64_t time = 0;
    std::uint64_t octets = 0;
    if (take_front(text, word_logins)) {
      if (!take_number_and("\n", text, state.logins_until)) return false;
    } else if (!take_front(text, word_octets) || !take_number_and(" ", text, time) ||
               !take_number_and("\n", text, octets)) {
      return false;
    } else {
      add(state.minutes[time - time % minute], octets);
    }
  }
  return true;
}

Status Pace::check(std::string_view text) {
  State state;
  if (!parse(text, state)) return Error{Failure::permanent, "unexpected line"};
  return Done{};
}

// Drops minutes that are too old to matter or in the future.
void Pace::forget_old(std::map<std::int64_t, std::uint64_t>& minutes) const {
  const std::int64_t now = host_.environment.now();
  std::erase_if(minutes, [&](const auto& entry) {
    return entry.first <= now - hour || entry.first > now + minute;
  });
}

Pace::State Pace::read(const std::optional<std::string>& text) {
  State state;
  if (!text) return state;
  if (!parse(*text, state)) {
    log_once(unusable_state(host_.user_states, pace_state, *text,
                            {Failure::permanent, "unexpected line"})
                 .text);
    return {};
  }
  forget_old(state.minutes);
  return state;
}

std::string Pace::written(const State& state) {
  std::string text(first_line);
  if (state.logins_until > 0) {
    text.append(word_logins).append(std::to_string(state.logins_until)) += '\n';
  }
  for (const auto& [time, octets] : state.minutes) {
    text.append(word_octets).append(std::to_string(time)) += ' ';
    text.append(std::to_string(octets)) += '\n';
  }
  return text;
}

void Pace::log_once(const std::string& sentence) {
  if (logged_) return;
  logged_ = true;
  host_.environment.log_error("pace: " + sentence);
}

std::uint64_t Pace::log_in() {
  if (policy_.login_delay == 0) return 0;
  const auto delay = static_cast<std::int64_t>(policy_.login_delay);
  const std::int64_t spare = delay * (static_cast<std::int64_t>(policy_.burst) - 1);
  std::int64_t wait = 0;
  StateStore& states = host_.user_states;
  const Status stored = change_state(
      states, pace_state, [&](const std::optional<std::string>& old) -> std::optional<std::string> {
        State state = read(old);
        const std::int64_t now = host_.environment.now();
        // The clocks of machines that share the state differ slightly.
        const std::int64_t window = spare + delay;
        state.logins_until = state.logins_until > now + window + minute
                                 ? 0
                                 : std::min(state.logins_until, now + window);
        wait = std::max<std::int64_t>(0, state.logins_until - spare - now);
        if (wait > 0) return std::nullopt;
        state.logins_until = std::max(state.logins_until, now) + delay;
        return written(state);
      });
  if (stored) {
    const auto seconds = static_cast<std::uint64_t>(wait);
    if (wait > 0) {
      reports_.limit_reached(
          "pace", "login_delay",
          "pace: the login is refused; the next one is allowed in " + time_to_wait(seconds));
    }
    return seconds;
  }
  log_once("the state could not be stored, so this login does not count: " + stored.error().text);
  return 0;
}

bool Pace::counts(Access kind) const noexcept {
  return (kind == Access::retrieve || kind == Access::top) &&
         (policy_.retr_per_session > 0 || policy_.octets_per_hour > 0);
}

std::optional<std::string> Pace::over_octets(const MessageAccess& access) {
  const std::uint64_t limit = policy_.octets_per_hour;
  if (limit == 0) return std::nullopt;
  auto loaded = host_.user_states.load_state(pace_state);
  if (!loaded)
    log_once("the state cannot be read, so only this session counts: " + loaded.error().text);
  State state = loaded ? read(loaded.value()) : State();
  add(state.minutes, loaded ? unsaved_ : own_);
  forget_old(state.minutes);
  const std::uint64_t wanted = access.extent == Extent::whole
                                   ? std::min(std::max<std::uint64_t>(access.octets, 1), limit)
                                   : 1;
  std::uint64_t spent = sum_of(state.minutes);
  if (spent <= limit - wanted) return std::nullopt;
  const std::uint64_t spent_before = spent;
  std::int64_t wait = 0;
  for (const auto& [time, octets] : state.minutes) {
    spent -= std::min(octets, spent);
    wait = time + hour - host_.environment.now();
    if (spent <= limit - wanted) break;
  }
  reports_.limit_reached("pace", "octets_per_hour",
                         "pace: the user has retrieved " + std::to_string(spent_before) +
                             " octets in the last hour, and gets no more for now");
  return "You have retrieved too much in the last hour; try again in " +
         time_to_wait(static_cast<std::uint64_t>(std::max<std::int64_t>(1, wait))) + '.';
}

std::optional<std::string> Pace::refusal(const MessageAccess& access) {
  if (access.extent != Extent::header && policy_.retr_per_session > 0 &&
      retrieved_ >= policy_.retr_per_session) {
    reports_.limit_reached("pace", "retr_per_session",
                           "pace: the session has retrieved " +
                               std::to_string(policy_.retr_per_session) +
                               " messages, the most allowed");
    return "You may retrieve " + std::to_string(policy_.retr_per_session) +
           " messages in one session; log in again for more.";
  }
  if (auto refusal = over_octets(access)) return refusal;
  sending_ = access;
  return std::nullopt;
}

void Pace::executed(const MessageAccess& /*access*/, const Sent& sent) {
  if (sending_) settle(sent);
}

void Pace::settle(const Sent& sent) {
  const std::uint64_t octets = sent.octets;
  const bool whole = sent.all || sending_->extent == Extent::whole || octets >= sending_->octets;
  if (octets > 0 && sending_->extent != Extent::header && whole) ++retrieved_;
  sending_.reset();
  if (octets == 0 || policy_.octets_per_hour == 0) return;
  const std::int64_t now = host_.environment.now();
  add(unsaved_[now - now % minute], octets);
  add(own_[now - now % minute], octets);
  if (sum_of(unsaved_) >= policy_.octets_per_hour / parts_of_limit) store();
}

Status Pace::finish(Ending /*ending*/) {
  if (sending_) settle({.octets = sending_->octets});
  store();
  return Done{};
}

void Pace::store() {
  if (unsaved_.empty()) return;
  StateStore& states = host_.user_states;
  const Status stored = change_state(
      states, pace_state, [&](const std::optional<std::string>& old) -> std::optional<std::string> {
        State state = read(old);
        add(state.minutes, unsaved_);
        return written(state);
      });
  if (stored) {
    unsaved_.clear();
  } else {
    log_once(
        "the state could not be stored, so what was retrieved does not count in other sessions: " +
        stored.error().text);
  }
}

}  // namespace pop3_legacy
