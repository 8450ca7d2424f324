#include "plugin/core/highest_accessed.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "plugin/core/text.h"

namespace pop3_legacy {

namespace {

constexpr std::string_view state_name = "last";
constexpr std::string_view state_version = "1 ";

struct Semantics {
  bool retrieve, top, remove;  // what raises the number
  bool reset_to_zero;          // RSET; else back to the start of the session
};

Semantics semantics_of(policy::LastSemantics name) noexcept {
  switch (name) {
    case policy::LastSemantics::rfc1460:  // "a typo was corrected": RSET sets zero
      return {.retrieve = true, .top = false, .remove = true, .reset_to_zero = true};
    case policy::LastSemantics::uw:  // ipop3d.c: rset() has `last = il`
      return {.retrieve = true, .top = true, .remove = true, .reset_to_zero = false};
    case policy::LastSemantics::popper:  // Berkeley popper: pop_dele.c and pop_rset.c
      return {.retrieve = false, .top = false, .remove = true, .reset_to_zero = true};
    case policy::LastSemantics::dovecot:  // pop3-commands.c, without its loss of \Seen
      return {.retrieve = true, .top = false, .remove = false, .reset_to_zero = true};
    case policy::LastSemantics::rfc1225:
      break;
  }
  return {.retrieve = true, .top = false, .remove = true, .reset_to_zero = false};
}

struct State {
  UidValidity uidvalidity = 0;
  Uid uid = 0;
};

std::string print_state(const State& state) {
  return std::string(state_version) + std::to_string(state.uidvalidity) + ' ' +
         std::to_string(state.uid) + '\n';
}

std::optional<State> parse_state(std::string_view text) {
  if (!text.starts_with(state_version)) {
    return std::nullopt;
  }
  State state;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data() + state_version.size(), end, state.uidvalidity);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != ' ') {
    return std::nullopt;
  }
  const auto second = std::from_chars(first.ptr + 1, end, state.uid);
  if (second.ec != std::errc{} || std::string_view(second.ptr, end) != "\n") {
    return std::nullopt;
  }
  return state;
}

}  // namespace

const Status& HighestAccessed::start() {
  if (!started_) {
    started_ = read_start();
    highest_ = kept_ = start_;
    if (!*started_) {
      port_.log_error("LAST: " + started_->error().text);
    }
  }
  return *started_;
}

Status HighestAccessed::read_start() {
  if (policy_.start == policy::LastStart::session) {
    return Done{};
  }
  if (policy_.start == policy::LastStart::durable) {
    auto loaded = port_.load_state(state_name);
    if (!loaded) {
      return loaded.error();
    }
    if (loaded.value()) {
      stored_ = std::move(*loaded.value());
      if (const auto state = parse_state(stored_)) {
        if (state->uidvalidity == port_.uidvalidity()) {
          start_ = Mark{highest_not_above(state->uid), state->uid};
        }
        return Done{};
      }
      port_.log_error("LAST: the stored state is damaged, starting from \\Seen instead: " +
                      in_quotes(stored_));
      stored_.clear();
    }
  }
  // Nothing of ours is known about this mailbox. Zero would make every fetchmail load all of
  // it again on the day the plugin is turned on.
  start_ = at(port_.highest_seen());
  return Done{};
}

HighestAccessed::Mark HighestAccessed::at(MessageNumber number) const {
  number = std::min(number, port_.message_count());
  return Mark{number, number == 0 ? 0 : port_.uid(number)};
}

/// The highest number such that it and all numbers below it have a UID not above `uid`.
MessageNumber HighestAccessed::highest_not_above(Uid uid) const {
  const MessageNumber count = port_.message_count();
  if (!port_.numbers_follow_uids()) {
    // Where the host sorts otherwise, the message itself tells; without it, be cautious:
    // a number that is too low costs a second download, one too high costs a message.
    MessageNumber leading = 0;
    for (MessageNumber number = 1; number <= count; ++number) {
      const Uid other = port_.uid(number);
      if (other == uid) {
        return number;
      }
      if (other < uid && leading == number - 1) {
        leading = number;
      }
    }
    return leading;
  }
  MessageNumber low = 0;
  MessageNumber high = count;
  while (low < high) {
    const MessageNumber middle = high - (high - low) / 2;
    if (port_.uid(middle) <= uid) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

bool HighestAccessed::counts(Access access) const noexcept {
  const auto semantics = semantics_of(policy_.semantics);
  return (access == Access::retrieve && semantics.retrieve) ||
         (access == Access::top && semantics.top) || (access == Access::remove && semantics.remove);
}

void HighestAccessed::accessed(Access access, MessageNumber number, Uid uid) {
  if (!counts(access)) {
    return;
  }
  if (number > highest_.number) {
    highest_ = Mark{number, uid};
  }
}

void HighestAccessed::reset() {
  highest_ = semantics_of(policy_.semantics).reset_to_zero ? Mark{} : start_;
  kept_ = start_;
  reset_ = true;
}

void HighestAccessed::delivered(MessageNumber number, Uid uid) {
  if (number > kept_.number) {
    kept_ = Mark{number, uid};
  }
}

// Two sessions at once each write what they know; the later one must not take back what the
// other's client has got.
Result<bool> HighestAccessed::surpassed(const Mark& mark) const {
  const auto loaded = port_.load_state(state_name);
  if (!loaded) {
    return loaded.error();
  }
  if (reset_ || !loaded.value() || *loaded.value() == stored_) {
    return false;
  }
  const auto theirs = parse_state(*loaded.value());
  return theirs && theirs->uidvalidity == port_.uidvalidity() && theirs->uid > mark.uid;
}

const HighestAccessed::Mark& HighestAccessed::what_stays(Ending ending) const noexcept {
  if (ending == Ending::quit || policy_.on_drop == policy::LastOnDrop::all) {
    return highest_;
  }
  return policy_.on_drop == policy::LastOnDrop::nothing ? start_ : kept_;
}

Status HighestAccessed::finish(Ending ending) {
  if (policy_.start != policy::LastStart::durable || !started_ || !started_->ok()) {
    return Done{};
  }
  const Mark& mark = what_stays(ending);
  // A session that accessed nothing leaves what stood there, even if that was of another
  // UIDVALIDITY.
  const bool untouched = mark.number == start_.number && mark.uid == start_.uid;
  std::string state = print_state({port_.uidvalidity(), mark.uid});
  if ((untouched && !written_ && !stored_.empty()) || state == stored_) {
    return Done{};
  }
  if (const auto higher = surpassed(mark); !higher || higher.value()) {
    return higher ? Status{Done{}} : Status{higher.error()};
  }
  Status stored = port_.store_state(state_name, state);
  if (stored) {
    stored_ = std::move(state);
    written_ = true;
  }
  return stored;
}

}  // namespace pop3_legacy
