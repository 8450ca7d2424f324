#include "plugin/core/uidl/mailbox_memory.h"

#include "plugin/core/state/state_rules.h"
#include "plugin/core/uidl/lines.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::uint64_t uids_ahead = 1000;  ///< reserved at once, to store less often
constexpr std::size_t list_worth = 32;      ///< messages from which on a list is written
constexpr std::uint32_t large_mailbox = 1000;
constexpr std::size_t spare_lines = 256;  ///< of removed messages that a list may have

}  // namespace

Status MailboxMemory::load() {
  Status loaded = load_states();
  return loaded ? decide() : loaded;
}

Status MailboxMemory::load_states() {
  auto text = maildrop_.load_state(memory_state);
  if (!text) return text.error();
  loaded_ = std::move(text.value());
  text = maildrop_.load_state(pins_state);
  if (!text) return text.error();
  pins_text_ = std::move(text.value());
  open_list();
  if (!list_) {
    if (Status loaded = load_ids(); !loaded) return loaded;
  }
  if (!pins_text_ && memory_.pinned) {
    return refused("the mailbox had imported ids, and the file with them is missing: " +
                   std::string(pins_state));
  }
  changed_ = memory_.pinned != has_pins_;
  memory_.pinned = has_pins_;
  return Done{};
}

// Where the list is as old as the two states, they were read whole when it was made.
void MailboxMemory::open_list() {
  if (!loaded_) return;
  auto file = maildrop_.open_list();
  if (!file) return;
  Result<Memory> head = parse_memory_head(*loaded_);
  if (!head) return;
  memory_ = std::move(head.value());
  before_ = memory_;
  list_ = IdList::open(std::move(file), list_basis());
  if (list_) list_lines_ = list_->size();
  keeps_ = keeps_ids(*loaded_);
  has_pins_ = pins_text_ && has_pins(*pins_text_);
}

Status MailboxMemory::load_ids() {
  if (ids_loaded_) return Done{};
  if (loaded_) {
    Result<Memory> memory = parse_memory(*loaded_);
    if (!memory) return unusable_state(maildrop_, memory_state, *loaded_, memory.error());
    GuidIds kept = std::exchange(memory.value().kept, {});
    if (!list_) memory_ = before_ = std::move(memory.value());
    keeps_ = !kept.empty();
    before_.kept = kept;
    memory_.kept = std::move(kept);
  }
  if (pins_text_) {
    Result<GuidIds> pins = parse_pins(*pins_text_);
    if (!pins) return unusable_state(maildrop_, pins_state, *pins_text_, pins.error());
    pins_ = std::move(pins.value());
    has_pins_ = !pins_.empty();
  }
  ids_loaded_ = true;
  return Done{};
}

Status MailboxMemory::forget_list() {
  Status loaded = load_ids();
  list_.reset();
  list_lines_ = 0;
  return loaded;
}

// Everything that an id was made from, besides the message: it has to be the same.
ListBasis MailboxMemory::list_basis() const {
  const auto mark = [](const std::optional<std::string>& text) {
    return text ? std::to_string(text->size()) + ':' + std::to_string(crc32(*text))
                : std::string("none");
  };
  return {.text = std::to_string(maildrop_.uidvalidity()) + ' ' + mark(loaded_) + ' ' +
                  mark(pins_text_) + revisions_of(memory_.plan),
          .uid_next = maildrop_.uid_next()};
}

Status MailboxMemory::decide() {
  const Plan wanted = bare_plan(wanted_.plan);
  if (!wanted_known_) {
    if (memory_.given) return Done{};
    return refused("the policy that decides the ids cannot be read");
  }
  if (!memory_.given) {
    if (!wanted.host()) {
      return take_over(wanted);
    }
    if (maildrop_.serves_client() && maildrop_.message_count() > 0) {
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
  return take_over(wanted);
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

Status MailboxMemory::take_over(const Plan& plan) {
  if (Status loaded = forget_list(); !loaded) return loaded;
  memory_.plan = plan;
  memory_.max_length = static_cast<std::size_t>(wanted_.max_length);
  memory_.given = true;
  memory_.dovecot_last = false;
  memory_.key_mark.clear();
  memory_.owner.clear();
  memory_.kept.clear();
  keeps_ = false;
  changed_ = true;
  took_over_ = true;
  first_use_ = !plan.host();
  return Done{};
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
    if (Status loaded = forget_list(); !loaded) return loaded;
    memory_.kept.clear();
    keeps_ = false;
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
  const std::uint32_t messages = maildrop_.message_count();
  if (messages == 0) return;
  const UidValidity validity = maildrop_.uidvalidity();
  UidCount count = memory_.count.value_or(UidCount{.validity = validity});
  if (count.validity != validity) {
    say(LogLevel::warning, "UIDVALIDITY has changed, and ids by " + plan_words(memory_.plan) +
                               " with it: they continue from " +
                               std::to_string(count.reserved + 1) +
                               ", so clients download the mail once more and miss nothing");
    count = {.validity = validity, .offset = count.reserved, .reserved = count.reserved};
  }
  formulas.count_from(count.offset);
  const std::uint64_t highest = count.offset + maildrop_.uid(messages - 1);
  if (highest > count.reserved) {
    count.reserved = highest + uids_ahead;
    memory_.count = count;
    changed_ = true;
  }
}

void MailboxMemory::keep(const std::string& key, const std::string& id) {
  memory_.kept.insert_or_assign(key, id);
  keeps_ = true;
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
  bool is_stored = loaded_.has_value();
  if (changed_) {
    if (const Status loaded = load_ids(); !loaded) return loaded.error();
    std::string text = memory_text(memory_);
    Result<bool> stored = maildrop_.exchange_state(memory_state, loaded_, text);
    if (!stored && !only_marked_) return stored;
    if (stored && !stored.value()) return false;
    is_stored = stored.ok();
    if (!stored && stored.error().kind != Failure::permanent) {
      say(LogLevel::warning,
          "the mailbox's use of the host's ids could not be stored: " + stored.error().text);
    }
    loaded_ = std::move(text);
  }
  keeps_list_ = is_stored && maildrop_.serves_client();
  for (const Event& event : said_) maildrop_.report(event);
  return true;
}

// A list costs as much to write as some ids cost to find out again.
void MailboxMemory::keep_list(Ids& ids, std::size_t unlisted) {
  const std::uint32_t messages = maildrop_.message_count();
  const bool many_new = unlisted >= list_worth + messages / 64;
  const bool outdated =
      list_lines_ > 0 && (changed_ || list_lines_ > 2 * std::size_t{messages} + spare_lines);
  if (!keeps_list_ || (!many_new && !outdated)) return;
  std::vector<Uid> uids;
  uids.reserve(messages);
  for (std::uint32_t place = 0; place < messages; ++place) uids.push_back(maildrop_.uid(place));
  maildrop_.keep_list(id_list_text(list_basis(), ids, uids));
}

// This list is one line. Without it, Dovecot has to read its list of the Maildir's files.
void MailboxMemory::keep_formed_list(Uid formed_to, std::size_t unlisted) {
  const bool worth = unlisted >= list_worth || maildrop_.message_count() >= large_mailbox;
  if (!keeps_list_ || !worth || (unlisted == 0 && !changed_)) return;
  maildrop_.keep_list(formed_list_text(list_basis(), formed_to));
}

}  // namespace pop3_legacy::uidl
