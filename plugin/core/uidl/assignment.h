/// The ids of a whole maildrop, according to its policy, its pins and what it remembers.
///
/// A message gets the first of these ids that exists:
///   1. the id imported for it (pins),
///   2. the id it was given before and that is kept (memory.h),
///   3. the id that the host has stored with it (Dovecot's pop3_save_uidl, or a migration),
///   4. the id from the first scheme of its chain that has one,
///   5. the id that the host gives it.
/// An id that POP3 does not allow, or that is too long in this mailbox, is replaced (identifier.h).
/// If two messages have the same id, the one whose id comes first in this order, then the one with
/// the lower UID, keeps it. The other gets `ID-` and ten digits of its GUID's hash, where ID is cut
/// so that the result has at most 70 octets, and keeps that even when the first is deleted. An id
/// that is remembered for a removed message is not given to another one. If the host itself gives
/// two messages the same id, they are left alone.
///
/// A message that cannot be read, or that another session has removed, has no id. The others have
/// theirs, and keep them when it comes back.
///
/// Only messages that are not yet in the mailbox's list (id_list.h) go through this. Where all ids
/// are UIDs in one form (uid_form.h) and the mailbox remembers no others, no message does.
#ifndef POP3_LEGACY_CORE_UIDL_ASSIGNMENT_H
#define POP3_LEGACY_CORE_UIDL_ASSIGNMENT_H

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>

#include "plugin/core/base/result.h"
#include "plugin/core/uidl/ids.h"
#include "plugin/core/uidl/maildrop.h"
#include "plugin/core/uidl/plan.h"

namespace pop3_legacy::uidl {

/// How long an id may be in this mailbox: what the mailbox remembers, or the policy's value if it
/// remembers nothing or is to change.
Result<std::size_t> longest_identifier(Maildrop& maildrop, const Wanted& wanted);

/// The same as assign_ids(), in parts.
class IdAssignment {
 public:
  /// `maildrop` must outlive this object, and its messages must not change.
  IdAssignment(Maildrop& maildrop, Wanted wanted, bool wanted_known);
  IdAssignment(const IdAssignment&) = delete;
  IdAssignment& operator=(const IdAssignment&) = delete;
  IdAssignment(IdAssignment&&) = delete;
  IdAssignment& operator=(IdAssignment&&) = delete;
  ~IdAssignment();

  /// Works until `until` or slightly longer: a message is not left half done, and steps that
  /// concern all messages are done at once. False: there is more to do.
  Result<bool> go_on(std::chrono::steady_clock::time_point until);
  /// The result of assign_ids(), once go_on() has returned true.
  [[nodiscard]] std::optional<Ids> take_ids();

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

/// No value: the host names all its messages itself. What has to be remembered
/// has been stored when this returns, and without an Error no id differs from the one given before.
Result<std::optional<Ids>> assign_ids(Maildrop& maildrop, const Wanted& wanted, bool wanted_known);

}  // namespace pop3_legacy::uidl

#endif
