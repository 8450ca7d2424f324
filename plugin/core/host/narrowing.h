/// A maildrop with only some of the mailbox's messages, and a QUIT that removes other messages than
/// those deleted (the policy's [view] and [delete]).
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
  /// somebody else has removed the message. To be called before narrow().
  [[nodiscard]] virtual Result<std::vector<std::optional<std::int64_t>>> received(
      const std::vector<MessageNumber>& numbers) = 0;
  /// From now on the maildrop has only these messages (ascending), numbered from 1. To be called
  /// once, before the host executes a command.
  virtual Status narrow(const std::vector<MessageNumber>& numbers) = 0;
  /// Removes all deletion marks: QUIT, which comes next, removes none of these messages but answers
  /// as if it had.
  virtual void forget_deletions() = 0;
  /// QUIT, which comes next, also removes these messages from the mailbox, as if they were marked.
  /// They are not in the maildrop; some may already be gone.
  virtual Status remove_unseen(const std::vector<Uid>& uids) = 0;
};

}  // namespace pop3_legacy::host

#endif
