#include "plugin/dovecot/dovecot_port.h"

#include <algorithm>

#include "plugin/files/durable_file.h"

namespace pop3_legacy::dovecot {

namespace {

constexpr std::size_t max_state_octets = 4096;

Error storage_error(struct mailbox* box) {
  return Error{Failure::temporary, mailbox_get_last_internal_error(box, nullptr)};
}

}  // namespace

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

Result<std::string> DovecotPort::state_path(std::string_view name) const {
  const char* folder = nullptr;
  const int found = mailbox_get_path_to(client_->mailbox, MAILBOX_LIST_PATH_TYPE_CONTROL, &folder);
  if (found < 0) {
    return storage_error(client_->mailbox);
  }
  if (found == 0) {
    return Error{Failure::permanent, "the mailbox has no control directory to keep state in"};
  }
  return std::string(folder).append("/dovecot-pop3-legacy-").append(name);
}

Result<std::optional<std::string>> DovecotPort::load_state(std::string_view name) {
  const auto path = state_path(name);
  if (!path) {
    return path.error();
  }
  return files::read_small_file(path.value(), max_state_octets);
}

Status DovecotPort::store_state(std::string_view name, std::string_view content) {
  const auto path = state_path(name);
  if (!path) {
    return path.error();
  }
  struct mailbox* const box = client_->mailbox;
  if (mailbox_is_readonly(box)) {
    return Done{};
  }
  if (mailbox_create_missing_dir(box, MAILBOX_LIST_PATH_TYPE_CONTROL) < 0) {
    return storage_error(box);
  }
  const bool sync = box->storage->set->parsed_fsync_mode == FSYNC_MODE_ALWAYS;
  const struct mailbox_permissions* const permissions = mailbox_get_permissions(box);
  return files::replace_file(path.value(), content,
                             {permissions->file_create_mode, permissions->file_create_gid}, sync);
}

void DovecotPort::log_error(std::string_view sentence) {
  e_error(client_->user->event, "pop3_legacy: %.*s", static_cast<int>(sentence.size()),
          sentence.data());
}

}  // namespace pop3_legacy::dovecot
