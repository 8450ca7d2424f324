#include "plugin/core/uidl/assignment.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "plugin/core/text.h"
#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/identifier.h"
#include "plugin/core/uidl/memory.h"
#include "plugin/core/uidl/notation.h"
#include "plugin/core/uidl/schemes.h"
#include "plugin/core/uidl/template.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::string_view last_resort = "dovecot";
constexpr std::size_t spare_kept = 1000;  ///< ids of removed messages, before they are forgotten
constexpr std::size_t suffix_octets = 5;  ///< of a GUID's hash, two digits each

Error permanent(std::string why) {
  return {Failure::permanent, std::move(why)};
}

// The plan without what none of its schemes uses, so that it compares equal.
policy::UidlPlan bare(policy::UidlPlan plan) {
  if (!plan.uses("template")) plan.form.clear();
  if (!plan.uses("hmac-sha256")) plan.key_file.clear();
  return plan;
}

/// One chain of schemes, as rows.
struct Chain {
  std::int64_t before = 0;  ///< of a cutover
  std::vector<const Scheme*> schemes;
};

struct RawName {
  std::optional<std::string> id;  ///< no value: the chain has none
  bool may_change = false;        ///< when computed again some day
};

/// A plan ready for use.
class Formulas {
 public:
  static Result<Formulas> make(Maildrop& maildrop, const policy::UidlPlan& plan) {
    Formulas made(maildrop);
    for (const auto& cutover : plan.cutovers) {
      made.cutovers_.push_back({cutover.before, rows(cutover.chain)});
    }
    made.chain_ = {0, rows(plan.chain)};
    if (plan.uses("template")) {
      Result<Template> form = Template::parse(plan.form);
      if (!form) return form.error();
      made.form_ = std::move(form.value());
      made.form_may_change_ = plan.form.find("{received") != std::string::npos;
    }
    if (plan.uses("hmac-sha256")) {
      Result<std::string> key = maildrop.read_key(plan.key_file);
      if (!key) return key.error();
      made.key_ = std::move(key.value());
    }
    return made;
  }

  /// Recognizes the key; empty without one.
  Result<std::string> key_mark() {
    if (key_.empty()) return std::string();
    const Result<Hasher*> hasher = maildrop_->hasher();
    if (!hasher) return hasher.error();
    const auto digest = hasher.value()->hmac_sha256(key_, "dovecot-pop3-legacy key mark");
    if (!digest) return digest.error();
    return hex(std::span(digest.value()).first(8));
  }

  /// The raw id of the message that the maildrop is at.
  Result<RawName> name(Facts& facts) {
    const Chain* chain = &chain_;
    RawName named;
    // A received date may change on either side of a cutover.
    named.may_change = !cutovers_.empty();
    if (!cutovers_.empty()) {
      const Result<std::int64_t> received = facts.received();
      if (!received) return received.error();
      const auto cutover = std::find_if(cutovers_.begin(), cutovers_.end(), [&](const Chain& c) {
        return received.value() < c.before;
      });
      if (cutover != cutovers_.end()) chain = &*cutover;
    }
    for (const Scheme* scheme : chain->schemes) {
      // The old file may go, and one that has no number for the message may yet come back; an
      // envelope line goes with the mbox, one day.
      named.may_change = named.may_change || scheme->needs == Needs::old_file ||
                         scheme->needs >= Needs::envelope ||
                         (form_may_change_ && scheme->name == "template");
      Result<std::optional<std::string>> id = by(*scheme, facts);
      if (!id) return id.error();
      named.id = std::move(id.value());
      if (named.id) break;
    }
    return named;
  }

  Result<std::optional<std::string>> by(const Scheme& scheme, Facts& facts) {
    // Reading a message's header or body is done once: "+ID", or "-" for no id.
    const bool dear = scheme.needs >= Needs::header;
    if (dear) {
      const std::optional<std::string> known = maildrop_->derived(cached_as(scheme));
      if (known && known->starts_with('+')) return counted(scheme, known->substr(1), longest_);
      if (known) return std::optional<std::string>();
    }
    Result<std::optional<std::string>> id = scheme.formula(facts, context());
    if (!id) return id;
    if (dear) {
      maildrop_->keep_derived(cached_as(scheme), id.value() ? "+" + *id.value() : "-");
    }
    return counted(scheme, std::move(id.value()), longest_);
  }

