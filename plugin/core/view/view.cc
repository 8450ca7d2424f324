#include "plugin/core/view/view.h"

#include <algorithm>
#include <utility>

namespace pop3_legacy::view {

namespace {

using policy::DeleteMode;

constexpr std::int64_t seconds_a_day = 86'400;

Error named(const Error& error) {
  return {error.kind, "the state \"" + std::string(hidden_state) + "\": " + error.text};
}

}  // namespace

View::View(Port& port, const policy::Policy& policy, bool remembers, bool stores)
    : port_(port),
      policy_(policy),
      stores_(stores),
      idle_(!remembers && policy.view.newest == 0 && policy.view.days == 0 && !hides_fetched() &&
            !keeps_deleted()) {}

bool View::keeps_deleted() const noexcept {
  return policy_.deletion.mode == DeleteMode::hide ||
         policy_.deletion.mode == DeleteMode::keep_days;
}

std::int64_t View::today() const {
  return port_.now() / seconds_a_day;
}

const Status& View::open() {
  if (!opened_) {
    opened_ = idle_ ? Status(Done{}) : narrow();
    if (!*opened_) {
      port_.log_error("the view: it is not known which messages POP3 may show, so none are: " +
                      opened_->error().text);
    }
  }
  return *opened_;
}

// Of another UIDVALIDITY it says nothing about this mailbox.
Result<Hidden> View::read(const std::optional<std::string>& text) const {
  Hidden none(port_.uidvalidity());
  if (!text) {
    return none;
  }
  auto hidden = Hidden::parse(*text);
  return !hidden || hidden.value().uidvalidity() == port_.uidvalidity() ? std::move(hidden) : none;
}

Status View::narrow() {
  const auto loaded = port_.load_state(hidden_state);
  if (!loaded) {
    return named(loaded.error());
  }
  const auto hidden = read(loaded.value());
  if (!hidden) {
    return named(hidden.error());
  }

  const MessageNumber count = port_.message_count();
  const policy::Policy::Delete& deletion = policy_.deletion;
  std::vector<MessageNumber> numbers;
  std::vector<MessageNumber> fetched;
  numbers.reserve(count);
  for (MessageNumber number = 1; number <= count; ++number) {
    const Uid uid = port_.uid(number);
    const Mark mark = hidden.value().mark(uid);
    if (keeps_state()) {
      mailbox_.push_back(uid);
    }
    if (mark.kind != Mark::Kind::deleted) {
      numbers.push_back(number);
    } else if (deletion.mode == DeleteMode::keep_days && mark.day > 0 &&
               // The day of deletion itself may have been a minute.
               today() - mark.day > static_cast<std::int64_t>(deletion.days)) {
      overdue_.push_back(uid);
    }
    if (mark.kind == Mark::Kind::fetched && hides_fetched()) {
      fetched.push_back(number);
    }
  }
  std::sort(mailbox_.begin(), mailbox_.end());
  if (const std::uint64_t newest = policy_.view.newest; newest > 0 && numbers.size() > newest) {
    numbers.erase(numbers.begin(), numbers.end() - static_cast<std::ptrdiff_t>(newest));
  }
  std::erase_if(numbers, [&](MessageNumber number) {
    return std::binary_search(fetched.begin(), fetched.end(), number);
  });
  if (Status dropped = drop_old(numbers); !dropped) {
    return dropped;
  }
  return numbers.size() < count ? port_.narrow(numbers) : Status(Done{});
}

Status View::drop_old(std::vector<MessageNumber>& numbers) {
  if (policy_.view.days == 0) {
    return Done{};
  }
  const auto received = port_.received(numbers);
  if (!received) {
    return received.error();
  }
  const std::int64_t oldest =
      port_.now() - static_cast<std::int64_t>(policy_.view.days) * seconds_a_day;
  std::vector<MessageNumber> young;
  for (std::size_t place = 0; place < numbers.size(); ++place) {
    // No date: somebody has removed the message meanwhile.
    if (received.value().at(place).value_or(oldest - 1) >= oldest) {
      young.push_back(numbers[place]);
    }
  }
  numbers = std::move(young);
  return Done{};
}

void View::fetched(Uid uid) {
  if (hides_fetched()) {
    fetched_.push_back(uid);
  }
}

void View::reset() {
  fetched_.clear();
  delivered_.clear();
}

void View::delivered(Uid uid) {
  delivered_.push_back(uid);
}

// As what_stays() of HighestAccessed.
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
    for (MessageNumber number = 1; number <= port_.message_count(); ++number) {
      if (port_.deleted(number)) {
        marks[port_.uid(number)] = Mark{Mark::Kind::deleted, for_good ? 0 : today()};
      }
    }
  }
  return marks;
}

Status View::store(const std::map<Uid, Mark>& marks) {
  const Status stored = change_state(
      port_, hidden_state,
      [&](const std::optional<std::string>& old) -> Result<std::optional<std::string>> {
        const auto hidden = read(old);
        if (!hidden) {
          return hidden.error();
        }
        std::string text = hidden.value().with(marks, mailbox_).text();
        return text == old ? std::nullopt : std::optional(std::move(text));
      });
  return stored ? stored : named(stored.error());
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
      port_.forget_deletions();
    }
    if (!overdue_.empty()) {
      return remove_overdue();
    }
  }
  return Done{};
}

// Where it fails, the next session tries again; this one's QUIT need not.
Status View::remove_overdue() {
  if (const Status removed = port_.remove_unseen(overdue_); !removed) {
    port_.log_error("delete.days: messages that were kept long enough cannot be removed: " +
                    removed.error().text);
  }
  return Done{};
}

// The number is a promise about mail that is left on the server, not about what DELE does; so what
// must be true is that nothing else takes it from the client. "0" is the RFC's word for mail that
// goes once it was retrieved. By "newest" a message may go any time, which no number tells: then
// nothing is promised. "USER" belongs before login only, where the policy is not known.
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
