/// Replaces the INBOX that a session of Dovecot's pop3 process has opened by another mailbox.
#ifndef POP3_LEGACY_DOVECOT_MAILDROP_SWITCH_H
#define POP3_LEGACY_DOVECOT_MAILDROP_SWITCH_H

#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/host/boards.h"
#include "plugin/dovecot/client_mailbox.h"
#include "plugin/dovecot/pop3_host.h"

namespace pop3_legacy::dovecot {

/// Exchanges everything in a struct client that belongs to the mailbox (ClientMailbox). Dovecot's
/// own commands then work on the new mailbox, and the client's end frees what it expects. No
/// command may run meanwhile.
///
/// Dovecot's client always has a mailbox and a transaction. So when no maildrop is open, it has the
/// INBOX and sees no messages in it.
class MaildropSwitch {
 public:
  explicit MaildropSwitch(struct client* client) : client_(client) {}

  /// These implement the methods of host::Boards with the same names.
  [[nodiscard]] Result<Board> look_at_board(std::string_view mailbox) const;
  Result<Board> open_board(std::string_view mailbox);
  Status close();
  /// Makes sure that a board cannot make QUIT fail and that the logout line is about the INBOX.
  void prepare_quit();
  /// The same for a session that ends without QUIT.
  void prepare_end();

  /// The open mailbox is not the one that Dovecot opened at login.
  [[nodiscard]] bool switched() const noexcept { return switched_; }
  /// Opens the INBOX for `work`, which returns a Result.
  template <class Work>
  [[nodiscard]] auto with_inbox(Work work) const
      -> decltype(work(static_cast<struct mailbox*>(nullptr))) {
    Result<struct mailbox*> inbox = open_inbox();
    if (!inbox) {
      return inbox.error();
    }
    auto result = work(inbox.value());
    mailbox_free(&inbox.value());
    return result;
  }

 private:
  /// What the logout line says about the INBOX.
  struct Figures {
    unsigned messages = 0;
    unsigned deleted = 0;
    uoff_t octets = 0;
    uoff_t deleted_octets = 0;
  };

  static Result<MailboxMessages> read_messages(struct mailbox* box);
  Result<struct mailbox*> open_readonly(std::string_view mailbox) const;
  Result<struct mailbox*> open_inbox() const;
  Status write_changes();
  void replace_by(struct mailbox* box, const MailboxMessages& messages);
  void show_inbox_figures();

  struct client* client_;
  Figures inbox_;
  bool switched_ = false;
};

}  // namespace pop3_legacy::dovecot

#endif
