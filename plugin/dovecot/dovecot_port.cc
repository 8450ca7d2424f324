#include "plugin/dovecot/dovecot_port.h"

#include <algorithm>

#include "plugin/dovecot/mailbox_state.h"
#include "plugin/dovecot/uidl_storage.h"

namespace pop3_legacy::dovecot {

MessageNumber DovecotPort::message_count() const {
  return client_->messages_count;
}

UidValidity DovecotPort::uidvalidity() const {
  return client_->uid_validity;
}

// The map covers a prefix of the numbers; behind it the sequence is the number (pop3-client.h).
Uid DovecotPort::uid(MessageNumber number) const {
  const std::uint32_t sequence =
      number <= client_->msgnum_to_seq_map_count ? client_->msgnum_to_seq_map[number - 1] : number;
  Uid uid = 0;
  mail_index_lookup_uid(client_->mailbox->view, sequence, &uid);
  return uid;
}

bool DovecotPort::numbers_follow_uids() const {
  const std::uint32_t* const map = client_->msgnum_to_seq_map;
  const unsigned count = client_->msgnum_to_seq_map_count;
  const bool tail_follows =
      count == 0 || count == client_->messages_count || map[count - 1] <= count;
  return tail_follows && std::is_sorted(map, map + count);
}

// Dovecot has looked at the flags already; this number is theirs until the first RETR or RSET.
MessageNumber DovecotPort::highest_seen() const {
  return client_->last_seen_pop3_msn;
}

// Both are added to at the end of fetch_callback() (pop3-commands.c).
std::uint64_t DovecotPort::octets_sent(Access access) const {
  return access == Access::top ? client_->top_bytes : client_->retr_bytes;
}

// The host runs its own command with an input and an output of ours in place of the client's.
Result<std::string> DovecotPort::host_answer(std::string_view command) {
  const std::string line = std::string(command) + "\r\n";
  buffer_t* const answer = buffer_create_dynamic(default_pool, 512);
  struct istream* input = i_stream_create_from_data(line.data(), line.size());
  struct ostream* output = o_stream_create_buffer(answer);

  std::swap(client_->input, input);
  std::swap(client_->output, output);
  (void)client_handle_input(client_);
  std::swap(client_->input, input);
  std::swap(client_->output, output);

  std::string octets(static_cast<const char*>(answer->data), answer->used);
  i_stream_unref(&input);
  o_stream_destroy(&output);
  buffer_t* garbage = answer;
  buffer_free(&garbage);
  if (octets.empty()) {
    return Error{Failure::temporary, "Dovecot gave no answer to " + std::string(command)};
  }
  return octets;
}

Result<std::optional<std::string>> DovecotPort::load_state(std::string_view name) {
  return load_mailbox_state(client_->mailbox, name);
}

Status DovecotPort::store_state(std::string_view name, std::string_view content) {
  return store_mailbox_state(client_->mailbox, name, content);
}

Status DovecotPort::prepare_uidls() {
  return dovecot::prepare_uidls(client_->mailbox);
}

void DovecotPort::log_error(std::string_view sentence) {
  e_error(client_->user->event, "pop3_legacy: %.*s", static_cast<int>(sentence.size()),
          sentence.data());
}

}  // namespace pop3_legacy::dovecot
