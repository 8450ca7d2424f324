/// Everything in a session of Dovecot's pop3 process that belongs to the open mailbox.
#ifndef POP3_LEGACY_DOVECOT_CLIENT_MAILBOX_H
#define POP3_LEGACY_DOVECOT_CLIENT_MAILBOX_H

#include <cstdint>
#include <vector>

#include "plugin/dovecot/pop3_host.h"

namespace pop3_legacy::dovecot {

/// A mailbox's messages in the order of their numbers.
struct MailboxMessages {
  std::vector<std::uint32_t> sequences;
  std::vector<uoff_t> sizes;
};

/// Dovecot counts, maps and marks messages in some twenty members of struct client that rely on
/// each other. So they are exchanged together: a client never has the count of one mailbox and the
/// ids of another.
class ClientMailbox {
 public:
  /// No mailbox is open.
  ClientMailbox() = default;
  /// Sets up for an open mailbox what client_init_mailbox() sets up. Takes ownership of `box`.
  ClientMailbox(struct mailbox* box, const MailboxMessages& messages);
  ClientMailbox(const ClientMailbox&) = delete;
  ClientMailbox& operator=(const ClientMailbox&) = delete;
  ClientMailbox(ClientMailbox&&) = delete;
  ClientMailbox& operator=(ClientMailbox&&) = delete;
  /// Writes the changes and frees the members, as client_default_destroy() does.
  ~ClientMailbox();

  /// Swaps these members with the client's.
  void exchange(struct client* client);
  /// Forgets the messages; the mailbox stays open.
  void forget_messages();

 private:
  void free_messages();

  struct mailbox* mailbox_ = nullptr;
  struct mailbox_transaction_context* trans_ = nullptr;
  struct mail_keywords* deleted_kw_ = nullptr;
  unsigned uid_validity_ = 0;

  unsigned messages_count_ = 0;
  unsigned deleted_count_ = 0;
  unsigned seen_change_count_ = 0;
  uoff_t total_size_ = 0;
  uoff_t deleted_size_ = 0;
  std::uint32_t last_seen_pop3_msn_ = 0;
  std::uint32_t lowest_retr_pop3_msn_ = 0;
  unsigned highest_expunged_fetch_msgnum_ = 0;
  decltype(client::all_seqs) all_seqs_{};
  std::uint32_t highest_seq_ = 0;
  std::uint32_t* msgnum_to_seq_map_ = nullptr;
  std::uint32_t msgnum_to_seq_map_count_ = 0;
  pool_t uidl_pool_ = nullptr;
  const char** message_uidls_ = nullptr;  ///< in uidl_pool_
  uoff_t* message_sizes_ = nullptr;
  unsigned char* deleted_bitmask_ = nullptr;
  /// If null, RETR sets no \Seen and QUIT writes nothing.
  unsigned char* seen_bitmask_ = nullptr;
  bool has_deletions_ = false;
};

}  // namespace pop3_legacy::dovecot

#endif
