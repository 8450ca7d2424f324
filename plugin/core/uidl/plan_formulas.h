/// A policy's plan, ready for use: its chains resolved to rows of the scheme table, its template
/// and key read.
#ifndef POP3_LEGACY_CORE_UIDL_PLAN_FORMULAS_H
#define POP3_LEGACY_CORE_UIDL_PLAN_FORMULAS_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plugin/core/base/hasher.h"
#include "plugin/core/base/result.h"
#include "plugin/core/uidl/facts.h"
#include "plugin/core/uidl/identifier_length.h"
#include "plugin/core/uidl/maildrop.h"
#include "plugin/core/uidl/plan.h"
#include "plugin/core/uidl/schemes.h"
#include "plugin/core/uidl/template.h"
#include "plugin/core/uidl/uid_form.h"

namespace pop3_legacy::uidl {

class PlanFormulas {
 public:
  /// The result of a message's chain.
  struct RawName {
    std::optional<std::string> id;  ///< no value: the chain has no id
    const Scheme* by = nullptr;     ///< the scheme that gave it
    bool may_change = false;        ///< it may differ if computed again later
  };

  /// `maildrop` must outlive this object. `dovecot_last`: scheme "dovecot" ends every chain.
  static Result<PlanFormulas> make(Maildrop& maildrop, const Plan& plan, bool dovecot_last);

  /// Identifies the key; empty if there is none.
  Result<std::string> key_mark();
  [[nodiscard]] bool keyed() const noexcept { return !key_.empty(); }
  /// The ids of all messages, if they are UIDs in one form and no message can have another.
  [[nodiscard]] std::optional<UidForm> uid_form(UidValidity validity) const;
  /// Some of its ids are counted by UIDs: Context::uid_offset.
  [[nodiscard]] bool counts_uids() const;

  /// Sets how long an id may be in this mailbox.
  void limit_to(std::size_t octets) noexcept { longest_ = octets; }
  /// Sets whose mailbox it is, for the scheme with a key.
  void tie_to(std::string owner) { owner_ = std::move(owner); }
  void count_from(std::uint64_t uid_offset) noexcept { uid_offset_ = uid_offset; }

  /// The raw id of the maildrop's current message.
  Result<RawName> name(Facts& facts);
  /// Valid as long as this object.
  [[nodiscard]] Context context();

  /// The failure concerns all messages: hashing, or the old server's file.
  [[nodiscard]] bool failed_for_all() const noexcept { return failed_for_all_; }

 private:
  struct Chain {
    std::int64_t before = 0;  ///< for a cutover
    std::vector<const Scheme*> schemes;
  };

  explicit PlanFormulas(Maildrop& maildrop) : maildrop_(&maildrop) {}

  static std::vector<const Scheme*> rows(const std::vector<std::string>& names);
  void end_with(const Scheme& scheme);
  Result<const Chain*> chain_of(Facts& facts) const;
  Result<std::optional<std::string>> by(const Scheme& scheme, Facts& facts);
  [[nodiscard]] bool may_change(const Scheme& scheme) const;
  [[nodiscard]] bool counts_uids(const Chain& chain) const;
  Result<Hasher*> hasher();

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

}  // namespace pop3_legacy::uidl

#endif