  /// How long an id may be in this mailbox.
  void limit_to(std::size_t octets) { longest_ = octets; }
  /// Whose mailbox it is, to the scheme with a key.
  void tie_to(std::string owner) { owner_ = std::move(owner); }
  [[nodiscard]] bool keyed() const noexcept { return !key_.empty(); }

  [[nodiscard]] Context context() {
    return {.hasher = [this] { return maildrop_->hasher(); },
            .form = form_ ? &*form_ : nullptr,
            .key = key_,
            .owner = owner_,
            .longest = longest_};
  }

 private:
  explicit Formulas(Maildrop& maildrop) : maildrop_(&maildrop) {}

  static std::vector<const Scheme*> rows(const std::vector<std::string>& names) {
    std::vector<const Scheme*> found;
    for (const std::string& name : names) {
      // A name without a row was refused where the plan was read.
      if (const Scheme* scheme = find_scheme(name)) found.push_back(scheme);
    }
    return found;
  }

  Maildrop* maildrop_;
  std::vector<Chain> cutovers_;
  Chain chain_;
  std::optional<Template> form_;
  bool form_may_change_ = false;
  std::string key_;
  std::string owner_;
  std::size_t longest_ = max_identifier_octets;
};

class Assignment {
 public:
  Assignment(Maildrop& maildrop, const policy::Policy::Uidl& wanted, bool wanted_known)
      : maildrop_(maildrop), wanted_(wanted), wanted_known_(wanted_known) {}

  /// Another session has stored what this one would have stored over: what make() returned is
  /// not to be used.
  [[nodiscard]] bool overtaken() const noexcept { return overtaken_; }

  using Time = std::chrono::steady_clock::time_point;

  /// False: there is more to do.
  Result<bool> make(Time until) {
    if (!formulas_) {
      if (const Status loaded = load(); !loaded) return loaded.error();
      if (const Status decided = decide(); !decided) return decided.error();
      if (memory_.plan.host() && pins_.empty()) {
        hosts_ = true;
        const Status stored = store();
        return stored ? Result<bool>(true) : Result<bool>(stored.error());
      }
      Result<Formulas> formulas = Formulas::make(maildrop_, memory_.plan);
      if (!formulas) return formulas.error();
      formulas.value().limit_to(longest_identifier(memory_));
      if (const Status same = check_key(formulas.value()); !same) return same.error();
      if (const Status tied = check_owner(formulas.value()); !tied) return tied.error();
      formulas_ = std::move(formulas.value());
    }
    const Result<bool> all_named = name_all(*formulas_, until);
    if (!all_named || !all_named.value()) return all_named;
    if (const Status told = tell_apart(); !told) return told.error();
    if (const Status kept = keep(); !kept) return kept.error();
    if (const Status stored = store(); !stored) return stored.error();
    return true;
  }

  /// Once make() has returned true.
  std::optional<std::vector<std::string>> take_ids() {
    return hosts_ ? std::nullopt : std::optional(std::move(ids_));
  }

 private:
  enum class Origin : std::uint8_t { imported, kept, computed };

  struct Named {
    Origin origin = Origin::computed;
    bool to_keep = false;  ///< what it has now
  };

  Status load() {
    auto text = maildrop_.load_state(memory_state);
    if (!text) return text.error();
    loaded_ = text.value();
    if (text.value()) {
      Result<Memory> memory = parse_memory(*text.value());
      if (!memory) return damaged(memory_state, memory.error());
      memory_ = std::move(memory.value());
      remembered_ = !memory_.plan.host();
    }
    text = maildrop_.load_state(pins_state);
    if (!text) return text.error();
    if (text.value()) {
      Result<GuidIds> pins = parse_pins(*text.value());
      if (!pins) return damaged(pins_state, pins.error());
      pins_ = std::move(pins.value());
    } else if (memory_.pinned) {
      return permanent("the mailbox had imported ids, and the file with them is missing: " +
                       std::string(pins_state));
    }
    changed_ = memory_.pinned != !pins_.empty();
    memory_.pinned = !pins_.empty();
    return Done{};
  }

