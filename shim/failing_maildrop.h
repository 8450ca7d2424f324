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

/// The operations are the methods that return a Result or a Status. The one that fails does nothing
/// else.
class FailingMaildrop : public Maildrop {
 public:
  /// `plan` must outlive this.
  FailingMaildrop(std::unique_ptr<Maildrop> maildrop, FailurePlan& plan);

  [[nodiscard]] MessageNumber message_count() const override;
  [[nodiscard]] UidValidity uidvalidity() const override;
  [[nodiscard]] Uid uid(MessageNumber number) const override;
  [[nodiscard]] std::uint64_t next_uid() const override;
  [[nodiscard]] std::uint64_t size(MessageNumber number) const override;
  [[nodiscard]] std::string unique_name(MessageNumber number) const override;
  [[nodiscard]] std::optional<std::string> file_name(MessageNumber number) const override;
  [[nodiscard]] std::string stored_uidl(MessageNumber number) const override;
  [[nodiscard]] bool seen(MessageNumber number) const override;
  [[nodiscard]] Result<std::unique_ptr<MessageReader>> open_message(MessageNumber number) override;
  [[nodiscard]] Result<std::int64_t> received(MessageNumber number) override;
  [[nodiscard]] Result<std::optional<std::string>> courier_list() override;
  Status commit(std::span<const MessageNumber> deleted,
                std::span<const MessageNumber> seen) override;
  [[nodiscard]] Result<std::optional<std::string>> load_state(std::string_view name) override;
  Status store_state(std::string_view name, std::string_view content) override;
  [[nodiscard]] bool has_state(std::string_view name) const override;
  Status save_copy(std::string_view mailbox, int message) override;

 private:
  std::unique_ptr<Maildrop> maildrop_;
  FailurePlan& plan_;
};

/// Wraps every maildrop that `maildrops` opens; opening is an operation as well.
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
