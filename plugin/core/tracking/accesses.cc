#include "plugin/core/tracking/accesses.h"

#include <algorithm>
#include <string>
#include <utility>

#include "plugin/core/base/number.h"
#include "plugin/core/protocol/command_line.h"

namespace pop3_legacy {

namespace {

policy::Policy::Last on_board(policy::Policy::Last last) {
  last.start = policy::LastStart::session;
  return last;
}

Delivery::Kind kind_of(Access kind) noexcept {
  switch (kind) {
    case Access::retrieve:
    case Access::top:
      return Delivery::Kind::retrieval;
    case Access::remove:
      return Delivery::Kind::deletion;
    default:
      return Delivery::Kind::other;
  }
}

bool transfers(Access kind) noexcept {
  return kind == Access::retrieve || kind == Access::top;
}

// fetchmail sends TOP with as many lines as the message has octets when it keeps mail on the
// server. A TOP that the host will refuse sends nothing.
Extent extent_of_top(std::string_view arguments, std::uint64_t octets) {
  (void)take_word(arguments);
  const auto lines = whole_number<std::uint64_t>(arguments);
  return lines ? extent_of(*lines, octets) : Extent::header;
}

}  // namespace

Accesses::Accesses(const host::Host& host, const policy::Policy& policy, Options options)
    : host_(host),
      board_last_(on_board(policy.last)),
      last_(std::in_place, host, policy.last, options.stores),
      view_(host, policy, options.remembers_hidden, options.stores),
      pace_(host, policy.pace) {
  if (view_.keeps_state()) trackers_.push_back(&view_);
  if (options.last) trackers_.push_back(&*last_);
  if (pace_.counts(Access::retrieve)) trackers_.push_back(&pace_);
}

void Accesses::leave_own_maildrop() {
  with_host_.clear();
  delivery_.forget();
  std::erase(trackers_, &view_);
  last_.emplace(host_, board_last_);
}

MessageAccess Accesses::of(Access kind, MessageNumber number, Extent extent) const {
  return {.kind = kind,
          .number = number,
          .uid = host_.maildrop.uid(number),
          .octets = transfers(kind) ? host_.maildrop.octets(number) : 0,
          .extent = extent};
}

// No value: the host will answer that there is no such message.
std::optional<MessageAccess> Accesses::read(Access kind, std::string_view arguments) const {
  const auto number = parse_message_number(arguments, kind == Access::top);
  if (!number || *number == 0 || *number > host_.maildrop.message_count()) return std::nullopt;
  MessageAccess access = of(kind, *number, Extent::whole);
  if (kind == Access::top) access.extent = extent_of_top(arguments, access.octets);
  return access;
}

std::optional<MessageAccess> Accesses::may_refuse(Access kind, std::string_view arguments) const {
  return kind != Access::none && refusable(kind) ? read(kind, arguments) : std::nullopt;
}

// A tracker may refuse such a command, depending on the message.
bool Accesses::refusable(Access kind) const noexcept {
  return std::any_of(trackers_.begin(), trackers_.end(),
                     [kind](const Tracker* tracker) { return tracker->may_refuse(kind); });
}

std::optional<std::string> Accesses::begin(const MessageAccess& access) {
  for (Tracker* const tracker : trackers_) {
    if (!tracker->minds(access)) continue;
    if (auto refusal = tracker->refusal(access)) return refusal;
  }
  return std::nullopt;
}

// The UID is looked up now, because the numbers are no longer valid when the host executes QUIT.
bool Accesses::given_to_host(Access kind, std::string_view arguments, std::uint64_t end) {
  if (kind == Access::none) return false;
  if (kind == Access::reset) {
    bool ready = false;
    for (Tracker* const tracker : trackers_) ready = tracker->ready() || ready;
    if (ready) with_host_.push_back({{.kind = kind}, end, delivery_.place()});
    return false;
  }
  if (!transfers(kind) && kind != Access::remove) return false;
  const auto access = read(kind, arguments);
  bool minded = false;
  // All are asked, because every RETR sets \Seen, which is where LAST may start.
  for (Tracker* const tracker : trackers_) {
    minded = (tracker->ready() && access && tracker->minds(*access)) || minded;
  }
  if (!minded) return false;
  with_host_.push_back({*access, end, delivery_.place()});
  return transfers(kind) && refusable(kind);
}

bool Accesses::begins(std::uint64_t offset) {
  if (with_host_.empty() || offset == 0) return false;
  executed_lines(offset - 1);
  if (with_host_.empty() || with_host_.front().end != offset) return false;
  WithHost& begun = with_host_.front();
  if (!transfers(begun.access.kind)) return false;
  begun.octets_before = host_.connection.octets_sent(begun.access.kind);
  return true;
}

void Accesses::executed_lines(std::uint64_t offset) {
  while (!with_host_.empty() && with_host_.front().end <= offset) {
    const WithHost first = with_host_.front();
    with_host_.pop_front();
    const Access kind = first.access.kind;
    if (kind == Access::reset) {
      reset();
    } else if (transfers(kind)) {
      const std::uint64_t octets =
          first.octets_before ? host_.connection.octets_sent(kind) - *first.octets_before : 0;
      done(first.access, {.octets = octets}, first.place);
    } else {
      // A DELE succeeds for every existing message; repeating it changes nothing here.
      done(first.access, {.octets = 1}, first.place);
    }
  }
}

void Accesses::done(const MessageAccess& access, const Sent& sent) {
  done(access, sent, delivery_.place());
}

void Accesses::done(const MessageAccess& access, const Sent& sent, const Delivery::Place& place) {
  bool to_deliver = false;
  for (Tracker* const tracker : trackers_) {
    // One that failed starts nothing, but ends what was begun.
    if ((sent.octets > 0 && !tracker->ready()) || !tracker->minds(access)) continue;
    tracker->executed(access, sent);
    to_deliver = to_deliver || (sent.octets > 0 && tracker->minds_delivery(access));
  }
  if (to_deliver) delivery_.sent(access, place);
}

void Accesses::before_seen() {
  for (Tracker* const tracker : trackers_) (void)tracker->ready();
}

void Accesses::reset() {
  for (Tracker* const tracker : trackers_) tracker->reset();
  delivery_.forget();
}

bool Accesses::minds_delivery() const noexcept {
  const MessageAccess any{.kind = Access::retrieve, .extent = Extent::whole};
  return std::any_of(trackers_.begin(), trackers_.end(),
                     [&](const Tracker* tracker) { return tracker->minds_delivery(any); });
}

// Asks the host only if the answer matters.
void Accesses::heard_one(Access kind, std::size_t begin, std::size_t end) {
  delivery_.heard(taken_ + begin, taken_ + end, kind_of(kind));
  if (delivery_.proved() == nullptr || !host_.connection.output_acknowledged()) return;
  while (const MessageAccess* const access = delivery_.proved()) {
    for (Tracker* const tracker : trackers_) {
      if (tracker->minds_delivery(*access)) tracker->delivered(*access);
    }
    delivery_.pop();
  }
}

Status Accesses::settle(bool may_wait) {
  for (Tracker* const tracker : trackers_) {
    Status stored = tracker->finish(Ending::quit);
    if (stored) continue;
    const bool waits = may_wait && stored.error().kind == Failure::locked;
    if (waits || tracker->holds_quit()) return stored;
    tell(*tracker, stored);
  }
  return Done{};
}

void Accesses::finish(Ending ending) {
  for (Tracker* const tracker : trackers_) {
    // It is already settled for QUIT, after which the numbers are no longer valid.
    if (tracker->holds_quit() && (quit_ || ending == Ending::quit)) continue;
    if (const Status stored = tracker->finish(ending); !stored) tell(*tracker, stored);
  }
}

void Accesses::tell(const Tracker& tracker, const Status& stored) {
  if (!tracker.holds_quit() && std::exchange(told_, true)) return;
  host_.environment.log_error(std::string(tracker.not_stored()) + stored.error().text);
}

}  // namespace pop3_legacy