  static Error damaged(std::string_view state, const Error& error) {
    return permanent("the mailbox's file \"" + std::string(state) + "\" is damaged, " + error.text);
  }

  // By which plan the messages are named: memory_.plan, from here on.
  Status decide() {
    const policy::UidlPlan wanted = bare(wanted_.plan);
    if (!wanted_known_) {
      if (remembered_) return Done{};
      return permanent("the policy that decides the ids cannot be read");
    }
    if (!remembered_) {
      if (!wanted.host()) take_over(wanted);
      return Done{};
    }
    if (same_plan(memory_.plan, wanted) && same_length()) {
      changed_ = changed_ || memory_.plan.key_file != wanted.key_file;
      memory_.plan.key_file = wanted.key_file;
      return Done{};
    }
    return change_to(wanted);
  }

  // A mailbox that was served before there was a choice keeps its own.
  [[nodiscard]] bool same_length() const {
    return !memory_.max_length || *memory_.max_length == wanted_.max_length;
  }

  Status change_to(const policy::UidlPlan& wanted) {
    const auto words = [this](const policy::UidlPlan& plan, std::uint64_t longest) {
      return plan_words(plan) +
             (same_length() ? "" : ", at most " + std::to_string(longest) + " octets");
    };
    const std::string difference = "the policy asks for " + words(wanted, wanted_.max_length) +
                                   ", and the mailbox's ids are by " +
                                   words(memory_.plan, longest_identifier(memory_));
    switch (wanted_.on_change) {
      case policy::UidlOnChange::keep:
        said_.push_back(difference + "; they stay as they are (uidl.on_change = \"keep\")");
        return Done{};
      case policy::UidlOnChange::refuse:
        return permanent(difference + " (uidl.on_change = \"refuse\")");
      case policy::UidlOnChange::switch_over:
        break;
    }
    said_.push_back(difference + "; they are changed now (uidl.on_change = \"switch\")");
    take_over(wanted);
    return Done{};
  }

  void take_over(const policy::UidlPlan& plan) {
    memory_.plan = plan;
    memory_.max_length = static_cast<std::size_t>(wanted_.max_length);
    memory_.key_mark.clear();
    memory_.owner.clear();
    memory_.kept.clear();
    changed_ = true;
  }

  Status check_key(Formulas& formulas) {
    Result<std::string> mark = formulas.key_mark();
    if (!mark) return mark.error();
    if (mark.value() == memory_.key_mark) return Done{};
    if (!memory_.key_mark.empty()) {
      if (!wanted_known_ || wanted_.on_change != policy::UidlOnChange::switch_over) {
        return permanent(memory_.plan.key_file +
                         ": this is not the key that the mailbox's ids were made with");
      }
      said_.push_back(memory_.plan.key_file +
                      ": the key is another one, and so are the ids (uidl.on_change = \"switch\")");
      memory_.kept.clear();
    }
    memory_.key_mark = std::move(mark.value());
    changed_ = true;
    return Done{};
  }

  Status check_owner(Formulas& formulas) {
    if (!formulas.keyed()) return Done{};
    if (memory_.owner.empty() && maildrop_.message_count() > 0) {
      const Result<Facts*> first = maildrop_.message(0);
      if (!first) return first.error();
      memory_.owner = first.value()->user();
      changed_ = true;
    }
    formulas.tie_to(memory_.owner);
    return Done{};
  }

  static bool over(Time until) {
    return until != Time::max() && std::chrono::steady_clock::now() >= until;
  }

