#include "plugin/core/tracking/view.h"

#include <algorithm>
#include <utility>

#include "plugin/core/state/state_rules.h"
#include "plugin/core/uidl/guid_ids.h"

namespace pop3_legacy::view {

namespace {

using policy::DeleteMode;

constexpr std::int64_t seconds_a_day = 86'400;

}  // namespace

View::View(const host::Host& host, const policy::Policy& policy, bool remembers, bool stores)
    : host_(host),
      policy_(policy),
      stores_(stores),
      idle_(!remembers && policy.view.newest == 0 && policy.view.days == 0 && !hides_fetched() &&
            !keeps_deleted()) {}

bool View::keeps_deleted() const noexcept {
  return policy_.deletion.mode == DeleteMode::hide ||
         policy_.deletion.mode == DeleteMode::keep_days;
}

std::int64_t View::today() const {
  return host_.environment.now() / seconds_a_day;
}

Status View::try_to_open() {
  Status opened = idle_ ? Status(Done{}) : narrow();
  if (!opened) {
    host_.environment.log_error(
        "the view: which messages POP3 may show is not known, so none are shown: " +
        opened.error().text);
  }
  return opened;
}

Error View::damaged(std::string_view text, const Error& why) const {
  return unusable_state(host_.states, hidden_state, text, why);
}

// Asks the host for those not known yet. False: the host has no GUIDs, which is not a failure.
Result<bool> View::learn_guids(const std::vector<Uid>& uids) {
  std::vector<Uid> unknown;
  for (const Uid uid : uids) {
    if (!guids_.contains(uid)) unknown.push_back(uid);
  }
  if (unknown.empty()) return true;
  auto found = host_.mailbox.guids(unknown);
  if (!found && found.error().kind == Failure::permanent) {
    no_guids_ = found.error().text;
    return false;
  }
  if (!found) return found.error();
  for (std::size_t place = 0; place < unknown.size(); ++place) {
    if (auto& guid = found.value()[place]) guids_.emplace(unknown[place], uidl::as_word(*guid));
  }
  return true;
}

// What is hidden in this mailbox. GUIDs are only read if its UIDs are not those of the state.
Result<Hidden> View::read() {
  constexpr std::size_t enough_for_runs = std::size_t{64} * 1024;
  auto front = host_.states.load_state_front(hidden_state, enough_for_runs);
  if (!front) return front.error();
  if (!front.value()) return Hidden(host_.maildrop.uidvalidity());
  std::string& text = front.value()->text;
  const std::size_t octets = front.value()->octets;
  if (Hidden::has_runs(text) || text.size() == octets) {
    auto runs = Hidden::parse_runs(text, octets);
    if (!runs) return damaged(text, runs.error());
    if (runs.value().fits(host_.maildrop.uidvalidity(), mailbox_)) {
      found_ = host_.maildrop.uidvalidity();
      return runs;
    }
  }
  const auto loaded = host_.states.load_state(hidden_state);
  if (!loaded) return loaded.error();
  return loaded.value() ? read_all(*loaded.value()) : Hidden(host_.maildrop.uidvalidity());
}

Result<Hidden> View::read_all(const std::string& text) {
  std::optional<Error> damage;
  auto hidden = Hidden::parse(text, damage);
  if (!hidden) return damaged(text, hidden.error());
  found_ = hidden.value().uidvalidity();
  if (hidden.value().fits(host_.maildrop.uidvalidity(), mailbox_)) return hidden;
  if (damage) return damaged(text, *damage);
  auto made = translated(hidden.value());
  if (made) keep_translated(text, hidden.value(), made.value());
  return made;
}

Result<Hidden> View::translated(const Hidden& hidden) {
  const bool same = hidden.uidvalidity() == host_.maildrop.uidvalidity();
  const auto known = learn_guids(hidden.to_ask(host_.maildrop.uidvalidity(), mailbox_));
  if (!known) return known.error();
  if (!same && !told_ && (!known.value() || hidden.marks_without_guid())) {
    told_ = true;
    host_.environment.log_error("the view: UIDVALIDITY has changed, and " +
                                (known.value() ? host_.states.place_of(hidden_state) +
                                                     " lacks the GUIDs of some hidden messages"
                                               : no_guids_) +
                                ", so hidden messages without a GUID are shown again");
  }
  Hidden made = hidden.translated(host_.maildrop.uidvalidity(), mailbox_, guids_, today());
  made.add_guids(guids_);
  return made;
}

// The state has another UIDVALIDITY than the mailbox had when this session began: another session
// has begun since, or one from before is still running. Marks by GUID work for both.
Result<std::string> View::with_marks(const std::string& old, const std::map<Uid, Mark>& marks) {
  std::optional<Error> damage;
  auto parsed = Hidden::parse(old, damage);
  if (!parsed) return damaged(old, parsed.error());
  Hidden& hidden = parsed.value();
  const bool fits = hidden.fits(host_.maildrop.uidvalidity(), mailbox_);
  if (damage && !fits) return damaged(old, *damage);
  const bool taken_over =
      hidden.uidvalidity() == host_.maildrop.uidvalidity() || hidden.uidvalidity() == found_;
  if (!taken_over) {
    std::vector<Uid> uids;
    uids.reserve(marks.size());
    for (const auto& [uid, mark] : marks) uids.push_back(uid);
    const auto known = learn_guids(uids);
    if (!known) return known.error();
    if (known.value()) return hidden.with_lost(marks, guids_, today()).text();
  }
  if (damage) {
    host_.environment.log_error("the view: " + host_.states.place_of(hidden_state) + ": " +
                                damage->text + "; the file is written anew");
  }
  if (!fits) {
    auto made = translated(hidden);
    if (!made) return made.error();
    hidden = std::move(made.value());
  }
  return with_guids(hidden, marks);
}

// A message whose GUID cannot be determined now gets it the next time the state is stored.
std::string View::with_guids(const Hidden& hidden, const std::map<Uid, Mark>& marks) {
  Hidden made = hidden.with(marks, mailbox_, today());
  const auto known = learn_guids(made.without_guid(mailbox_));
  if (!known || (!known.value() && hidden.of_version_1() && !told_)) {
    told_ = true;
    host_.environment.log_error(
        "the view: hidden messages are remembered by UID only, and shown again when UIDVALIDITY "
        "changes: " +
        (known ? no_guids_ : known.error().text));
  }
  made.add_guids(guids_);
  return made.text();
}

Status View::narrow() {
  if (host_.narrowing == nullptr) {
    return Error{Failure::permanent, "this host shows the whole mailbox"};
  }
  const MessageNumber count = host_.maildrop.message_count();
  mailbox_.reserve(count);
  for (MessageNumber number = 1; number <= count; ++number)
    mailbox_.push_back(host_.maildrop.uid(number));
  std::sort(mailbox_.begin(), mailbox_.end());
  const auto hidden = read();
  if (!hidden) {
    return hidden.error();
  }

  const policy::Policy::Delete& deletion = policy_.deletion;
  std::vector<MessageNumber> numbers;
  std::vector<MessageNumber> fetched;
  numbers.reserve(count);
  for (MessageNumber number = 1; number <= count; ++number) {
    const Uid uid = host_.maildrop.uid(number);
    const Mark mark = hidden.value().mark(uid);
    if (mark.kind != Mark::Kind::deleted) {
      numbers.push_back(number);
    } else if (deletion.mode == DeleteMode::keep_days && mark.day > 0 &&
               // Deletion may have happened in the last minute of its day.
               today() - mark.day > static_cast<std::int64_t>(deletion.days)) {
      overdue_.push_back(uid);
    }
    if (mark.kind == Mark::Kind::fetched && hides_fetched()) {
      fetched.push_back(number);
    }
  }
  if (const std::uint64_t newest = policy_.view.newest; newest > 0 && numbers.size() > newest) {
    numbers.erase(numbers.begin(), numbers.end() - static_cast<std::ptrdiff_t>(newest));
  }
  std::erase_if(numbers, [&](MessageNumber number) {
    return std::binary_search(fetched.begin(), fetched.end(), number);
  });
  if (Status dropped = drop_old(numbers); !dropped) {
    return dropped;
  }
  return numbers.size() < count ? host_.narrowing->narrow(numbers) : Status(Done{});
}

// Otherwise every login would read the GUIDs again. If another session was faster, it has done
// this.
void View::keep_translated(const std::string& text, const Hidden& old, const Hidden& made) {
  const bool same = found_ == host_.maildrop.uidvalidity();
  // Marks stored only by UID are not discarded until there is something to store.
  if (!stores_ || (!same && old.marks_without_guid())) return;
  // Messages were removed and others have arrived: that is stored with the next marks.
  if (same && keeps_state() && !made.marks_more_than(old, mailbox_)) return;
  const auto stored = host_.states.exchange_state(hidden_state, text, made.text());
  if (!stored) {
    host_.environment.log_error(
        "the view: hidden messages could not be stored with the mailbox's new UIDs: " +
        stored.error().text);
  }
}

Status View::drop_old(std::vector<MessageNumber>& numbers) const {
  if (policy_.view.days == 0) {
    return Done{};
  }
  const auto received = host_.narrowing->received(numbers);
  if (!received) {
    return received.error();
  }
  const std::int64_t oldest =
      host_.environment.now() - static_cast<std::int64_t>(policy_.view.days) * seconds_a_day;
  std::vector<MessageNumber> young;
  for (std::size_t place = 0; place < numbers.size(); ++place) {
    // No date: somebody has removed the message in the meantime.
    if (received.value().at(place).value_or(oldest - 1) >= oldest) {
      young.push_back(numbers[place]);
    }
  }
  numbers = std::move(young);
  return Done{};
}

bool View::minds(const MessageAccess& access) const {
  return hides_fetched() && access.as_it_is && access.extent == Extent::whole &&
         (access.kind == Access::retrieve || access.kind == Access::top);
}

void View::executed(const MessageAccess& access, const Sent& sent) {
  if (sent.octets > 0) fetched_.push_back(access.uid);
}

void View::reset() {
  fetched_.clear();
  delivered_.clear();
}

void View::delivered(const MessageAccess& access) {
  delivered_.push_back(access.uid);
}

// Same rule as what_stays() of HighestAccessed.
std::map<Uid, Mark> View::marks(Ending ending) const {
  const policy::LastOnDrop on_drop = policy_.last.on_drop;
  std::map<Uid, Mark> marks;
  const auto add = [&](const std::vector<Uid>& uids) {
    for (const Uid uid : uids) {
      marks[uid] = Mark{Mark::Kind::fetched, 0};
    }
  };
  if (ending == Ending::quit || on_drop != policy::LastOnDrop::nothing) {
    add(delivered_);
  }
  if (ending == Ending::quit || on_drop == policy::LastOnDrop::all) {
    add(fetched_);
  }
  if (ending == Ending::quit && keeps_deleted()) {
    const bool for_good = policy_.deletion.mode == DeleteMode::hide;
    for (MessageNumber number = 1; number <= host_.maildrop.message_count(); ++number) {
      if (host_.maildrop.deleted(number)) {
        marks[host_.maildrop.uid(number)] = Mark{Mark::Kind::deleted, for_good ? 0 : today()};
      }
    }
  }
  return marks;
}

Status View::store(const std::map<Uid, Mark>& marks) {
  return change_state(
      host_.states, hidden_state,
      [&](const std::optional<std::string>& old) -> Result<std::optional<std::string>> {
        auto text =
            old ? with_marks(*old, marks)
                : Result<std::string>(with_guids(Hidden(host_.maildrop.uidvalidity()), marks));
        if (!text) return text.error();
        return text.value() == old ? std::nullopt : std::optional(std::move(text.value()));
      });
}

Status View::finish(Ending ending) {
  if (!keeps_state() || !opened_ || !opened_->ok()) {
    return Done{};
  }
  if (const auto changes = marks(ending); !changes.empty()) {
    if (Status stored = store(changes); !stored) {
      return stored;
    }
  }
  if (ending == Ending::quit) {
    if (keeps_deleted()) {
      host_.narrowing->forget_deletions();
    }
    if (!overdue_.empty()) {
      return remove_overdue();
    }
  }
  return Done{};
}

// If it fails, the next session tries again; this one's QUIT goes ahead.
Status View::remove_overdue() {
  if (const Status removed = host_.narrowing->remove_unseen(overdue_); !removed) {
    host_.environment.log_error(
        "delete.days: deleted messages whose days are over could not be removed: " +
        removed.error().text);
  }
  return Done{};
}

// The number is a promise about mail left on the server, not about DELE: it must be true that
// nothing else takes the mail from the client. "0" is the RFC's value for mail that goes once it
// was retrieved. Under "newest" a message may go at any time, which no number expresses, so nothing
// is promised. "USER" is only for before login, when the policy is not known.
std::string expire_capability(const policy::Policy& policy) {
  if (policy.view.hide_fetched) {
    return "EXPIRE 0";
  }
  if (policy.view.newest > 0) {
    return {};
  }
  if (policy.view.days > 0) {
    return "EXPIRE " + std::to_string(policy.view.days);
  }
  return policy.deletion.mode == DeleteMode::allow ? std::string() : "EXPIRE NEVER";
}

}  // namespace pop3_legacy::view
