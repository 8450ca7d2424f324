#include "plugin/core/uidl/assignment.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "plugin/core/uidl/deadline.h"
#include "plugin/core/uidl/distinct_ids.h"
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
      if (const Status loaded = memory_.load(); !loaded) return loaded.error();
      if (memory_.memory().plan.host() && memory_.knows_none()) {
        hosts_ = true;
        return store(0, {});
      }
      Result<PlanFormulas> formulas = memory_.formulas();
      if (!formulas) return formulas.error();
      naming_.emplace(maildrop_, memory_, keys_, gone_, std::move(formulas.value()));
    }
    Result<bool> all_named = naming_->go_on(until);
    if (!all_named || !all_named.value()) return all_named;
    Names& names = naming_->names();
    const auto firsts =
        DistinctIds(maildrop_, keys_, memory_.pins(), memory_.kept(), names).tell_apart();
    if (!firsts) return firsts.error();
    keep(names);
    tell(names);
    return store(names.ids.size(), firsts.value());
  }

  /// Only once make() has returned true.
  std::optional<std::vector<MessageId>> take_ids() {
    return hosts_ ? std::nullopt : std::optional(std::move(naming_->names().ids));
  }

 private:
  void keep(Names& names) {
    const auto to_keep = [](const Named& named) { return named.to_keep; };
    if (std::none_of(names.named.begin(), names.named.end(), to_keep)) return;
    keys_.load();
    const bool uids_were_kept =
        !memory_.kept().empty() && memory_.kept().begin()->first.starts_with('\n');
    bool uids_are_kept = false;
    for (std::uint32_t place = 0; place < names.ids.size(); ++place) {
      if (!names.named[place].to_keep) continue;
      if (const Error* const unknown = keys_.error(place)) {
        names.leave_out(place, *unknown);
        continue;
      }
      // An id imported for the GUID takes precedence and belongs to another message.
      const std::string& guid = keys_.guid(place);
      const bool own =
          guid.empty() || names.named[place].origin == Origin::imported || keys_.is_copied(place);
      memory_.keep(own ? keys_.own_key(place) : guid, names.ids[place].text);
      names.ids[place].from = MessageId::From::plugin;
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
      memory_.say_plan(LogLevel::info, first_names(names, plan), plan);
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
  bool hosts_ = false;            ///< the host names its messages itself
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
