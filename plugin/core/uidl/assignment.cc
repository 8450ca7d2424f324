#include "plugin/core/uidl/assignment.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "plugin/core/state_rules.h"
#include "plugin/core/text.h"
#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/identifier.h"
#include "plugin/core/uidl/memory.h"
#include "plugin/core/uidl/notation.h"
#include "plugin/core/uidl/schemes.h"
#include "plugin/core/uidl/template.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::size_t spare_kept = 1000;    ///< ids of removed messages, before they are forgotten
constexpr std::size_t suffix_octets = 5;    ///< of a GUID's hash, two digits each
constexpr std::uint64_t uids_ahead = 1000;  ///< counted before they are given: less is written

Error permanent(std::string why) {
  return {Failure::permanent, std::move(why)};
}

/// One chain of schemes, as rows.
struct Chain {
  std::int64_t before = 0;  ///< of a cutover
  std::vector<const Scheme*> schemes;
};

struct RawName {
  std::optional<std::string> id;  ///< no value: the chain has none
  const Scheme* by = nullptr;     ///< the scheme that has it
  bool may_change = false;        ///< when computed again some day
};

/// A plan ready for use.
class Formulas {
 public:
  /// `dovecot_last`: scheme "dovecot" is behind every chain.
  static Result<Formulas> make(Maildrop& maildrop, const Plan& plan, bool dovecot_last) {
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
    if (dovecot_last) made.end_with(*find_scheme("dovecot"));
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
    const Result<Hasher*> hasher = this->hasher();
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
      named.by = scheme;
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
    if (!id && scheme.needs == Needs::old_file && id.error().kind != Failure::gone) {
      failed_for_all_ = true;
    }
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

  /// Some of its ids are counted by UIDs: Context::uid_offset.
  [[nodiscard]] bool counts_uids() const {
    const auto counts = [this](const Chain& chain) {
      return std::any_of(chain.schemes.begin(), chain.schemes.end(), [this](const Scheme* scheme) {
        return scheme->counts_uids || (scheme->name == "template" && form_ && form_->counts_uids());
      });
    };
    return counts(chain_) || std::any_of(cutovers_.begin(), cutovers_.end(), counts);
  }
  void count_from(std::uint64_t uid_offset) noexcept { uid_offset_ = uid_offset; }

  [[nodiscard]] Context context() {
    return {.hasher = [this] { return hasher(); },
            .form = form_ ? &*form_ : nullptr,
            .key = key_,
            .owner = owner_,
            .longest = longest_,
            .uid_offset = uid_offset_};
  }

  /// What failed is no message's: hashing, or the old server's file.
  [[nodiscard]] bool failed_for_all() const noexcept { return failed_for_all_; }

 private:
  explicit Formulas(Maildrop& maildrop) : maildrop_(&maildrop) {}

  Result<Hasher*> hasher() {
    Result<Hasher*> hasher = maildrop_->hasher();
    failed_for_all_ = failed_for_all_ || !hasher;
    return hasher;
  }

  void end_with(const Scheme& scheme) {
    chain_.schemes.push_back(&scheme);
    for (Chain& cutover : cutovers_) cutover.schemes.push_back(&scheme);
  }

  static std::vector<const Scheme*> rows(const std::vector<std::string>& names) {
    std::vector<const Scheme*> found;
    for (const std::string& name : names) {
      // "host" has none. Another name without one was refused where the plan was read.
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
  std::uint64_t uid_offset_ = 0;
  bool failed_for_all_ = false;
};

/// Places whose messages another session has removed.
using Places = std::unordered_set<std::uint32_t>;

class Assignment {
 public:
  /// `gone` grows.
  Assignment(Maildrop& maildrop, const Wanted& wanted, bool wanted_known, Places& gone)
      : maildrop_(maildrop), wanted_(wanted), wanted_known_(wanted_known), gone_(gone) {}

  /// Another session has stored what this one would have stored over, or has removed a message
  /// that matters: what make() returned is not to be used.
  [[nodiscard]] bool overtaken() const noexcept { return overtaken_; }

  using Time = std::chrono::steady_clock::time_point;

  /// False: there is more to do.
  Result<bool> make(Time until) {
    if (!formulas_) {
      if (const Status loaded = load(); !loaded) return loaded.error();
      if (const Status decided = decide(); !decided) return decided.error();
      if (memory_.plan.host() && pins_.empty() && memory_.kept.empty()) {
        hosts_ = true;
        if (took_over_ && !maildrop_.serves_client()) take_back();
        const Status stored = store();
        return stored ? Result<bool>(true) : Result<bool>(stored.error());
      }
      Result<Formulas> formulas = Formulas::make(maildrop_, memory_.plan, memory_.dovecot_last);
      if (!formulas) return formulas.error();
      formulas.value().limit_to(longest_identifier(memory_));
      if (const Status same = check_key(formulas.value()); !same) return same.error();
      check_owner(formulas.value());
      count_on(formulas.value());
      formulas_ = std::move(formulas.value());
    }
    Result<bool> all_named = name_all(*formulas_, until);
    if (!all_named || !all_named.value()) return all_named;
    if (const Status told = tell_apart(); !told) return told.error();
    keep();
    tell_unusual();
    if (first_use_ && maildrop_.serves_client()) tell_first_use();
    if (took_over_ && !maildrop_.serves_client()) take_back();
    if (const Status stored = store(); !stored) return stored.error();
    return true;
  }

  /// Once make() has returned true.
  std::optional<std::vector<MessageId>> take_ids() {
    return hosts_ ? std::nullopt : std::optional(std::move(ids_));
  }

 private:
  enum class Origin : std::uint8_t { imported, kept, computed };

  struct Named {
    Origin origin = Origin::computed;
    bool to_keep = false;              ///< what it has now
    const std::string* key = nullptr;  ///< under which it is kept
  };

  /// Who has an id.
  struct Claim {
    bool host = false;
    const std::string* key = nullptr;  ///< as in Named
  };
  using Claims = std::unordered_map<std::string, Claim>;

  Status load() {
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
      return permanent("the mailbox had imported ids, and the file with them is missing: " +
                       std::string(pins_state));
    }
    changed_ = memory_.pinned != !pins_.empty();
    memory_.pinned = !pins_.empty();
    return Done{};
  }

  void say(LogLevel level, std::string sentence) { said_.emplace_back(level, std::move(sentence)); }

  // By which plan the messages are named: memory_.plan, from here on.
  Status decide() {
    const Plan wanted = bare_plan(wanted_.plan);
    if (!wanted_known_) {
      if (memory_.given) return Done{};
      return permanent("the policy that decides the ids cannot be read");
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

  // A mailbox that was served before there was a choice keeps its own.
  [[nodiscard]] bool same_length() const {
    return !memory_.max_length || *memory_.max_length == wanted_.max_length;
  }

  Status change_to(const Plan& wanted) {
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
        return permanent(difference + " (uidl.on_change = \"refuse\")");
      case OnChange::switch_over:
        break;
    }
    if (maildrop_.serves_client()) {
      say(LogLevel::warning, difference + "; they are changed now (uidl.on_change = \"switch\")");
    }
    take_over(wanted);
    return Done{};
  }

  void take_over(const Plan& plan) {
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

  // No client has seen these ids: it is remembered what was so before, and which pins there are.
  void take_back() {
    const bool pinned = memory_.pinned;
    memory_ = before_;
    memory_.pinned = pinned;
    changed_ = pinned != before_.pinned;
  }

  Status check_key(Formulas& formulas) {
    Result<std::string> mark = formulas.key_mark();
    if (!mark) return mark.error();
    if (mark.value() == memory_.key_mark) return Done{};
    if (!memory_.key_mark.empty()) {
      if (!wanted_known_ || wanted_.on_change != OnChange::switch_over) {
        return permanent(memory_.plan.key_file +
                         ": this is not the key that the mailbox's ids were made with");
      }
      say(LogLevel::warning,
          memory_.plan.key_file +
              ": the key is another one, and so are the ids (uidl.on_change = \"switch\")");
      memory_.kept.clear();
    }
    memory_.key_mark = std::move(mark.value());
    changed_ = true;
    return Done{};
  }

  void check_owner(Formulas& formulas) {
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

  // Before any id is given. What it is now goes on where UIDVALIDITY is another one.
  void count_on(Formulas& formulas) {
    if (!formulas.counts_uids()) return;
    std::uint32_t behind = maildrop_.message_count();
    Result<Facts*> last = Error{};
    while (!last && behind > 0) last = maildrop_.message(--behind);
    if (!last) return;  // no message has an id
    const UidValidity validity = last.value()->uidvalidity();
    UidCount count = memory_.count.value_or(UidCount{.validity = validity});
    if (count.validity != validity) {
      say(LogLevel::warning, "UIDVALIDITY has changed, and ids by " + plan_words(memory_.plan) +
                                 " with it: they count on from " +
                                 std::to_string(count.reserved + 1) +
                                 ", so clients load the mail once more and miss none");
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

  static bool over(Time until) {
    return until != Time::max() && std::chrono::steady_clock::now() >= until;
  }

  // Of all messages, but for those behind which the time is up. A message whose GUID cannot be
  // found out keeps the place for it empty; see guid_error().
  void load_guids(Time until = Time::max()) {
    const std::uint32_t count = maildrop_.message_count();
    guids_.reserve(count);
    for (auto place = static_cast<std::uint32_t>(guids_.size()); place < count && !over(until);
         ++place) {
      const Result<Facts*> facts = maildrop_.message(place);
      Result<std::string> guid = facts ? facts.value()->guid() : Result<std::string>(facts.error());
      if (guid) {
        if (!present_.insert(guid.value()).second) shared_.insert(guid.value());
        own_keys_.push_back(own_key(guid.value(), *facts.value()));
        guids_.push_back(std::move(guid.value()));
        continue;
      }
      // Of a format that has none a message is known by its UID, as long as that holds.
      if (facts && guid.error().kind == Failure::permanent) {
        without_guids_ = guid.error().text;
        own_keys_.push_back(own_key({}, *facts.value()));
      } else {
        guid_errors_.emplace(place, guid.error());
        own_keys_.emplace_back();
      }
      guids_.emplace_back();
    }
  }

  // nullptr: the GUID is known, or the format has none.
  [[nodiscard]] const Error* guid_error(std::uint32_t place) const {
    const auto found = guid_errors_.find(place);
    return found == guid_errors_.end() ? nullptr : &found->second;
  }

  // A copy within the mailbox has the GUID of its original. What is kept for the one and not for
  // the other is kept under its UID, too; no GUID has a line feed.
  static std::string own_key(const std::string& guid, Facts& facts) {
    return guid + '\n' + std::to_string(facts.uidvalidity()) + '.' + std::to_string(facts.uid());
  }
  static bool is_own_key(std::string_view key) { return key.find('\n') != std::string_view::npos; }
  // That of a message which had no GUID.
  static std::string_view uid_part(std::string_view own_key) {
    return own_key.substr(std::min(own_key.find('\n'), own_key.size()));
  }

  // False: not all yet.
  Result<bool> name_all(Formulas& formulas, Time until) {
    const std::uint32_t count = maildrop_.message_count();
    if (!pins_.empty() || !memory_.kept.empty()) {
      load_guids(until);
      if (guids_.size() < count) return false;
    }
    named_.reserve(count);
    ids_.reserve(count);
    for (auto place = static_cast<std::uint32_t>(ids_.size()); place < count; ++place) {
      if (over(until)) return false;
      if (find_known(place)) continue;
      if (gone_.contains(place)) {
        leave_out(place, {Failure::gone, {}});
        continue;
      }
      const Error* const unknown = guid_error(place);  // it may have been imported, or kept
      const Status named = unknown != nullptr ? Status(*unknown) : compute(formulas, place);
      if (named) continue;
      if (formulas.failed_for_all()) return named.error();
      leave_out(place, named.error());
    }
    if (unread_ && left_out_ == count) return *unread_;
    keep_what_comes_behind_unread();
    return true;
  }

  // When it can be read again it may have the id of one that comes behind it, and that was shown.
  // It has not been shown itself, or its id would be in the host's cache.
  void keep_what_comes_behind_unread() {
    for (std::uint32_t place = first_unread_ + 1; unread_ && place < ids_.size(); ++place) {
      Named& named = named_[place];
      named.to_keep =
          named.to_keep || (named.origin == Origin::computed && is_identifier(ids_[place].text));
    }
  }

  // One message cannot be named: that is no reason to leave the others without their ids.
  void leave_out(std::uint32_t place, const Error& error) {
    ids_.resize(std::max<std::size_t>(ids_.size(), place + 1));
    named_.resize(ids_.size());
    ids_[place] = {.from = MessageId::From::nobody, .text = {}};
    named_[place] = {};
    ++left_out_;
    if (error.kind == Failure::gone) return;
    if (!unread_) {
      unread_ = error;
      first_unread_ = place;
    }
    ++unread_count_;
  }

  void tell_unusual() {
    if (replaced_ > 0) {
      say(LogLevel::warning, (replaced_ == 1 ? "1 message has an id"
                                             : std::to_string(replaced_) + " messages have ids") +
                                 " by " + plan_words(memory_.plan) +
                                 " that POP3 does not allow, and other ids for good; the first has "
                                 "UID " +
                                 std::to_string(first_replaced_));
    }
    if (!unread_) return;
    say(LogLevel::error, (unread_count_ == 1 ? "1 message cannot be read, and has"
                                             : std::to_string(unread_count_) +
                                                   " messages cannot be read, and have") +
                             " no id in this session: " + unread_->text);
  }

  // Imported or kept.
  bool find_known(std::uint32_t place) {
    if (guids_.empty() || guid_error(place) != nullptr) return false;
    const auto take = [this](const GuidIds& known, std::string_view key, Origin origin) {
      const auto found = known.find(key);
      if (found == known.end()) return false;
      ids_.push_back({.from = MessageId::From::plugin, .text = found->second});
      named_.push_back({.origin = origin, .key = origin == Origin::kept ? &found->first : nullptr});
      if (origin == Origin::imported) ++imported_;
      return true;
    };
    const std::string& guid = guids_[place];
    return take(memory_.kept, own_keys_[place], Origin::kept) ||
           take(memory_.kept, uid_part(own_keys_[place]), Origin::kept) ||
           (!guid.empty() &&
            (take(pins_, guid, Origin::imported) || take(memory_.kept, guid, Origin::kept)));
  }

  Status compute(Formulas& formulas, std::uint32_t place) {
    const Result<Facts*> facts = maildrop_.message(place);
    if (!facts) return facts.error();
    Result<std::string> stored = maildrop_.stored_id();
    if (!stored) return stored.error();
    RawName named;
    if (stored.value().empty()) {
      auto computed = formulas.name(*facts.value());
      if (!computed) return computed.error();
      named = std::move(computed.value());
    }
    if (memory_.plan.host() && !stored.value().empty()) {
      return add_hosts(std::move(stored.value()), /*may_change=*/false);
    }
    if (stored.value().empty() && !named.id) return leave_to_host(named.may_change);
    const std::string& raw = named.id ? *named.id : stored.value();
    Result<std::string> id = identifier(raw, formulas.context());
    if (!id) return id.error();
    if (id.value() != raw) {
      if (replaced_++ == 0) first_replaced_ = facts.value()->uid();
      named.may_change = true;  // remembered, so that it is told once
    }
    if (first_use_) {
      ++counted_[named.id ? "by " + std::string(named.by->name) : "stored by the host"];
    }
    ids_.push_back({.from = MessageId::From::plugin, .text = std::move(id.value())});
    named_.push_back({.origin = Origin::computed, .to_keep = named.may_change});
    return Done{};
  }

  Status leave_to_host(bool may_change) {
    Result<std::string> id = maildrop_.host_id();
    if (!id) return id.error();
    if (first_use_) ++counted_["by the host"];
    return add_hosts(std::move(id.value()), may_change);
  }

  // What is not known here, or what POP3 does not allow, is the host's affair alone.
  Status add_hosts(std::string id, bool may_change) {
    const bool to_keep = may_change && is_identifier(id);
    ids_.push_back({.from = MessageId::From::host, .text = std::move(id)});
    named_.push_back({.origin = Origin::computed, .to_keep = to_keep});
    return Done{};
  }

  // Who has the better right to an id keeps it, then who has the lower UID. What was given to a
  // message that is gone, or is to be given to one that is not there yet, is no other's: a message
  // may come back, from another folder or a backup.
  Status tell_apart() {
    Claims claims;
    claims.reserve(ids_.size());
    std::vector<std::uint32_t> second;
    for (const Origin origin : {Origin::imported, Origin::kept, Origin::computed}) {
      if (origin == Origin::computed) reserve(claims);
      for (std::uint32_t place = 0; place < ids_.size(); ++place) {
        if (named_[place].origin != origin || ids_[place].text.empty()) continue;
        if (!claim(place, claims)) second.push_back(place);
      }
    }
    told_apart_ = second.size();
    remember_firsts(second);
    for (const std::uint32_t place : second) {
      if (const Status named = name_apart(place, claims); !named) return named.error();
    }
    return Done{};
  }

  // False: it is another one's. Ids that the host gives twice, and those that were kept so, are
  // left as they are.
  bool claim(std::uint32_t place, Claims& claims) const {
    const bool host = ids_[place].from == MessageId::From::host;
    const std::string* const key = named_[place].key;
    const auto [claimed, first] = claims.emplace(ids_[place].text, Claim{host, key});
    const std::string* const other = claimed->second.key;
    return first || (host && claimed->second.host) ||
           (key != nullptr && other != nullptr && *key != *other);
  }

  // Those that make others second, and of which nothing is stored.
  void remember_firsts(const std::vector<std::uint32_t>& second) {
    std::unordered_set<std::string_view> wanted;
    for (const std::uint32_t place : second) wanted.insert(ids_[place].text);
    const Places named_apart(second.begin(), second.end());
    for (std::uint32_t place = 0; !second.empty() && place < ids_.size(); ++place) {
      if (named_[place].origin == Origin::computed && wanted.contains(ids_[place].text) &&
          !named_apart.contains(place)) {
        firsts_.push_back(place);
      }
    }
  }

  void reserve(Claims& claims) const {
    for (const GuidIds* known : {&pins_, &memory_.kept}) {
      for (const auto& [key, id] : *known) {
        if (!is_own_key(key)) claims.emplace(id, Claim{});
      }
    }
  }

  Status name_apart(std::uint32_t place, Claims& claims) {
    load_guids();
    if (const Error* const unknown = guid_error(place)) {
      leave_out(place, *unknown);
      return Done{};
    }
    const Result<Hasher*> hasher = maildrop_.hasher();
    if (!hasher) return hasher.error();
    const auto digest =
        hasher.value()->sha256(guids_[place].empty() ? own_keys_[place] : guids_[place]);
    if (!digest) return digest.error();
    const std::string suffix = "-" + hex(std::span(digest.value()).first(suffix_octets));
    const std::string raw = std::move(ids_[place].text);
    std::string id = raw.substr(0, max_own_identifier_octets - suffix.size()) + suffix;
    // Two messages with one GUID and one id: a message and its copy.
    std::uint32_t& number = copies_.emplace(id, 2).first->second;
    for (; !claims.emplace(id, Claim{}).second; ++number) {
      const std::string more = suffix + "." + std::to_string(number);
      id = raw.substr(0, max_own_identifier_octets - more.size()) + more;
    }
    ids_[place] = {.from = MessageId::From::plugin, .text = std::move(id)};
    named_[place].to_keep = true;
    return Done{};
  }

  void keep() {
    const auto to_keep = [](const Named& named) { return named.to_keep; };
    if (std::none_of(named_.begin(), named_.end(), to_keep)) return;
    load_guids();
    const bool uids_were_kept =
        !memory_.kept.empty() && memory_.kept.begin()->first.starts_with('\n');
    bool uids_are_kept = false;
    for (std::uint32_t place = 0; place < ids_.size(); ++place) {
      if (!named_[place].to_keep) continue;
      if (const Error* const unknown = guid_error(place)) {
        leave_out(place, *unknown);
        continue;
      }
      // What is imported for the GUID comes first, and is another's. One whose GUID is not known
      // may be the original.
      const std::string& guid = guids_[place];
      const bool own = guid.empty() || named_[place].origin == Origin::imported ||
                       shared_.contains(guid) || !guid_errors_.empty();
      memory_.kept.insert_or_assign(own ? own_keys_[place] : guid, ids_[place].text);
      ids_[place].from = MessageId::From::plugin;
      uids_are_kept = uids_are_kept || guid.empty();
    }
    if (uids_are_kept && !uids_were_kept) {
      say(LogLevel::warning, without_guids_ +
                                 "; ids that have to be kept are kept by UID, so they change with "
                                 "UIDVALIDITY");
    }
    changed_ = true;
    only_marked_ = false;
  }

  void tell_first_use() {
    std::string counts;
    const auto add = [&counts](std::uint64_t number, const std::string& what) {
      if (number > 0) counts += (counts.empty() ? "" : ", ") + std::to_string(number) + " " + what;
    };
    add(imported_, "pinned");
    for (const auto& [who, number] : counted_) add(number, who);
    add(left_out_, "without an id in this session");
    std::string among;
    if (replaced_ > 0) among = std::to_string(replaced_) + " not allowed by POP3 and replaced";
    if (told_apart_ > 0) {
      among +=
          (among.empty() ? "" : ", ") + std::to_string(told_apart_) + " told apart from equal ones";
    }
    say(LogLevel::info,
        "ids by " + plan_words(memory_.plan) + " from now on: " + std::to_string(ids_.size()) +
            (ids_.size() == 1 ? " message" : " messages") + (counts.empty() ? "" : ", " + counts) +
            (among.empty() ? "" : "; among them " + among));
  }

  // Says what is so from now on, once it is.
  Status store() {
    if (changed_) {
      Status stored = store_changes();
      if (overtaken_) return Done{};
      if (!stored && !only_marked_) return stored;
      if (!stored && stored.error().kind != Failure::permanent) {
        say(LogLevel::warning,
            "that the mailbox has the host's ids cannot be remembered: " + stored.error().text);
      }
    }
    for (const auto& [level, sentence] : said_) maildrop_.log(level, sentence);
    return Done{};
  }

  // Another session may have stored meanwhile, and shown to its client what it had.
  Status store_changes() {
    if (memory_.kept.size() > 2 * ids_.size() + spare_kept) forget_removed();
    // A session that began without the first of two equal messages has given the second its id:
    // so does this one, when it begins again.
    for (const std::uint32_t place : firsts_) {
      if (maildrop_.removed(place)) overtaken_ = gone_.insert(place).second || overtaken_;
    }
    if (overtaken_) return Done{};
    const Result<bool> stored =
        maildrop_.exchange_state(memory_state, loaded_, memory_text(memory_));
    if (!stored) return stored.error();
    overtaken_ = !stored.value();
    return Done{};
  }

  // Ids that are kept for messages that are no more.
  void forget_removed() {
    load_guids();
    if (!guid_errors_.empty()) return;  // whose they are is not known
    for (const std::string& key : own_keys_) {
      present_.insert(key);
      present_.emplace(uid_part(key));
    }
    std::erase_if(memory_.kept,
                  [this](const auto& kept) { return !present_.contains(kept.first); });
  }

  Maildrop& maildrop_;
  const Wanted& wanted_;
  bool wanted_known_;
  Places& gone_;
  Memory memory_;
  Memory before_;                      ///< as it was loaded
  std::optional<std::string> loaded_;  ///< what memory_ was read from
  std::optional<Formulas> formulas_;   ///< once load() and decide() are behind
  bool hosts_ = false;                 ///< the host names its messages itself
  bool overtaken_ = false;
  bool changed_ = false;      ///< the memory, since it was loaded
  bool only_marked_ = false;  ///< nothing else is new than that a client is shown the host's ids
  bool took_over_ = false;    ///< memory_.plan is the policy's
  bool first_use_ = false;    ///< and not the host's
  GuidIds pins_;
  // By place:
  std::vector<MessageId> ids_;
  std::vector<Named> named_;
  std::vector<std::string> guids_;  ///< once load_guids() was asked for them; empty: there is none
  std::vector<std::string> own_keys_;
  std::unordered_map<std::uint32_t, Error> guid_errors_;
  std::string without_guids_;                              ///< why there are none
  std::unordered_set<std::string> present_;                ///< guids_
  std::unordered_set<std::string> shared_;                 ///< those that several messages have
  std::vector<std::uint32_t> firsts_;                      ///< places, as remember_firsts() says
  std::unordered_map<std::string, std::uint32_t> copies_;  ///< the next number behind an id
  std::vector<std::pair<LogLevel, std::string>> said_;     ///< sentences for the log
  std::map<std::string, std::uint64_t> counted_;           ///< messages, by who named them
  std::uint64_t imported_ = 0;
  std::uint64_t told_apart_ = 0;
  std::uint64_t replaced_ = 0;
  Uid first_replaced_ = 0;
  std::size_t left_out_ = 0;
  std::size_t unread_count_ = 0;  ///< of those left out
  std::optional<Error> unread_;   ///< why the first one was
  std::uint32_t first_unread_ = 0;
};

}  // namespace

Result<std::size_t> longest_identifier(Maildrop& maildrop, const Wanted& wanted) {
  const auto text = maildrop.load_state(memory_state);
  if (!text) return text.error();
  if (text.value()) {
    const Result<Memory> memory = parse_memory(*text.value());
    if (!memory) return memory.error();
    if (!memory.value().plan.host() && wanted.on_change != OnChange::switch_over) {
      return longest_identifier(memory.value());
    }
  }
  return static_cast<std::size_t>(wanted.max_length);
}

struct IdAssignment::Work {
  Maildrop& maildrop;
  Wanted wanted;
  bool wanted_known;
  Places gone{};
  int tries = 0;
  std::optional<Assignment> at_hand = std::nullopt;
};

IdAssignment::IdAssignment(Maildrop& maildrop, Wanted wanted, bool wanted_known)
    : work_(new Work{maildrop, std::move(wanted), wanted_known}) {}

IdAssignment::~IdAssignment() = default;

Result<bool> IdAssignment::go_on(std::chrono::steady_clock::time_point until) {
  constexpr int max_tries = 8;
  while (work_->tries < max_tries) {
    if (!work_->at_hand) {
      work_->at_hand.emplace(work_->maildrop, work_->wanted, work_->wanted_known, work_->gone);
    }
    Result<bool> made = work_->at_hand->make(until);
    if (!work_->at_hand->overtaken()) return made;
    work_->at_hand.reset();
    ++work_->tries;
  }
  return Error{Failure::temporary, "other sessions change the mailbox's ids all the time"};
}

std::optional<std::vector<MessageId>> IdAssignment::take_ids() {
  return work_->at_hand->take_ids();
}

Result<std::optional<std::vector<MessageId>>> assign_ids(Maildrop& maildrop, const Wanted& wanted,
                                                         bool wanted_known) {
  IdAssignment assignment(maildrop, wanted, wanted_known);
  const Result<bool> made = assignment.go_on(std::chrono::steady_clock::time_point::max());
  if (!made) return made.error();
  return assignment.take_ids();
}

}  // namespace pop3_legacy::uidl
