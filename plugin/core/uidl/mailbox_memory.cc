#include "plugin/core/uidl/mailbox_memory.h"

#include "plugin/core/state/state_rules.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::uint64_t uids_ahead = 1000;  ///< reserved at once, to store less often

}  // namespace

Status MailboxMemory::load() {
  Status loaded = load_states();
  return loaded ? decide() : loaded;
}

Status MailboxMemory::load_states() {
  auto text = maildrop_.load_state(memory_state);
  if (!text) return text.error();
  loaded_ = text.value();
  if (text.value()) {
    Result<Memory> memory = parse_memory(*text.value());
    if (!memory) return unusable_state(maildrop_, memory_state, *text.value(), memory.error());
    memory_ = std::move(memory.value());
    before_ = memory_;
  }
  text = maildrop_.load_state(pins_state);
  if (!text) return text.error();
  if (text.value()) {
    Result<GuidIds> pins = parse_pins(*text.value());
    if (!pins) return unusable_state(maildrop_, pins_state, *text.value(), pins.error());
    pins_ = std::move(pins.value());
  } else if (memory_.pinned) {
    return refused("the mailbox had imported ids, and the file with them is missing: " +
                   std::string(pins_state));
  }
  changed_ = memory_.pinned != !pins_.empty();
  memory_.pinned = !pins_.empty();
  return Done{};
}

Status MailboxMemory::decide() {
  const Plan wanted = bare_plan(wanted_.plan);
  if (!wanted_known_) {
    if (memory_.given) return Done{};
    return refused("the policy that decides the ids cannot be read");
  }
  if (!memory_.given) {
    if (!wanted.host()) {
      take_over(wanted);
    } else if (maildrop_.serves_client() && maildrop_.message_count() > 0) {
      only_marked_ = !changed_;
      memory_.given = changed_ = true;
    }
    return Done{};
  }
  if (has_plan(memory_, wanted) && same_length()) {
    changed_ = changed_ || memory_.plan.key_file != wanted.key_file;
    memory_.plan.key_file = wanted.key_file;
    return Done{};
  }
  return change_to(wanted);
}

// A mailbox that was in use before this could be chosen keeps its own length.
bool MailboxMemory::same_length() const {
  return !memory_.max_length || *memory_.max_length == wanted_.max_length;
}

Status MailboxMemory::change_to(const Plan& wanted) {
  const auto words = [this](const Plan& plan, std::uint64_t longest) {
    return plan_words(plan) +
           (same_length() ? "" : ", at most " + std::to_string(longest) + " octets");
  };
  const std::string difference = "the policy asks for " + words(wanted, wanted_.max_length) +
                                 ", and the mailbox's ids are by " +
                                 words(memory_.plan, longest_identifier(memory_));
  switch (wanted_.on_change) {
    case OnChange::keep:
      say(LogLevel::info, difference + "; they stay as they are (uidl.on_change = \"keep\")");
      return Done{};
    case OnChange::refuse:
      return refused(difference + " (uidl.on_change = \"refuse\")");
    case OnChange::switch_over:
      break;
  }
  if (maildrop_.serves_client()) {
    say_plan(LogLevel::warning, difference + "; they are changed now (uidl.on_change = \"switch\")",
             wanted);
  }
  take_over(wanted);
  return Done{};
}

// A change is counted once, when it is decided, and a first plan when its ids are there.
void MailboxMemory::say_plan(LogLevel level, std::string sentence, const Plan& plan) {
  const bool first = !before_.given;
  const bool counted = first || !took_over_;
  say({.level = level,
       .text = std::move(sentence),
       .name = counted ? "pop3_legacy_uidl_scheme_changed" : nullptr,
       .fields = {{"scheme", plan_words(plan)},
                  {"previous", first ? "none" : plan_words(before_.plan)}}});
}

