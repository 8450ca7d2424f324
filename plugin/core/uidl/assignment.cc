#include "plugin/core/uidl/assignment.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "plugin/core/uidl/deadline.h"
#include "plugin/core/uidl/distinct_ids.h"
#include "plugin/core/uidl/listed_ids.h"
#include "plugin/core/uidl/mailbox_memory.h"
#include "plugin/core/uidl/memory.h"
#include "plugin/core/uidl/message_keys.h"
#include "plugin/core/uidl/names.h"
#include "plugin/core/uidl/naming.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::size_t spare_kept = 1000;  ///< ids of removed messages that may be kept

class Assignment {
 public:
  /// Adds to `gone`.
  Assignment(Maildrop& maildrop, const Wanted& wanted, bool wanted_known, Places& gone)
      : maildrop_(maildrop),
        memory_(maildrop, wanted, wanted_known),
        keys_(maildrop),
        gone_(gone) {}

  /// Another session has stored something this one would have overwritten, or has removed a message
  /// that matters: the result of make() must not be used.
  [[nodiscard]] bool overtaken() const noexcept { return overtaken_; }

  /// False: there is more to do.
  Result<bool> make(Deadline until) {
    if (!naming_) {
      Result<bool> begun = begin();
      if (!begun || begun.value()) return begun;
    }
    Result<bool> all_named = naming_->go_on(until);
    if (!all_named || !all_named.value()) return all_named;
    return finish(naming_->names());
  }

  /// Only once make() has returned true.
  std::optional<Ids> take_ids() { return std::move(ids_); }

 private:
  // True: nothing has to be found out about single messages.
  Result<bool> begin() {
    if (const Status loaded = memory_.load(); !loaded) return loaded.error();
    if (memory_.memory().plan.host() && memory_.knows_none()) return store(0, {});
    Result<PlanFormulas> formulas = memory_.formulas();
    if (!formulas) return formulas.error();
    if (memory_.knows_none()) {
      auto form = formulas.value().uid_form(maildrop_.uidvalidity());
      const std::uint32_t unlisted = first_above(memory_.list() ? memory_.list()->formed_to() : 0);
      if (form && maildrop_.stores_none(unlisted)) return name_by(std::move(*form), unlisted);
    }
    Result<std::vector<std::uint32_t>> unlisted = take_list();
    if (!unlisted) return unlisted.error();
    naming_.emplace(maildrop_, memory_, keys_, gone_, std::move(formulas.value()),
                    std::move(unlisted.value()));
    return false;
  }

  // The place of the first message with a higher UID.
  std::uint32_t first_above(Uid uid) {
    std::uint32_t place = uid == 0 ? 0 : maildrop_.message_count();
    while (place > 0 && maildrop_.uid(place - 1) > uid) --place;
    return place;
  }

  Result<bool> name_by(UidForm form, std::uint32_t unlisted) {
    const std::uint32_t messages = maildrop_.message_count();
    const Uid last = messages == 0 ? 0 : maildrop_.uid(messages - 1);
    Names none;
    if (messages > 0) none.computed["by " + memory_.memory().plan.chain.front()] = messages;
    tell(none);
    ids_.emplace(std::move(form), last);
    Result<bool> stored = store(messages, {});
    if (stored && !overtaken_) memory_.keep_formed_list(last, messages - unlisted);
    return stored;
  }

  // The id that the list has for the message at `place`; empty: none.
  std::string_view listed(std::uint32_t place) {
    std::optional<IdList>& list = memory_.list();
    return !list || gone_.contains(place) ? std::string_view() : list->find(maildrop_.uid(place));
  }

  // Returns the places of the messages that are not in the list.
  Result<std::vector<std::uint32_t>> take_list() {
    const std::optional<IdList>& list = memory_.list();
    const bool only_new = list && list->whole() && gone_.empty();
    std::vector<std::uint32_t> unlisted;
    for (std::uint32_t place = only_new ? first_above(list->last()) : 0;
         place < maildrop_.message_count(); ++place) {
      if (listed(place).empty()) unlisted.push_back(place);
    }
    if (!unlisted.empty()) {
      if (const Status loaded = memory_.load_ids(); !loaded) return loaded.error();
    }
    return unlisted;
  }

  void pass_listed(const ListedIds::Take& take) {
    for (std::uint32_t place = 0; place < maildrop_.message_count(); ++place) {
      if (const std::string_view id = listed(place); !id.empty()) take(id, place);
    }
  }

