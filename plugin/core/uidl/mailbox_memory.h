/// What one mailbox remembers of its ids (memory.h) while they are assigned: loading, adapting to
/// the policy, storing.
#ifndef POP3_LEGACY_CORE_UIDL_MAILBOX_MEMORY_H
#define POP3_LEGACY_CORE_UIDL_MAILBOX_MEMORY_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plugin/core/base/event.h"
#include "plugin/core/base/result.h"
#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/id_list.h"
#include "plugin/core/uidl/ids.h"
#include "plugin/core/uidl/maildrop.h"
#include "plugin/core/uidl/memory.h"
#include "plugin/core/uidl/plan.h"
#include "plugin/core/uidl/plan_formulas.h"

namespace pop3_legacy::uidl {

class MailboxMemory {
 public:
  /// Both must outlive this object. `wanted_known` is false if the policy cannot be read.
  MailboxMemory(Maildrop& maildrop, const Wanted& wanted, bool wanted_known)
      : maildrop_(maildrop), wanted_(wanted), wanted_known_(wanted_known) {}

  /// Loads what is remembered, and decides which plan names the messages. From then on memory() has
  /// that plan. If there is a list(), the single ids are not read yet.
  Status load();
  /// The ids of most messages, if they have not changed since they were listed.
  [[nodiscard]] std::optional<IdList>& list() noexcept { return list_; }
  /// Reads the single ids, unless that has been done: pins() and kept() need them.
  Status load_ids();
  /// The plan's formulas, with the key, owner and numbers that the mailbox remembers.
  Result<PlanFormulas> formulas();

  [[nodiscard]] const Memory& memory() const noexcept { return memory_; }
  [[nodiscard]] const GuidIds& pins() const noexcept { return pins_; }
  [[nodiscard]] GuidIds& kept() noexcept { return memory_.kept; }
  /// Nothing is known about any single message.
  [[nodiscard]] bool knows_none() const noexcept { return !has_pins_ && !keeps_; }
  /// The plan is new to the mailbox, and is not the host's.
  [[nodiscard]] bool is_first_use() const noexcept { return first_use_; }
  /// There is something to store.
  [[nodiscard]] bool changed() const noexcept { return changed_; }

  /// `key` is as in memory.h.
  void keep(const std::string& key, const std::string& id);
  /// If no client has seen ids by a new plan, restores what was remembered before it.
  void finish();
  /// A sentence for the log, written only when store() succeeds.
  void say(Event event) { said_.push_back(std::move(event)); }
  void say(LogLevel level, std::string sentence) { say({level, std::move(sentence)}); }
  /// Says that the mailbox's ids are by `plan` from now on.
  void say_plan(LogLevel level, std::string sentence, const Plan& plan);
  /// False: another session has stored something in the meantime, and nothing was done.
  Result<bool> store();
  /// Keeps a list of the messages' `ids` if that is worth it; `unlisted` of them were not in
  /// list(). Only once store() has succeeded.
  void keep_list(Ids& ids, std::size_t unlisted);
  /// The same for ids in a form, up to the UID `formed_to`.
  void keep_formed_list(Uid formed_to, std::size_t unlisted);

 private:
  Status load_states();
  void open_list();
  Status forget_list();
  [[nodiscard]] ListBasis list_basis() const;
  Status decide();
  Status change_to(const Plan& wanted);
  [[nodiscard]] bool same_length() const;
  Status take_over(const Plan& plan);
  Status check_key(PlanFormulas& formulas);
  void check_owner(PlanFormulas& formulas);
  void count_on(PlanFormulas& formulas);

  Maildrop& maildrop_;
  const Wanted& wanted_;
  bool wanted_known_;
  Memory memory_;
  Memory before_;                      ///< as loaded
  std::optional<std::string> loaded_;  ///< what memory_ was read from
  std::optional<std::string> pins_text_;
  GuidIds pins_;
  bool has_pins_ = false;
  bool keeps_ = false;       ///< there are ids for memory_.kept
  bool ids_loaded_ = false;  ///< into pins_ and memory_.kept
  std::optional<IdList> list_;
  std::size_t list_lines_ = 0;
  bool keeps_list_ = false;   ///< a list is worth writing, because what it is made from is stored
  bool changed_ = false;      ///< the memory has changed since it was loaded
  bool only_marked_ = false;  ///< the only news is that a client has been shown the host's ids
  bool took_over_ = false;    ///< memory_.plan is the policy's
  bool first_use_ = false;
  std::vector<Event> said_;
};

}  // namespace pop3_legacy::uidl

#endif
