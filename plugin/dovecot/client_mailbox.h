/// Everything of a session of Dovecot's pop3 process that belongs to the mailbox it has open.
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

/// Dovecot counts, maps and marks messages in some twenty members of struct client, of which each
/// trusts the others. So they go in and out together: a client never has the count of one mailbox
/// and the ids of another.
class ClientMailbox {
 public:
  /// Nothing is open.
  ClientMailbox() = default;
  /// Of an open mailbox, which it owns from here on, what client_init_mailbox() sets up of its own.
  ClientMailbox(struct mailbox* box, const MailboxMessages& messages);
  ClientMailbox(const ClientMailbox&) = delete;
  ClientMailbox& operator=(const ClientMailbox&) = delete;
  ClientMailbox(ClientMailbox&&) = delete;
  ClientMailbox& operator=(ClientMailbox&&) = delete;
  /// Writes the changes and frees, as client_default_destroy() does.
  ~ClientMailbox();

  /// The client gets these members, and its own are here afterwards.
  void exchange(struct client* client);
  /// The mailbox stays open, with no messages in it.
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
  /// Without it RETR sets no \Seen, and QUIT writes nothing.
  unsigned char* seen_bitmask_ = nullptr;
  bool deleted_ = false;
};

}  // namespace pop3_legacy::dovecot

#endif
