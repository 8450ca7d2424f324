#include "shim/memory_maildrop.h"

#include <algorithm>
#include <utility>

namespace pop3_legacy::shim {

namespace {

class MemoryReader : public MessageReader {
 public:
  explicit MemoryReader(std::shared_ptr<const std::string> text) : text_(std::move(text)) {}

  Result<std::string> read(std::size_t at_most) override {
    std::string piece = text_->substr(read_, at_most);
    read_ += piece.size();
    return piece;
  }

 private:
  std::shared_ptr<const std::string> text_;
  std::size_t read_ = 0;
};

class MemoryMaildrop : public Maildrop {
 public:
  explicit MemoryMaildrop(MemoryMailbox& mailbox)
      : mailbox_(mailbox),
        uidvalidity_(mailbox.uidvalidity()),
        next_uid_(mailbox.next_uid()),
        messages_(mailbox.messages()) {}

  [[nodiscard]] MessageNumber message_count() const override {
    return static_cast<MessageNumber>(messages_.size());
  }

  [[nodiscard]] UidValidity uidvalidity() const override { return uidvalidity_; }

  [[nodiscard]] std::uint64_t next_uid() const override { return next_uid_; }

  [[nodiscard]] Uid uid(MessageNumber number) const override { return message(number).uid; }

  [[nodiscard]] std::uint64_t size(MessageNumber number) const override {
    SizeAsSent size;
    size.add(*message(number).text);
    return size.octets();
  }

  [[nodiscard]] std::string unique_name(MessageNumber number) const override {
    const auto name = file_name(number);
    return name ? *name : message(number).guid;
  }

  [[nodiscard]] std::optional<std::string> file_name(MessageNumber number) const override {
    const std::string& name = message(number).file_name;
    return name.empty() ? std::nullopt : std::optional(name);
  }

  [[nodiscard]] std::string stored_uidl(MessageNumber number) const override {
    return message(number).stored_uidl;
  }

  [[nodiscard]] bool seen(MessageNumber number) const override { return message(number).seen; }

  Result<std::unique_ptr<MessageReader>> open_message(MessageNumber number) override {
    if (mailbox_.uidvalidity() != uidvalidity_ || mailbox_.find(uid(number)) == nullptr) {
      return Error{Failure::gone, "message " + std::to_string(number) + " was removed"};
    }
    return std::unique_ptr<MessageReader>(std::make_unique<MemoryReader>(message(number).text));
  }

  Result<std::int64_t> received(MessageNumber number) override { return message(number).received; }

  Result<std::optional<std::string>> courier_list() override { return mailbox_.courier_list(); }

  Status commit(std::span<const MessageNumber> deleted,
                std::span<const MessageNumber> seen) override {
    if (mailbox_.uidvalidity() != uidvalidity_) {
      return Error{Failure::gone, "the mailbox was replaced"};
    }
    for (const MessageNumber number : seen) {
      if (MemoryMailbox::Message* const lasting = mailbox_.find(uid(number))) {
        lasting->seen = true;
      }
    }
    for (const MessageNumber number : deleted) {
      mailbox_.expunge(uid(number));
    }
    return Done{};
  }

  Result<std::optional<std::string>> load_state(std::string_view name) override {
    const auto& states = mailbox_.states();
    const auto found = states.find(name);
    return found == states.end() ? std::optional<std::string>{} : std::optional(found->second);
  }

  Status store_state(std::string_view name, std::string_view content) override {
    mailbox_.states().insert_or_assign(std::string(name), std::string(content));
    return Done{};
  }

  [[nodiscard]] bool has_state(std::string_view name) const override {
    return mailbox_.states().contains(name);
  }

  // There is only one mailbox.
  Status save_copy(std::string_view /*mailbox*/, int /*message*/) override {
    return Error{Failure::permanent, "a mailbox in memory keeps no copies"};
  }

 private:
  [[nodiscard]] const MemoryMailbox::Message& message(MessageNumber number) const {
    return messages_[number - 1];
  }

  MemoryMailbox& mailbox_;
  UidValidity uidvalidity_;
  std::uint64_t next_uid_;
  std::vector<MemoryMailbox::Message> messages_;  ///< as at login
};

}  // namespace

Uid MemoryMailbox::deliver(std::string text, bool seen) {
  messages_.push_back({.uid = next_uid_,
                       .text = std::make_shared<const std::string>(std::move(text)),
                       .seen = seen,
                       .received = 0,
                       .file_name = {},
                       .stored_uidl = {},
                       .guid = std::to_string(uidvalidity_) + '.' + std::to_string(next_uid_)});
  return next_uid_++;
}

bool MemoryMailbox::expunge(Uid uid) {
  return std::erase_if(messages_, [&](const Message& message) { return message.uid == uid; }) > 0;
}

void MemoryMailbox::change_uidvalidity(UidValidity uidvalidity) {
  uidvalidity_ = uidvalidity;
  next_uid_ = 1;
  for (Message& message : messages_) {
    message.uid = next_uid_++;
  }
}

MemoryMailbox::Message* MemoryMailbox::find(Uid uid) noexcept {
  const auto found = std::find_if(messages_.begin(), messages_.end(),
                                  [&](const Message& message) { return message.uid == uid; });
  return found == messages_.end() ? nullptr : &*found;
}

MemoryMailbox& MemoryMaildrops::mailbox(std::string_view user) {
  const auto found = mailboxes_.find(user);
  if (found != mailboxes_.end()) {
    return found->second;
  }
  MemoryMailbox& made = mailboxes_[std::string(user)];
  if (fill_ != nullptr) {
    fill_(made);
  }
  return made;
}

Result<std::unique_ptr<Maildrop>> MemoryMaildrops::open(std::string_view user) {
  return std::unique_ptr<Maildrop>(std::make_unique<MemoryMaildrop>(mailbox(user)));
}

MemoryMailbox& MemoryMaildrops::make_board(std::string_view user, std::string_view mailbox) {
  return boards_[{std::string(user), std::string(mailbox)}];
}

Result<std::unique_ptr<Maildrop>> MemoryMaildrops::open_board(std::string_view user,
                                                              std::string_view mailbox) {
  const auto found = boards_.find({std::string(user), std::string(mailbox)});
  if (found == boards_.end()) {
    return Error{Failure::gone, "there is no mailbox " + std::string(mailbox)};
  }
  return std::unique_ptr<Maildrop>(std::make_unique<MemoryMaildrop>(found->second));
}

}  // namespace pop3_legacy::shim
