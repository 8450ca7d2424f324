#include "plugin/dovecot/client_mailbox.h"

#include <algorithm>
#include <utility>

#include "plugin/dovecot/deletions.h"

namespace pop3_legacy::dovecot {

ClientMailbox::ClientMailbox(struct mailbox* box, const MailboxMessages& messages)
    : mailbox_(box),
      trans_(mailbox_transaction_begin(box, static_cast<enum mailbox_transaction_flags>(0),
                                       "pop3_legacy")) {
  struct mailbox_status status {};
  mailbox_get_open_status(box, STATUS_UIDVALIDITY, &status);
  uid_validity_ = status.uidvalidity;
  i_array_init(&all_seqs_, 1);
  const auto count = static_cast<unsigned>(messages.sequences.size());
  message_sizes_ = i_new(uoff_t, count + 1);
  msgnum_to_seq_map_ = i_new(std::uint32_t, count + 1);
  msgnum_to_seq_map_count_ = messages_count_ = count;
  for (unsigned i = 0; i < count; ++i) {
    const std::uint32_t sequence = messages.sequences[i];
    message_sizes_[i] = messages.sizes[i];
    msgnum_to_seq_map_[i] = sequence;
    total_size_ += messages.sizes[i];
    highest_seq_ = std::max(highest_seq_, sequence);
    seq_range_array_add(&all_seqs_, sequence);
  }
}

ClientMailbox::~ClientMailbox() {
  if (trans_ != nullptr) {
    (void)mailbox_transaction_commit(&trans_);
  }
  if (deleted_kw_ != nullptr) {
    mailbox_keywords_unref(&deleted_kw_);
  }
  if (mailbox_ != nullptr) {
    mailbox_free(&mailbox_);
  }
  free_messages();
}

void ClientMailbox::free_messages() {
  if (array_is_created(&all_seqs_)) {
    array_free(&all_seqs_);
  }
  pool_unref(&uidl_pool_);
  message_uidls_ = nullptr;
  i_free(message_sizes_);
  i_free(deleted_bitmask_);
  i_free(seen_bitmask_);
  i_free(msgnum_to_seq_map_);
}

void ClientMailbox::forget_messages() {
  free_messages();
  i_array_init(&all_seqs_, 1);
  messages_count_ = deleted_count_ = seen_change_count_ = 0;
  total_size_ = deleted_size_ = 0;
  last_seen_pop3_msn_ = lowest_retr_pop3_msn_ = highest_expunged_fetch_msgnum_ = 0;
  highest_seq_ = msgnum_to_seq_map_count_ = 0;
  has_deletions_ = false;
}

void ClientMailbox::exchange(struct client* client) {
  std::swap(client->mailbox, mailbox_);
  std::swap(client->trans, trans_);
  std::swap(client->deleted_kw, deleted_kw_);
  std::swap(client->uid_validity, uid_validity_);
  std::swap(client->messages_count, messages_count_);
  std::swap(client->deleted_count, deleted_count_);
  std::swap(client->seen_change_count, seen_change_count_);
  std::swap(client->total_size, total_size_);
  std::swap(client->deleted_size, deleted_size_);
  std::swap(client->last_seen_pop3_msn, last_seen_pop3_msn_);
  std::swap(client->lowest_retr_pop3_msn, lowest_retr_pop3_msn_);
  std::swap(client->highest_expunged_fetch_msgnum, highest_expunged_fetch_msgnum_);
  std::swap(client->all_seqs, all_seqs_);
  std::swap(client->highest_seq, highest_seq_);
  std::swap(client->msgnum_to_seq_map, msgnum_to_seq_map_);
  std::swap(client->msgnum_to_seq_map_count, msgnum_to_seq_map_count_);
  std::swap(client->uidl_pool, uidl_pool_);
  std::swap(client->message_uidls, message_uidls_);
  std::swap(client->message_sizes, message_sizes_);
  const bool has_deletions = std::exchange(has_deletions_, dovecot::has_deletions(*client));
  std::swap(client->deleted_bitmask, deleted_bitmask_);
  set_has_deletions(*client, has_deletions);
  std::swap(client->seen_bitmask, seen_bitmask_);
}

}  // namespace pop3_legacy::dovecot
