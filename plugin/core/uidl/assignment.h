/// The ids of a whole maildrop, by its policy, its pins and what it remembers.
///
/// In this order a message has the id
///   1. that was imported for it (pins),
///   2. that it was given before and that is kept (memory.h),
///   3. that the host has stored with it (Dovecot's pop3_save_uidl, or a migration),
///   4. of the first scheme of its chain that has one,
///   5. that the host gives it.
/// An id that POP3 does not allow, or that is too long in this mailbox, is replaced (identifier.h).
/// Where two messages have the same id, the one that comes first in this order, then the one with
/// the lower UID, has it and the other gets `ID-` and ten digits of its GUID's hash, with no more
/// of ID than makes 70 octets; it keeps that, when the first is deleted, too. An id that is
/// remembered for a message that is gone is not given to another one. Where the host gives two
/// messages the same id, that is the host's affair.
///
/// A message that cannot be read, or that another session has removed, has no id; the others have
/// theirs, and keep them when it comes back.
#ifndef POP3_LEGACY_CORE_UIDL_ASSIGNMENT_H
#define POP3_LEGACY_CORE_UIDL_ASSIGNMENT_H

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/uidl/maildrop.h"
#include "plugin/core/uidl/message_id.h"
#include "plugin/core/uidl/plan.h"

namespace pop3_legacy::uidl {

/// How long an id may be in this mailbox: as it remembers, or as the policy has it where it
/// remembers nothing or is to change.
Result<std::size_t> longest_identifier(Maildrop& maildrop, const Wanted& wanted);

/// The same as assign_ids(), part by part.
class IdAssignment {
 public:
  /// `maildrop` lives longer than this, and its messages stay as they are.
  IdAssignment(Maildrop& maildrop, Wanted wanted, bool wanted_known);
  IdAssignment(const IdAssignment&) = delete;
  IdAssignment& operator=(const IdAssignment&) = delete;
  IdAssignment(IdAssignment&&) = delete;
  IdAssignment& operator=(IdAssignment&&) = delete;
  ~IdAssignment();

  /// Goes on until `until`, or a little longer: a message is not left in the middle, and what is
  /// made of all messages is made at once. False: there is more to do.
  Result<bool> go_on(std::chrono::steady_clock::time_point until);
  /// What assign_ids() returns, once go_on() has returned true.
  [[nodiscard]] std::optional<std::vector<MessageId>> take_ids();

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

/// The ids by place; no value: the host names all its messages itself. What has to be remembered
/// has been stored when this returns, and without an Error no id differs from what was given
/// before.
Result<std::optional<std::vector<MessageId>>> assign_ids(Maildrop& maildrop, const Wanted& wanted,
                                                         bool wanted_known);

}  // namespace pop3_legacy::uidl

#endif