void MailboxMemory::take_over(const Plan& plan) {
  memory_.plan = plan;
  memory_.max_length = static_cast<std::size_t>(wanted_.max_length);
  memory_.given = true;
  memory_.dovecot_last = false;
  memory_.key_mark.clear();
  memory_.owner.clear();
  memory_.kept.clear();
  changed_ = true;
  took_over_ = true;
  first_use_ = !plan.host();
}

Result<PlanFormulas> MailboxMemory::formulas() {
  Result<PlanFormulas> made = PlanFormulas::make(maildrop_, memory_.plan, memory_.dovecot_last);
  if (!made) return made;
  made.value().limit_to(longest_identifier(memory_));
  if (const Status same = check_key(made.value()); !same) return same.error();
  check_owner(made.value());
  count_on(made.value());
  return made;
}

Status MailboxMemory::check_key(PlanFormulas& formulas) {
  Result<std::string> mark = formulas.key_mark();
  if (!mark) return mark.error();
  if (mark.value() == memory_.key_mark) return Done{};
  if (!memory_.key_mark.empty()) {
    if (!wanted_known_ || wanted_.on_change != OnChange::switch_over) {
      return refused(memory_.plan.key_file +
                     ": this is not the key that the mailbox's ids were made with");
    }
    say(LogLevel::warning,
        memory_.plan.key_file +
            ": the key has changed, and the ids with it (uidl.on_change = \"switch\")");
    memory_.kept.clear();
  }
  memory_.key_mark = std::move(mark.value());
  changed_ = true;
  return Done{};
}

void MailboxMemory::check_owner(PlanFormulas& formulas) {
  if (!formulas.keyed()) return;
  for (std::uint32_t place = 0; memory_.owner.empty() && place < maildrop_.message_count();
       ++place) {
    const Result<Facts*> facts = maildrop_.message(place);
    if (!facts) continue;
    memory_.owner = facts.value()->user();
    changed_ = true;
  }
  formulas.tie_to(memory_.owner);
}

// Called before any id is given. Numbers continue if UIDVALIDITY has changed.
void MailboxMemory::count_on(PlanFormulas& formulas) {
  if (!formulas.counts_uids()) return;
  std::uint32_t behind = maildrop_.message_count();
  Result<Facts*> last = Error{};
  while (!last && behind > 0) last = maildrop_.message(--behind);
  if (!last) return;  // no message has an id
  const UidValidity validity = last.value()->uidvalidity();
  UidCount count = memory_.count.value_or(UidCount{.validity = validity});
  if (count.validity != validity) {
    say(LogLevel::warning, "UIDVALIDITY has changed, and ids by " + plan_words(memory_.plan) +
                               " with it: they continue from " +
                               std::to_string(count.reserved + 1) +
                               ", so clients download the mail once more and miss nothing");
    count = {.validity = validity, .offset = count.reserved, .reserved = count.reserved};
  }
  formulas.count_from(count.offset);
  const std::uint64_t highest = count.offset + last.value()->uid();
  if (highest > count.reserved) {
    count.reserved = highest + uids_ahead;
    memory_.count = count;
    changed_ = true;
  }
}

void MailboxMemory::keep(const std::string& key, const std::string& id) {
  memory_.kept.insert_or_assign(key, id);
  changed_ = true;
  only_marked_ = false;
}

void MailboxMemory::finish() {
  if (!took_over_ || maildrop_.serves_client()) return;
  const bool pinned = memory_.pinned;
  memory_ = before_;
  memory_.pinned = pinned;
  changed_ = pinned != before_.pinned;
}

Result<bool> MailboxMemory::store() {
  if (changed_) {
    Result<bool> stored = maildrop_.exchange_state(memory_state, loaded_, memory_text(memory_));
    if (!stored && !only_marked_) return stored;
    if (stored && !stored.value()) return false;
    if (!stored && stored.error().kind != Failure::permanent) {
      say(LogLevel::warning,
          "the mailbox's use of the host's ids could not be stored: " + stored.error().text);
    }
  }
  for (const Event& event : said_) maildrop_.report(event);
  return true;
}

}  // namespace pop3_legacy::uidl
