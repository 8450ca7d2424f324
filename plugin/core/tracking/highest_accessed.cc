#include "plugin/core/tracking/highest_accessed.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/core/base/number.h"
#include "plugin/core/base/text.h"
#include "plugin/core/state/state_rules.h"
#include "plugin/core/uidl/guid_ids.h"

namespace pop3_legacy {

namespace {

struct Semantics {
  bool retrieve, top, remove;  // which commands raise the number
  bool reset_to_zero;          // RSET sets zero; otherwise it goes back to the start of the session
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

// A number followed by a blank or the end.
template <class T>
bool take_field(std::string_view& text, T& number) {
  const auto taken = take_number<T>(text);
  if (!taken) return false;
  number = *taken;
  if (text.empty()) return true;
  const bool blank = text.front() == ' ' && text.size() > 1;
  text.remove_prefix(1);
  return blank;
}

}  // namespace

const Status& HighestAccessed::start() {
  if (!started_) {
    started_ = read_start();
    highest_ = kept_ = start_;
    if (!*started_) {
      host_.environment.log_error("LAST: " + started_->error().text);
    }
  }
  return *started_;
}

std::optional<HighestAccessed::State> HighestAccessed::parse(std::string_view text) {
  if (!text.ends_with('\n')) return std::nullopt;
  text.remove_suffix(1);
  State state;
  unsigned version = 0;
  if (!take_field(text, version) || version < 1 || version > 2 ||
      !take_field(text, state.uidvalidity) || text.empty() || !take_field(text, state.uid)) {
    return std::nullopt;
  }
  state.old = version == 1;
  if (text.empty()) return state;
  auto guid = take_field(text, state.count) ? uidl::from_word(text) : std::nullopt;
  if (state.old || !guid || guid->empty()) return std::nullopt;
  state.guid = std::move(*guid);
  return state;
}

Status HighestAccessed::check(std::string_view text) {
  if (parse(text)) return Done{};
  return Error{Failure::permanent, "this is not a state: " + in_quotes(text)};
}

std::string HighestAccessed::print(const State& state) {
  std::string text = "2 " + std::to_string(state.uidvalidity) + ' ' + std::to_string(state.uid);
  if (!state.guid.empty()) {
    text += ' ' + std::to_string(state.count) + ' ' + uidl::as_word(state.guid);
  }
  return text += '\n';
}

Status HighestAccessed::read_start() {
  if (policy_.start == policy::LastStart::session) {
    return Done{};
  }
  if (policy_.start == policy::LastStart::durable) {
    auto loaded = host_.states.load_state(last_state);
    if (!loaded) {
      return loaded.error();
    }
    if (loaded.value()) {
      stored_ = std::move(*loaded.value());
      if (const auto state = parse(stored_)) {
        return start_from(*state);
      }
      outdated_ = true;
      host_.environment.log_error(
          "LAST: " +
          unusable_state(host_.states, last_state, stored_, check(stored_).error()).text);
    }
  }
  // We know nothing about this mailbox. Zero would make every fetchmail download everything again
  // on the day the plugin is turned on.
  start_ = at(host_.maildrop.highest_seen());
  return Done{};
}

Status HighestAccessed::start_from(const State& state) {
  outdated_ = state.old;
  const bool same = state.uidvalidity == host_.maildrop.uidvalidity();
  if (same) start_ = not_above(state.uid);
  if (state.uid == 0 || (same && !renumbered(state))) return Done{};
  // An empty mailbox proves nothing: its messages may come back.
  if (!same && host_.mailbox.mailbox_uids().empty()) return Done{};
  if (state.guid.empty()) {
    start_at_seen("the GUID of the message that LAST pointed to is not known");
    return Done{};
  }
  const Result<Uid> uid = find(state);
  if (!uid && uid.error().kind == Failure::temporary) return uid.error();
  if (!uid || uid.value() == 0) {
    // Under the same UIDVALIDITY, usually everything that was accessed has been removed.
    if (!same) start_at_seen(uid ? "the message that LAST pointed to is gone" : uid.error().text);
    return Done{};
  }
  outdated_ = true;
  start_ = not_above(uid.value());
  if (const MessageNumber number = cautious(start_, state); number < start_.number) {
    host_.environment.log_error(
        "LAST: the mailbox has new UIDs, and the message that LAST pointed to has a higher number "
        "now, so LAST starts at " +
        std::to_string(number) + " instead of " + std::to_string(start_.number) +
        "; some messages may be fetched twice");
    start_ = at(number);
  }
  return Done{};
}

// True if none of the earlier messages has its UID any more.
bool HighestAccessed::renumbered(const State& state) const {
  if (state.guid.empty() || start_.number > 0) return false;
  const std::vector<Uid> uids = host_.mailbox.mailbox_uids();
  return !uids.empty() && uids.front() > state.uid;
}

// 0: there is no such message. For a message and its copies, the lowest UID.
Result<Uid> HighestAccessed::find(const State& state) {
  const std::vector<Uid> uids = host_.mailbox.mailbox_uids();
  const auto guids = host_.mailbox.guids(uids);
  if (!guids) return guids.error();
  for (std::size_t place = 0; place < uids.size(); ++place) {
    if (guids.value()[place] == state.guid) return uids[place];
  }
  return Uid{0};
}

void HighestAccessed::start_at_seen(std::string_view why) {
  outdated_ = true;
  start_ = at(host_.maildrop.highest_seen());
  host_.environment.log_error("LAST: UIDVALIDITY has changed, and " + std::string(why) +
                              ", so LAST starts at the highest message with \\Seen");
}

// The messages may be in a different order. If more of them are at or below the mark than before,
// some of those were never accessed: then LAST is no higher than all that have \Seen.
MessageNumber HighestAccessed::cautious(const Mark& mark, const State& state) const {
  if (mark.number <= state.count) return mark.number;
  MessageNumber number = 0;
  while (number < mark.number && host_.maildrop.has_seen(number + 1)) ++number;
  return number;
}

HighestAccessed::Mark HighestAccessed::at(MessageNumber number) const {
  number = std::min(number, host_.maildrop.message_count());
  const Uid uid = number == 0 ? 0 : host_.maildrop.uid(number);
  return Mark{number, uid, uid};
}

HighestAccessed::Mark HighestAccessed::not_above(Uid uid) const {
  Mark mark = at(highest_not_above(uid));
  mark.uid = uid;
  return mark;
}

/// The highest number such that it and all lower numbers have a UID not above `uid`.
MessageNumber HighestAccessed::highest_not_above(Uid uid) const {
  const MessageNumber count = host_.maildrop.message_count();
  if (!host_.maildrop.numbers_follow_uids()) {
    // If the host sorts differently, the message itself tells. Without it, be cautious: a number
    // that is too low costs a second download, one that is too high costs a message.
    MessageNumber leading = 0;
    for (MessageNumber number = 1; number <= count; ++number) {
      const Uid other = host_.maildrop.uid(number);
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
    if (host_.maildrop.uid(middle) <= uid) {
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

void HighestAccessed::executed(const MessageAccess& access, const Sent& sent) {
  if (sent.octets > 0 && counts(access.kind) && access.number > highest_.number) {
    highest_ = Mark{access.number, access.uid, access.uid};
  }
}

void HighestAccessed::reset() {
  highest_ = semantics_of(policy_.semantics).reset_to_zero ? Mark{} : start_;
  kept_ = start_;
  reset_ = true;
}

void HighestAccessed::delivered(const MessageAccess& access) {
  if (access.number > kept_.number) {
    kept_ = Mark{access.number, access.uid, access.uid};
  }
}

// Two simultaneous sessions each write what they know; the later must not undo what the other's
// client has received.
Result<bool> HighestAccessed::surpassed(const Mark& mark, const std::string& theirs) {
  const auto state = parse(theirs);
  if (!state) return false;
  if (state->uidvalidity == host_.maildrop.uidvalidity()) return state->uid > mark.uid;
  // One of the two began before the UIDs changed.
  if (state->guid.empty()) return false;
  const Result<Uid> uid = find(*state);
  if (!uid) return uid.error().kind == Failure::permanent ? Result<bool>(false) : uid.error();
  // The message arrived after this session had begun.
  return uid.value() == 0 || uid.value() > mark.uid;
}

HighestAccessed::State HighestAccessed::state_of(const Mark& mark, bool before_quit) {
  State state{.old = false,
              .uidvalidity = host_.maildrop.uidvalidity(),
              .uid = mark.uid,
              .count = mark.number,
              .guid = {}};
  Uid message = mark.message;
  if (before_quit) {
    // The deleted messages are about to go.
    state.count = 0;
    message = 0;
    for (MessageNumber number = 1; number <= mark.number; ++number) {
      if (host_.maildrop.deleted(number)) continue;
      ++state.count;
      message = number;
    }
    message = message == 0 ? 0 : host_.maildrop.uid(message);
  }
  if (message == 0) return state;
  auto guids = host_.mailbox.guids({message});
  if (guids && guids.value().front()) {
    state.guid = std::move(*guids.value().front());
  } else if (!guids && (stored_.empty() || outdated_)) {
    host_.environment.log_error(
        "LAST: the message is remembered by UID only, and lost when UIDVALIDITY changes: " +
        guids.error().text);
  }
  return state;
}

const HighestAccessed::Mark& HighestAccessed::what_stays(Ending ending) const noexcept {
  if (ending == Ending::quit || policy_.on_drop == policy::LastOnDrop::all) {
    return highest_;
  }
  return policy_.on_drop == policy::LastOnDrop::nothing ? start_ : kept_;
}

Status HighestAccessed::finish(Ending ending) {
  if (!stores_ || policy_.start != policy::LastStart::durable || !started_ || !started_->ok()) {
    return Done{};
  }
  const Mark& mark = what_stays(ending);
  // A session that accessed nothing leaves the state unchanged.
  const bool untouched = mark.number == start_.number && mark.uid == start_.uid;
  if (untouched && !written_ && !outdated_ && !stored_.empty()) {
    return Done{};
  }
  if (ending == Ending::quit && quit_stored_) {
    return Done{};
  }
  // The host executes QUIT after the first call.
  const bool before_quit = ending == Ending::quit && !quit_;
  quit_ = quit_ || before_quit;
  const std::string mine = print(state_of(mark, before_quit));
  if (mine == stored_) {
    return Done{};
  }
  bool writing = false;
  Status stored = change_state(
      host_.states, last_state,
      [&](const std::optional<std::string>& old) -> Result<std::optional<std::string>> {
        writing = true;
        if (old && *old != stored_ && !reset_) {
          const Result<bool> higher = surpassed(mark, *old);
          if (!higher) return higher.error();
          writing = !higher.value() && *old != mine;
        }
        return writing ? std::optional(mine) : std::nullopt;
      });
  quit_stored_ = stored.ok() && ending == Ending::quit;
  if (stored && writing) {
    stored_ = mine;
    written_ = true;
    outdated_ = false;
  }
  return stored;
}

}  // namespace pop3_legacy