  // Of all messages, but for those behind which the time is up.
  Status load_guids(Time until = Time::max()) {
    const std::uint32_t count = maildrop_.message_count();
    guids_.reserve(count);
    for (auto place = static_cast<std::uint32_t>(guids_.size()); place < count && !over(until);
         ++place) {
      const Result<Facts*> facts = maildrop_.message(place);
      if (!facts) return facts.error();
      Result<std::string> guid = facts.value()->guid();
      if (!guid) return guid.error();
      if (!present_.insert(guid.value()).second) shared_.insert(guid.value());
      own_keys_.push_back(own_key(guid.value(), *facts.value()));
      guids_.push_back(std::move(guid.value()));
    }
    return Done{};
  }

  // A copy within the mailbox has the GUID of its original. What is kept for the one and not for
  // the other is kept under its UID, too; no GUID has a line feed.
  static std::string own_key(const std::string& guid, Facts& facts) {
    return guid + '\n' + std::to_string(facts.uidvalidity()) + '.' + std::to_string(facts.uid());
  }
  static bool is_own_key(std::string_view key) { return key.find('\n') != std::string_view::npos; }

  // False: not all yet.
  Result<bool> name_all(Formulas& formulas, Time until) {
    const std::uint32_t count = maildrop_.message_count();
    if (!pins_.empty() || !memory_.kept.empty()) {
      if (const Status loaded = load_guids(until); !loaded) return loaded.error();
      if (guids_.size() < count) return false;
    }
    named_.reserve(count);
    ids_.reserve(count);
    for (auto place = static_cast<std::uint32_t>(ids_.size()); place < count; ++place) {
      if (over(until)) return false;
      if (find_known(place)) continue;
      const Result<Facts*> facts = maildrop_.message(place);
      if (!facts) return facts.error();
      if (const Status named = compute(formulas, *facts.value()); !named) return named.error();
    }
    if (replaced_ > 0) {
      said_.push_back((replaced_ == 1 ? "1 message has an id"
                                      : std::to_string(replaced_) + " messages have ids") +
                      " by " + plan_words(memory_.plan) +
                      " that POP3 does not allow, and other ids for good; the first has UID " +
                      std::to_string(first_replaced_));
    }
    return true;
  }

  // Imported or kept.
  bool find_known(std::uint32_t place) {
    if (guids_.empty()) return false;
    const auto take = [this](const GuidIds& known, const std::string& key, Origin origin) {
      const auto found = known.find(key);
      if (found == known.end()) return false;
      ids_.push_back(found->second);
      named_.push_back({origin, false});
      return true;
    };
    return take(memory_.kept, own_keys_[place], Origin::kept) ||
           take(pins_, guids_[place], Origin::imported) ||
           take(memory_.kept, guids_[place], Origin::kept);
  }

  Status compute(Formulas& formulas, Facts& facts) {
    if (memory_.plan.host()) {
      ids_.emplace_back();
      named_.push_back({Origin::computed, false});
      return Done{};
    }
    Result<std::string> stored = maildrop_.stored_id();
    if (!stored) return stored.error();
    std::string raw = std::move(stored.value());
    bool may_change = false;
    if (raw.empty()) {
      Result<RawName> named = formulas.name(facts);
      if (!named) return named.error();
      if (!named.value().id) {
        auto id = formulas.by(*find_scheme(last_resort), facts);
        if (!id) return id.error();
        named.value().id = std::move(id.value());
      }
      raw = std::move(*named.value().id);
      may_change = named.value().may_change;
    }
    Result<std::string> id = identifier(raw, formulas.context());
    if (!id) return id.error();
    if (id.value() != raw) {
      if (replaced_++ == 0) first_replaced_ = facts.uid();
      may_change = true;  // remembered, so that it is told once
    }
    ids_.push_back(std::move(id.value()));
    named_.push_back({Origin::computed, may_change});
    return Done{};
  }

