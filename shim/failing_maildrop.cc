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

}  // namespace

Status FailurePlan::next(std::string_view operation) {
  if (++operations_ != fails_) {
    return Done{};
  }
  return Error{kind_, std::string(operation) + " failed as planned, being operation " +
                          std::to_string(operations_)};
}

FailingMaildrop::FailingMaildrop(std::unique_ptr<Maildrop> maildrop, FailurePlan& plan)
    : maildrop_(std::move(maildrop)), plan_(plan) {}

MessageNumber FailingMaildrop::message_count() const {
  return maildrop_->message_count();
}

UidValidity FailingMaildrop::uidvalidity() const {
  return maildrop_->uidvalidity();
}

Uid FailingMaildrop::uid(MessageNumber number) const {
  return maildrop_->uid(number);
}

std::uint64_t FailingMaildrop::next_uid() const {
  return maildrop_->next_uid();
}

std::uint64_t FailingMaildrop::size(MessageNumber number) const {
  return maildrop_->size(number);
}

std::string FailingMaildrop::unique_name(MessageNumber number) const {
  return maildrop_->unique_name(number);
}

std::optional<std::string> FailingMaildrop::file_name(MessageNumber number) const {
  return maildrop_->file_name(number);
}

std::string FailingMaildrop::stored_uidl(MessageNumber number) const {
  return maildrop_->stored_uidl(number);
}

bool FailingMaildrop::seen(MessageNumber number) const {
  return maildrop_->seen(number);
}

Result<std::unique_ptr<MessageReader>> FailingMaildrop::open_message(MessageNumber number) {
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

Result<std::int64_t> FailingMaildrop::received(MessageNumber number) {
  if (const Status planned = plan_.next("received"); !planned) {
    return planned.error();
  }
  return maildrop_->received(number);
}

Result<std::optional<std::string>> FailingMaildrop::courier_list() {
  if (const Status planned = plan_.next("courier_list"); !planned) {
    return planned.error();
  }
  return maildrop_->courier_list();
}

Status FailingMaildrop::commit(std::span<const MessageNumber> deleted,
                               std::span<const MessageNumber> seen) {
  const Status planned = plan_.next("commit");
  return planned ? maildrop_->commit(deleted, seen) : planned;
}

Result<std::optional<std::string>> FailingMaildrop::load_state(std::string_view name) {
  if (const Status planned = plan_.next("load_state"); !planned) {
    return planned.error();
  }
  return maildrop_->load_state(name);
}

Status FailingMaildrop::store_state(std::string_view name, std::string_view content) {
  const Status planned = plan_.next("store_state");
  return planned ? maildrop_->store_state(name, content) : planned;
}

Status FailingMaildrop::save_copy(std::string_view mailbox, int message) {
  const Status planned = plan_.next("save_copy");
  return planned ? maildrop_->save_copy(mailbox, message) : planned;
}

bool FailingMaildrop::has_state(std::string_view name) const {
  return maildrop_->has_state(name);
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
