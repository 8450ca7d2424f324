#include "shim/failing_maildrop.h"

#include <string>
#include <utility>

namespace pop3_legacy::shim {

namespace {

class FailingReader : public MessageReader {
 public:
  FailingReader(std::unique_ptr<MessageReader> reader, FailurePlan& plan)
      : reader_(std::move(reader)), plan_(plan) {}

  Result<std::string> read(std::size_t at_most) override {
    if (const Status planned = plan_.next("read"); !planned) {
      return planned.error();
    }
    return reader_->read(at_most);
  }

 private:
  std::unique_ptr<MessageReader> reader_;
  FailurePlan& plan_;
};

class FailingMaildrop : public Maildrop {
 public:
  FailingMaildrop(std::unique_ptr<Maildrop> maildrop, FailurePlan& plan)
      : maildrop_(std::move(maildrop)), plan_(plan) {}

  [[nodiscard]] MessageNumber message_count() const override { return maildrop_->message_count(); }

  [[nodiscard]] UidValidity uidvalidity() const override { return maildrop_->uidvalidity(); }

  [[nodiscard]] Uid uid(MessageNumber number) const override { return maildrop_->uid(number); }

  [[nodiscard]] std::uint64_t next_uid() const override { return maildrop_->next_uid(); }

  [[nodiscard]] std::uint64_t size(MessageNumber number) const override {
    return maildrop_->size(number);
  }

  [[nodiscard]] std::string unique_name(MessageNumber number) const override {
    return maildrop_->unique_name(number);
  }

  [[nodiscard]] std::optional<std::string> file_name(MessageNumber number) const override {
    return maildrop_->file_name(number);
  }

  [[nodiscard]] std::string stored_uidl(MessageNumber number) const override {
    return maildrop_->stored_uidl(number);
  }

  [[nodiscard]] bool seen(MessageNumber number) const override { return maildrop_->seen(number); }

  Result<std::unique_ptr<MessageReader>> open_message(MessageNumber number) override {
    if (const Status planned = plan_.next("open_message"); !planned) {
      return planned.error();
    }
    auto opened = maildrop_->open_message(number);
    if (!opened) {
      return opened;
    }
    return std::unique_ptr<MessageReader>(
        std::make_unique<FailingReader>(std::move(opened.value()), plan_));
  }

  Result<std::int64_t> received(MessageNumber number) override {
    if (const Status planned = plan_.next("received"); !planned) {
      return planned.error();
    }
    return maildrop_->received(number);
  }

  Result<std::optional<std::string>> courier_list() override {
    if (const Status planned = plan_.next("courier_list"); !planned) {
      return planned.error();
    }
    return maildrop_->courier_list();
  }

  Status commit(std::span<const MessageNumber> deleted,
                std::span<const MessageNumber> seen) override {
    const Status planned = plan_.next("commit");
    return planned ? maildrop_->commit(deleted, seen) : planned;
  }

  Result<std::optional<std::string>> load_state(std::string_view name) override {
    if (const Status planned = plan_.next("load_state"); !planned) {
      return planned.error();
    }
    return maildrop_->load_state(name);
  }

  Status store_state(std::string_view name, std::string_view content) override {
    const Status planned = plan_.next("store_state");
    return planned ? maildrop_->store_state(name, content) : planned;
  }

  Status save_copy(std::string_view mailbox, int message) override {
    const Status planned = plan_.next("save_copy");
    return planned ? maildrop_->save_copy(mailbox, message) : planned;
  }

  [[nodiscard]] bool has_state(std::string_view name) const override {
    return maildrop_->has_state(name);
  }

 private:
  std::unique_ptr<Maildrop> maildrop_;
  FailurePlan& plan_;
};

}  // namespace

Status FailurePlan::next(std::string_view operation) {
  if (++operations_ != fails_) {
    return Done{};
  }
  return Error{kind_, std::string(operation) + " failed as planned, being operation " +
                          std::to_string(operations_)};
}

Result<std::unique_ptr<Maildrop>> FailingMaildrops::open(std::string_view user) {
  if (const Status planned = plan_.next("open"); !planned) {
    return planned.error();
  }
  return wrapped(maildrops_.open(user));
}

Result<std::unique_ptr<Maildrop>> FailingMaildrops::open_board(std::string_view user,
                                                               std::string_view mailbox) {
  if (const Status planned = plan_.next("open_board"); !planned) {
    return planned.error();
  }
  return wrapped(maildrops_.open_board(user, mailbox));
}

Result<std::unique_ptr<Maildrop>> FailingMaildrops::wrapped(
    Result<std::unique_ptr<Maildrop>> opened) {
  if (!opened) {
    return opened;
  }
  return std::unique_ptr<Maildrop>(
      std::make_unique<FailingMaildrop>(std::move(opened.value()), plan_));
}

}  // namespace pop3_legacy::shim