  // Who has the better right to an id keeps it, then who has the lower UID. What was given to a
  // message that is gone, or is to be given to one that is not there yet, is no other's: a message
  // may come back, from another folder or a backup.
  Status tell_apart() {
    std::unordered_set<std::string> taken;
    taken.reserve(ids_.size());
    std::vector<std::uint32_t> second;
    for (const Origin origin : {Origin::imported, Origin::kept, Origin::computed}) {
      if (origin == Origin::computed) reserve(taken);
      for (std::uint32_t place = 0; place < ids_.size(); ++place) {
        if (named_[place].origin != origin || ids_[place].empty()) continue;
        if (!taken.insert(ids_[place]).second) second.push_back(place);
      }
    }
    remember_firsts(second);
    for (const std::uint32_t place : second) {
      if (const Status named = name_apart(place, taken); !named) return named.error();
    }
    return Done{};
  }

  // Those that make others second, and of which nothing is stored.
  void remember_firsts(const std::vector<std::uint32_t>& second) {
    std::unordered_set<std::string_view> wanted;
    for (const std::uint32_t place : second) wanted.insert(ids_[place]);
    const std::unordered_set<std::uint32_t> named_apart(second.begin(), second.end());
    for (std::uint32_t place = 0; !second.empty() && place < ids_.size(); ++place) {
      if (named_[place].origin == Origin::computed && wanted.contains(ids_[place]) &&
          !named_apart.contains(place)) {
        firsts_.push_back(place);
      }
    }
  }

  void reserve(std::unordered_set<std::string>& taken) const {
    for (const GuidIds* known : {&pins_, &memory_.kept}) {
      for (const auto& [key, id] : *known) {
        if (!is_own_key(key)) taken.insert(id);
      }
    }
  }

  Status name_apart(std::uint32_t place, std::unordered_set<std::string>& taken) {
    if (Status loaded = load_guids(); !loaded) return loaded;
    const Result<Hasher*> hasher = maildrop_.hasher();
    if (!hasher) return hasher.error();
    const auto digest = hasher.value()->sha256(guids_[place]);
    if (!digest) return digest.error();
    const std::string suffix = "-" + hex(std::span(digest.value()).first(suffix_octets));
    std::string id = ids_[place].substr(0, max_own_identifier_octets - suffix.size()) + suffix;
    // Two messages with one GUID and one id: a message and its copy.
    std::uint32_t& number = copies_.emplace(id, 2).first->second;
    for (; !taken.insert(id).second; ++number) {
      const std::string more = suffix + "." + std::to_string(number);
      id = ids_[place].substr(0, max_own_identifier_octets - more.size()) + more;
    }
    ids_[place] = std::move(id);
    named_[place].to_keep = true;
    return Done{};
  }

  Status keep() {
    const auto to_keep = [](const Named& named) { return named.to_keep; };
    if (std::none_of(named_.begin(), named_.end(), to_keep)) return Done{};
    if (Status loaded = load_guids(); !loaded) return loaded;
    for (std::uint32_t place = 0; place < ids_.size(); ++place) {
      if (!named_[place].to_keep) continue;
      // What is imported for the GUID comes first, and is another's.
      const bool own = named_[place].origin == Origin::imported || shared_.contains(guids_[place]);
      memory_.kept.insert_or_assign(own ? own_keys_[place] : guids_[place], ids_[place]);
    }
    changed_ = true;
    return Done{};
  }

  // Says what is so from now on, once it is.
  Status store() {
    if (changed_) {
      if (Status stored = store_changes(); !stored || overtaken_) return stored;
    }
    for (const std::string& sentence : said_) maildrop_.log(sentence);
    return Done{};
  }

  // Another session may have stored meanwhile, and shown to its client what it had.
  Status store_changes() {
    if (memory_.kept.size() > 2 * ids_.size() + spare_kept) {
      if (Status forgot = forget_removed(); !forgot) return forgot;
    }
    // A session that began without the first of two equal messages has given the second its id.
    if (std::any_of(firsts_.begin(), firsts_.end(),
                    [this](std::uint32_t place) { return maildrop_.removed(place); })) {
      return Error{Failure::temporary,
                   "another session has removed one of two messages with the same id; the next "
                   "login knows the other one's"};
    }
    const Result<bool> stored =
        maildrop_.exchange_state(memory_state, loaded_, memory_text(memory_));
    if (!stored) return stored.error();
    overtaken_ = !stored.value();
    return Done{};
  }

