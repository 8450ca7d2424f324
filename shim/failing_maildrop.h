/// Maildrops that fail at a chosen operation, to test every way in which storage can fail during a
/// session.
#ifndef POP3_LEGACY_SHIM_FAILING_MAILDROP_H
#define POP3_LEGACY_SHIM_FAILING_MAILDROP_H

#include <memory>
#include <string_view>

#include "shim/maildrop.h"

namespace pop3_legacy::shim {

/// Counts the operations that can fail, and makes one of them fail.
class FailurePlan {
 public:
  /// Operation number `fails`, counted from 1, fails; with 0, none does.
  explicit FailurePlan(unsigned fails, Failure kind = Failure::temporary)
      : fails_(fails), kind_(kind) {}

  /// Counts `operation`. Returns its Error if it is the one to fail.
  Status next(std::string_view operation);
  /// The number of operations so far.
  [[nodiscard]] unsigned operations() const noexcept { return operations_; }
  /// The chosen operation was reached.
  [[nodiscard]] bool failed() const noexcept { return fails_ != 0 && operations_ >= fails_; }

 private:
  unsigned fails_;
  Failure kind_;
  unsigned operations_ = 0;
};

/// Wraps every maildrop that `maildrops` opens. The operations are opening, and the methods that
/// return a Result or a Status. The one that fails does nothing else.
class FailingMaildrops : public Maildrops {
 public:
  /// Both must outlive this.
  FailingMaildrops(Maildrops& maildrops, FailurePlan& plan) : maildrops_(maildrops), plan_(plan) {}

  [[nodiscard]] Result<std::unique_ptr<Maildrop>> open(std::string_view user) override;
  [[nodiscard]] Result<std::unique_ptr<Maildrop>> open_board(std::string_view user,
                                                             std::string_view mailbox) override;

 private:
  [[nodiscard]] Result<std::unique_ptr<Maildrop>> wrapped(Result<std::unique_ptr<Maildrop>> opened);

  Maildrops& maildrops_;
  FailurePlan& plan_;
};

}  // namespace pop3_legacy::shim

#endif