  Result<bool> finish(Names& names) {
    ListedIds listed;
    if (memory_.list()) listed = ListedIds([this](const auto& take) { pass_listed(take); });
    const auto firsts =
        DistinctIds(maildrop_, keys_, memory_.pins(), memory_.kept(), listed, names).tell_apart();
    if (!firsts) return firsts.error();
    if (memory_.list() && memory_.list()->lost()) {
      return list_is_lost();
    }
    keep(names);
    tell(names);
    Result<bool> stored = store(maildrop_.message_count(), firsts.value());
    if (!stored || overtaken_) return stored;
    put_together(names);
    memory_.keep_list(*ids_, names.names.size());
    return true;
  }

  void put_together(const Names& names) {
    std::optional<IdList>& list = memory_.list();
    ids_ = list ? Ids(std::move(*list)) : Ids();
    for (std::size_t row = 0; row < names.names.size(); ++row) {
      ids_->add(maildrop_.uid(names.places[row]), names.names[row].by, names.names[row].id);
    }
  }

  void keep(Names& names) {
    const auto to_keep = [](const Named& named) { return named.to_keep; };
    if (std::none_of(names.named.begin(), names.named.end(), to_keep)) return;
    keys_.load();
    const bool uids_were_kept =
        !memory_.kept().empty() && memory_.kept().begin()->first.starts_with('\n');
    bool uids_are_kept = false;
    for (std::size_t row = 0; row < names.names.size(); ++row) {
      if (!names.named[row].to_keep) continue;
      const std::uint32_t place = names.places[row];
      if (const Error* const unknown = keys_.error(place)) {
        names.leave_out(row, *unknown);
        continue;
      }
      // An id imported for the GUID takes precedence and belongs to another message.
      const std::string& guid = keys_.guid(place);
      const bool own =
          guid.empty() || names.named[row].origin == Origin::imported || keys_.is_copied(place);
      memory_.keep(own ? keys_.own_key(place) : guid, names.names[row].id);
      names.names[row].by = NamedBy::plugin;
      uids_are_kept = uids_are_kept || guid.empty();
    }
    if (uids_are_kept && !uids_were_kept) {
      memory_.say(
          LogLevel::warning,
          keys_.without_guids() + "; ids are remembered by UID, so they change with UIDVALIDITY");
    }
  }

  void tell(const Names& names) {
    const Plan& plan = memory_.memory().plan;
    for (Event& unusual : unusual_names(names, plan)) memory_.say(std::move(unusual));
    if (memory_.is_first_use() && maildrop_.serves_client()) {
      memory_.say_plan(LogLevel::info, first_names(names, maildrop_.message_count(), plan), plan);
    }
  }

  // Returns true also if this was overtaken.
  Result<bool> store(std::size_t messages, const std::vector<std::uint32_t>& firsts) {
    memory_.finish();
    if (memory_.changed()) {
      GuidIds& kept = memory_.kept();
      if (kept.size() > 2 * messages + spare_kept) keys_.forget_removed(kept);
      // A session that began without the first of two equal messages has given the second its id.
      // When this session starts over, it does the same.
      for (const std::uint32_t place : firsts) {
        if (maildrop_.removed(place)) overtaken_ = gone_.insert(place).second || overtaken_;
      }
      if (overtaken_) return true;
    }
    const Result<bool> stored = memory_.store();
    if (!stored) return stored.error();
    overtaken_ = !stored.value();
    return true;
  }

  Maildrop& maildrop_;
  MailboxMemory memory_;
  MessageKeys keys_;
  Places& gone_;
  std::optional<Naming> naming_;  ///< once the memory is loaded, unless the host names all
  std::optional<Ids> ids_;        ///< once make() has succeeded, unless the host names all
  bool overtaken_ = false;
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
  return Error{Failure::temporary, "other sessions keep changing the mailbox's ids"};
}

std::optional<Ids> IdAssignment::take_ids() {
  return work_->at_hand->take_ids();
}

Result<std::optional<Ids>> assign_ids(Maildrop& maildrop, const Wanted& wanted, bool wanted_known) {
  IdAssignment assignment(maildrop, wanted, wanted_known);
  const Result<bool> made = assignment.go_on(std::chrono::steady_clock::time_point::max());
  if (!made) return made.error();
  return assignment.take_ids();
}

}  // namespace pop3_legacy::uidl
