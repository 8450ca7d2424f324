/// A maildrop that has some of the mailbox's messages only, and a QUIT that removes others than
/// were deleted ([view] and [delete] of the policy).
#ifndef POP3_LEGACY_CORE_HOST_NARROWING_H
#define POP3_LEGACY_CORE_HOST_NARROWING_H

#include <cstdint>
#include <optional>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/host/interface.h"
#include "plugin/core/host/types.h"

namespace pop3_legacy::host {

class Narrowing : public Interface {
 public:
  /// When these messages arrived, in seconds since 1970, in the order of `numbers`; no value:
  /// somebody else has removed the message. Before narrow().
  [[nodiscard]] virtual Result<std::vector<std::optional<std::int64_t>>> received(
      const std::vector<MessageNumber>& numbers) = 0;
  /// From now on the maildrop has these messages only, ascending, and numbers them from 1. Once,
  /// before the host executes a command.
  virtual Status narrow(const std::vector<MessageNumber>& numbers) = 0;
  /// Takes all marks of deletion back: QUIT, which comes next, removes none of these messages, and
  /// answers as if it had.
  virtual void forget_deletions() = 0;
  /// QUIT, which comes next, removes these messages from the mailbox as it would have those with a
  /// mark. They are not in the maildrop; some may be gone.
  virtual Status remove_unseen(const std::vector<Uid>& uids) = 0;
};

}  // namespace pop3_legacy::host

#endif
