#include "plugin/dovecot/maildrop_switch.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "plugin/dovecot/deletions.h"
#include "plugin/dovecot/mailbox_state.h"

namespace pop3_legacy::dovecot {

namespace {

constexpr auto no_flags = static_cast<enum mailbox_transaction_flags>(0);

struct mailbox_transaction_context* begin(struct mailbox* box) {
  return mailbox_transaction_begin(box, no_flags, "pop3_legacy");
}

// The mailbox must have been synchronized.
Result<Board> board_of(struct mailbox* box) {
  struct mailbox_status status {};
  mailbox_get_open_status(box, STATUS_UIDNEXT, &status);
  Board board{.maxima = status.uidnext > 0 ? status.uidnext - 1 : 0, .last_date = std::nullopt};
  const std::uint32_t last = mail_index_view_get_messages_count(box->view);
  if (last > 0) {
    struct mailbox_transaction_context* transaction = begin(box);
    struct mail* mail = mail_alloc(transaction, MAIL_FETCH_RECEIVED_DATE, nullptr);
    mail_set_seq(mail, last);
    time_t received = 0;
    if (mail_get_received_date(mail, &received) == 0) {
      board.last_date = received;
    }
    mail_free(&mail);
    (void)mailbox_transaction_commit(&transaction);
  }
  return board;
}

}  // namespace

Result<struct mailbox*> MaildropSwitch::open_readonly(std::string_view mailbox) const {
  constexpr auto flags =
      static_cast<enum mailbox_flags>(MAILBOX_FLAG_READONLY | MAILBOX_FLAG_POP3_SESSION);
  struct mailbox* box = mailbox_alloc_for_user(client_->user, std::string(mailbox).c_str(), flags);
  if (mailbox_open(box) < 0 || mailbox_sync(box, static_cast<enum mailbox_sync_flags>(0)) < 0) {
    // Always Failure::gone: Dovecot calls the failure temporary even for a Maildir without
    // permission, whose reason it has logged.
    const Error failure{Failure::gone, mailbox_get_last_internal_error(box, nullptr)};
    mailbox_free(&box);
    return failure;
  }
  return box;
}

Result<struct mailbox*> MaildropSwitch::open_inbox() const {
  struct mailbox* box = mailbox_alloc(client_->inbox_ns->list, "INBOX", MAILBOX_FLAG_POP3_SESSION);
  if (mailbox_open(box) < 0) {
    const Error failure = mailbox_error(box);
    mailbox_free(&box);
    return failure;
  }
  return box;
}

Result<Board> MaildropSwitch::look_at_board(std::string_view mailbox) const {
  Result<struct mailbox*> opened = open_readonly(mailbox);
  if (!opened) {
    return opened.error();
  }
  Result<Board> board = board_of(opened.value());
  mailbox_free(&opened.value());
  return board;
}

Result<Board> MaildropSwitch::open_board(std::string_view mailbox) {
  Result<struct mailbox*> opened = open_readonly(mailbox);
  if (!opened) {
    return opened.error();
  }
  struct mailbox* box = opened.value();
  Result<MailboxMessages> messages = read_messages(box);
  const Status ready = messages ? write_changes() : Status(messages.error());
  if (!ready) {
    mailbox_free(&box);
    return ready.error();
  }
  // The board may be the INBOX itself, which has just lost messages.
  if (std::strcmp(box->vname, client_->mailbox->vname) == 0 &&
      mailbox_sync(box, static_cast<enum mailbox_sync_flags>(0)) == 0) {
    if (Result<MailboxMessages> left = read_messages(box)) {
      messages = std::move(left);
    }
  }
  Result<Board> board = board_of(box);
  replace_by(box, messages.value());
  return board;
}

Status MaildropSwitch::close() {
  const Result<struct mailbox*> inbox = open_inbox();
  if (!inbox) {
    return inbox.error();
  }
  if (Status written = write_changes(); !written) {
    struct mailbox* box = inbox.value();
    mailbox_free(&box);
    return written;
  }
  replace_by(inbox.value(), {});
  return Done{};
}

// Does what cmd_quit() in pop3-commands.c does before it answers. After an Error, the messages and
// their marks are unchanged.
Status MaildropSwitch::write_changes() {
  if (switched_) {
    return Done{};  // nothing can have been changed
  }
  const unsigned seen_changes = client_->seen_change_count;
  bool written = true;
  if (has_deletions(*client_) || client_->seen_bitmask != nullptr) {
    client_->quit_seen = true;
    T_BEGIN {
      written = client_update_mails(client_);
    }
    T_END;
    client_->quit_seen = false;
  }
  if (written) {
    written = mailbox_transaction_commit(&client_->trans) == 0;
  } else {
    mailbox_transaction_rollback(&client_->trans);
  }
  if (!written) {
    client_->seen_change_count = seen_changes;
    const Error failure = mailbox_error(client_->mailbox);
    client_->trans = begin(client_->mailbox);
    return failure;
  }
  // The expunge is committed; the messages can only still be visible for a moment.
  if (mailbox_sync(client_->mailbox, static_cast<enum mailbox_sync_flags>(0)) < 0) {
    e_error(client_->user->event, "pop3_legacy: the maildrop was closed, but not written back: %s",
            mailbox_get_last_internal_error(client_->mailbox, nullptr));
  }
  inbox_ = {client_->messages_count, client_->deleted_count, client_->total_size,
            client_->deleted_size};
  return Done{};
}

// Writes and frees what was open before.
void MaildropSwitch::replace_by(struct mailbox* box, const MailboxMessages& messages) {
  ClientMailbox other(box, messages);
  other.exchange(client_);
  switched_ = true;
}

// Does what read_mailbox() in pop3-client.c does; messages removed meanwhile are left out.
Result<MailboxMessages> MaildropSwitch::read_messages(struct mailbox* box) {
  static std::array<enum mail_sort_type, 2> order = {MAIL_SORT_POP3_ORDER, MAIL_SORT_END};
  struct mailbox_transaction_context* transaction = begin(box);
  struct mail_search_args* arguments = mail_search_build_init();
  mail_search_build_add_all(arguments);
  mail_search_args_init(arguments, box, true, nullptr);
  struct mail_search_context* search =
      mailbox_search_init(transaction, arguments, order.data(), MAIL_FETCH_VIRTUAL_SIZE, nullptr);
  mail_search_args_unref(&arguments);

  MailboxMessages messages;
  Status read = Done{};
  struct mail* mail = nullptr;
  while (read && mailbox_search_next(search, &mail)) {
    uoff_t size = 0;
    if (mail_get_virtual_size(mail, &size) == 0) {
      messages.sequences.push_back(mail->seq);
      messages.sizes.push_back(size);
    } else if (!mail->expunged) {
      read = mailbox_error(box);
    }
  }
  if (mailbox_search_deinit(&search) < 0 && read) {
    read = mailbox_error(box);
  }
  // Commits the sizes that were added to Dovecot's cache.
  (void)mailbox_transaction_commit(&transaction);
  return read ? Result<MailboxMessages>(std::move(messages)) : read.error();
}

// The board's messages are removed first, or Dovecot would look for the ids of the INBOX's messages
// among them.
void MaildropSwitch::show_inbox_figures() {
  {
    ClientMailbox open;
    open.exchange(client_);
    open.forget_messages();
    open.exchange(client_);
  }
  client_->messages_count = inbox_.messages;
  client_->deleted_count = inbox_.deleted;
  client_->total_size = inbox_.octets;
  client_->deleted_size = inbox_.deleted_octets;
}

void MaildropSwitch::prepare_quit() {
  if (const Result<struct mailbox*> inbox = open_inbox()) {
    replace_by(inbox.value(), {});
  } else {
    // QUIT has nothing more to write and is executed on what is open.
    e_error(client_->user->event, "pop3_legacy: QUIT: %s", inbox.error().text.c_str());
  }
  show_inbox_figures();
}

void MaildropSwitch::prepare_end() {
  if (switched_ && !client_->disconnected) {
    show_inbox_figures();
    // The deletions marked in the INBOX have already been carried out.
    client_->delete_success = true;
  }
}

}  // namespace pop3_legacy::dovecot
