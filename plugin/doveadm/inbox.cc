#include "plugin/doveadm/inbox.h"

#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "plugin/core/base/result.h"
#include "plugin/dovecot/mailbox_state.h"

namespace pop3_legacy::doveadm {

namespace {

class MailboxStates : public StateStore {
 public:
  explicit MailboxStates(struct mailbox* box) : box_(box) {}

  [[nodiscard]] std::string place_of(std::string_view name) const override {
    return dovecot::place_of_mailbox_state(mailbox_get_namespace(box_), name);
  }
  [[nodiscard]] Result<std::optional<std::string>> load_state(std::string_view name) override {
    return dovecot::load_mailbox_state(box_, name);
  }
  Status store_state(std::string_view name, std::string_view content) override {
    return dovecot::store_mailbox_state(box_, name, content);
  }
  [[nodiscard]] Result<bool> exchange_state(std::string_view name,
                                            const std::optional<std::string>& old,
                                            std::string_view content) override {
    return dovecot::exchange_mailbox_state(box_, name, old, content);
  }

 private:
  struct mailbox* box_;
};

/// The messages of an open mailbox, in the order of their POP3 numbers.
class Messages {
 public:
  explicit Messages(struct mailbox* box)
      : transaction_(mailbox_transaction_begin(box, mailbox_transaction_flags{}, __func__)) {
    static constexpr std::array order{MAIL_SORT_POP3_ORDER, MAIL_SORT_END};
    struct mail_search_args* everything = mail_search_build_init();
    mail_search_build_add_all(everything);
    search_ =
        mailbox_search_init(transaction_, everything, order.data(), mail_fetch_field{}, nullptr);
    mail_search_args_unref(&everything);
  }
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;
  Messages(Messages&&) = delete;
  Messages& operator=(Messages&&) = delete;
  ~Messages() { (void)close(); }

  /// nullptr at the end, or if the storage failed; close() tells which.
  struct mail* next() {
    struct mail* mail = nullptr;
    return mailbox_search_next(search_, &mail) ? mail : nullptr;
  }

  /// False: some messages could not be seen; the storage knows why.
  [[nodiscard]] bool close() {
    bool good = true;
    if (search_ != nullptr) {
      good = mailbox_search_deinit(&search_) == 0;
    }
    if (transaction_ != nullptr) {
      good = mailbox_transaction_commit(&transaction_) == 0 && good;
    }
    return good;
  }

 private:
  struct mailbox_transaction_context* transaction_;
  struct mail_search_context* search_ = nullptr;
};

/// Sets the message's sizes. False: they are unknown, and the storage knows why.
bool read_sizes(struct mail* mail, uidl::NumberedMessage& message) {
  uoff_t octets = 0;
  uoff_t stored = 0;
  if (mail_get_virtual_size(mail, &octets) < 0 || mail_get_physical_size(mail, &stored) < 0) {
    return false;
  }
  message.octets = octets;
  message.stored_octets = stored;
  return true;
}

}  // namespace

std::unique_ptr<StateStore> states_of(struct mailbox* box) {
  return std::make_unique<MailboxStates>(box);
}

std::optional<NumberedMessages> read_messages(struct mailbox* box, bool with_sizes) {
  NumberedMessages found;
  Messages messages(box);
  while (struct mail* const mail = messages.next()) {
    const char* guid = nullptr;
    uidl::NumberedMessage message;
    message.uid = mail->uid;
    const bool known = mail_get_special(mail, MAIL_FETCH_GUID, &guid) == 0;
    if (known) {
      message.guid = guid;
    }
    if (!known || (with_sizes && !read_sizes(mail, message))) {
      if (mail->expunged) {
        continue;
      }
      // The message keeps its number, and the others still get theirs.
      e_warning(box->event, "pop3_legacy: message %zu, UID %u, cannot be read: %s",
                found.size() + 1, mail->uid, mailbox_get_last_internal_error(box, nullptr));
    }
    found.push_back(std::move(message));
  }
  if (!messages.close()) {
    return std::nullopt;
  }
  return found;
}

}  // namespace pop3_legacy::doveadm