  // Ids that are kept for messages that are no more.
  Status forget_removed() {
    if (Status loaded = load_guids(); !loaded) return loaded;
    present_.insert(own_keys_.begin(), own_keys_.end());
    std::erase_if(memory_.kept,
                  [this](const auto& kept) { return !present_.contains(kept.first); });
    return Done{};
  }

  Maildrop& maildrop_;
  const policy::Policy::Uidl& wanted_;
  bool wanted_known_;
  Memory memory_;
  std::optional<std::string> loaded_;  ///< what memory_ was read from
  std::optional<Formulas> formulas_;   ///< once load() and decide() are behind
  bool hosts_ = false;                 ///< the host names its messages itself
  bool remembered_ = false;
  bool overtaken_ = false;
  bool changed_ = false;  ///< the memory, since it was loaded
  GuidIds pins_;
  // By place:
  std::vector<std::string> ids_;
  std::vector<Named> named_;
  std::vector<std::string> guids_;  ///< once load_guids() was asked for them
  std::vector<std::string> own_keys_;
  std::unordered_set<std::string> present_;                ///< guids_
  std::unordered_set<std::string> shared_;                 ///< those that several messages have
  std::vector<std::uint32_t> firsts_;                      ///< places, as remember_firsts() says
  std::unordered_map<std::string, std::uint32_t> copies_;  ///< the next number behind an id
  std::vector<std::string> said_;                          ///< sentences for the log
  std::uint64_t replaced_ = 0;
  Uid first_replaced_ = 0;
};

}  // namespace

Result<std::size_t> longest_identifier(Maildrop& maildrop, const policy::Policy::Uidl& wanted) {
  const auto text = maildrop.load_state(memory_state);
  if (!text) return text.error();
  if (text.value()) {
    const Result<Memory> memory = parse_memory(*text.value());
    if (!memory) return memory.error();
    if (!memory.value().plan.host() && wanted.on_change != policy::UidlOnChange::switch_over) {
      return longest_identifier(memory.value());
    }
  }
  return static_cast<std::size_t>(wanted.max_length);
}

struct IdAssignment::Work {
  Maildrop& maildrop;
  policy::Policy::Uidl wanted;
  bool wanted_known;
  int tries = 0;
  std::optional<Assignment> at_hand = std::nullopt;
};

IdAssignment::IdAssignment(Maildrop& maildrop, policy::Policy::Uidl wanted, bool wanted_known)
    : work_(new Work{maildrop, std::move(wanted), wanted_known}) {}

IdAssignment::~IdAssignment() = default;

Result<bool> IdAssignment::go_on(std::chrono::steady_clock::time_point until) {
  constexpr int max_tries = 8;
  while (work_->tries < max_tries) {
    if (!work_->at_hand) {
      work_->at_hand.emplace(work_->maildrop, work_->wanted, work_->wanted_known);
    }
    const Result<bool> made = work_->at_hand->make(until);
    if (!work_->at_hand->overtaken()) return made;
    work_->at_hand.reset();
    ++work_->tries;
  }
  return Error{Failure::temporary, "other sessions change the mailbox's ids all the time"};
}

std::optional<std::vector<std::string>> IdAssignment::take_ids() {
  return work_->at_hand->take_ids();
}

Result<std::optional<std::vector<std::string>>> assign_ids(Maildrop& maildrop,
                                                           const policy::Policy::Uidl& wanted,
                                                           bool wanted_known) {
  IdAssignment assignment(maildrop, wanted, wanted_known);
  const Result<bool> made = assignment.go_on(std::chrono::steady_clock::time_point::max());
  if (!made) return made.error();
  return assignment.take_ids();
}

}  // namespace pop3_legacy::uidl
