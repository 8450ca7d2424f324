/// A maildrop with some of another's messages: what a session sees under a view.
#ifndef POP3_LEGACY_SHIM_NARROWED_MAILDROP_H
#define POP3_LEGACY_SHIM_NARROWED_MAILDROP_H

#include <memory>
#include <utility>
#include <vector>

#include "shim/maildrop.h"

namespace pop3_legacy::shim {

class NarrowedMaildrop : public Maildrop {
 public:
  /// All messages of `whole`, for now.
  explicit NarrowedMaildrop(std::shared_ptr<Maildrop> whole) : whole_(std::move(whole)) {}

  /// Narrows the maildrop to these messages, in ascending order. Call it at most once.
  void narrow(std::vector<MessageNumber> numbers) { numbers_ = std::move(numbers); }
  [[nodiscard]] Maildrop& whole() noexcept { return *whole_; }
  [[nodiscard]] MessageNumber in_whole(MessageNumber number) const {
    return numbers_ ? numbers_->at(number - 1) : number;
  }
  /// commit() also removes these messages from the whole. Returns whether there are any.
  bool remove_unseen(const std::vector<Uid>& uids);

  [[nodiscard]] MessageNumber message_count() const override {
    return numbers_ ? static_cast<MessageNumber>(numbers_->size()) : whole_->message_count();
  }
  [[nodiscard]] UidValidity uidvalidity() const override { return whole_->uidvalidity(); }
  [[nodiscard]] Uid uid(MessageNumber number) const override {
    return whole_->uid(in_whole(number));
  }
  [[nodiscard]] std::uint64_t next_uid() const override { return whole_->next_uid(); }
  [[nodiscard]] std::uint64_t size(MessageNumber number) const override {
    return whole_->size(in_whole(number));
  }
  [[nodiscard]] std::string unique_name(MessageNumber number) const override {
    return whole_->unique_name(in_whole(number));
  }
  [[nodiscard]] std::optional<std::string> file_name(MessageNumber number) const override {
    return whole_->file_name(in_whole(number));
  }
  [[nodiscard]] std::string stored_uidl(MessageNumber number) const override {
    return whole_->stored_uidl(in_whole(number));
  }
  [[nodiscard]] bool seen(MessageNumber number) const override {
    return whole_->seen(in_whole(number));
  }
  [[nodiscard]] Result<std::unique_ptr<MessageReader>> open_message(MessageNumber number) override {
    return whole_->open_message(in_whole(number));
  }
  [[nodiscard]] Result<std::int64_t> received(MessageNumber number) override {
    return whole_->received(in_whole(number));
  }
  [[nodiscard]] Result<std::optional<std::string>> courier_list() override {
    return whole_->courier_list();
  }
  Status commit(std::span<const MessageNumber> deleted,
                std::span<const MessageNumber> seen) override;
  [[nodiscard]] Result<std::optional<std::string>> load_state(std::string_view name) override {
    return whole_->load_state(name);
  }
  Status store_state(std::string_view name, std::string_view content) override {
    return whole_->store_state(name, content);
  }
  Status save_copy(std::string_view mailbox, int message) override {
    return whole_->save_copy(mailbox, message);
  }
  [[nodiscard]] bool has_state(std::string_view name) const override {
    return whole_->has_state(name);
  }

 private:
  std::shared_ptr<Maildrop> whole_;
  std::optional<std::vector<MessageNumber>> numbers_;  ///< of the whole; no value: all
  std::vector<MessageNumber> unseen_;                  ///< of the whole, to be removed
};

}  // namespace pop3_legacy::shim

#endif
