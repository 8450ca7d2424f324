#include "plugin/dovecot/dovecot_host.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <climits>
#include <type_traits>
#include <utility>

#include "plugin/dovecot/deletions.h"
#include "plugin/dovecot/domain_loader.h"
#include "plugin/dovecot/dovecot_maildrop.h"
#include "plugin/dovecot/host_answer.h"
#include "plugin/dovecot/host_event.h"
#include "plugin/dovecot/mail_inspection.h"
#include "plugin/dovecot/mail_parts.h"
#include "plugin/dovecot/mail_submission.h"
#include "plugin/dovecot/mailbox_state.h"
#include "plugin/dovecot/script_program.h"
#include "plugin/dovecot/service_groups.h"
#include "plugin/dovecot/uidl_storage.h"
#include "plugin/process/child_program.h"
#include "plugin/process/running_process.h"

namespace pop3_legacy::dovecot {

namespace {

/// So does Dovecot 2.3, which has no events of commands either.
constexpr bool executes_by_name = std::is_invocable_v<decltype(&client_command_execute),
                                                      struct client*, const char*, const char*>;

}  // namespace

MessageNumber DovecotHost::message_count() const {
  return client_->messages_count;
}

UidValidity DovecotHost::uidvalidity() const {
  return client_->uid_validity;
}

// The map covers only the first numbers; for the others, the sequence equals the number
// (pop3-client.h).
std::uint32_t DovecotHost::sequence(MessageNumber number) const {
  return number <= client_->msgnum_to_seq_map_count ? client_->msgnum_to_seq_map[number - 1]
                                                    : number;
}

Uid DovecotHost::uid(MessageNumber number) const {
  Uid uid = 0;
  mail_index_lookup_uid(client_->mailbox->view, sequence(number), &uid);
  return uid;
}

bool DovecotHost::numbers_follow_uids() const {
  const std::uint32_t* const map = client_->msgnum_to_seq_map;
  const unsigned count = client_->msgnum_to_seq_map_count;
  const bool tail_follows =
      count == 0 || count == client_->messages_count || map[count - 1] <= count;
  return tail_follows && std::is_sorted(map, map + count);
}

// Dovecot has read the flags already; until the first RETR or RSET this number comes from them.
MessageNumber DovecotHost::highest_seen() const {
  return client_->last_seen_pop3_msn;
}

bool DovecotHost::has_seen(MessageNumber number) const {
  const struct mail_index_record* const record =
      mail_index_lookup(client_->mailbox->view, sequence(number));
  return record != nullptr && (record->flags & MAIL_SEEN) != 0;
}

// Nobody calls these two while something other than the INBOX is open.
std::vector<Uid> DovecotHost::mailbox_uids() const {
  std::vector<Uid> uids;
  if (switch_.switched()) return uids;
  const std::uint32_t count = mail_index_view_get_messages_count(client_->mailbox->view);
  uids.reserve(count);
  for (std::uint32_t place = 1; place <= count; ++place) {
    Uid uid = 0;
    mail_index_lookup_uid(client_->mailbox->view, place, &uid);
    uids.push_back(uid);
  }
  return uids;
}

Result<std::vector<std::optional<std::string>>> DovecotHost::guids(const std::vector<Uid>& uids) {
  if (switch_.switched()) return Error{Failure::permanent, "another maildrop is open"};
  DovecotMaildrop maildrop(client_->mailbox);
  std::vector<std::optional<std::string>> found;
  found.reserve(uids.size());
  for (const Uid uid : uids) {
    std::uint32_t sequence = 0;
    if (!mail_index_lookup_seq(client_->mailbox->view, uid, &sequence)) {
      found.emplace_back();
      continue;
    }
    const auto message = maildrop.message(sequence - 1);
    if (!message) return message.error();
    Result<std::string> guid = message.value()->guid();
    if (!guid && guid.error().kind != Failure::gone) return guid.error();
    found.push_back(guid ? std::optional(std::move(guid.value())) : std::nullopt);
  }
  return found;
}

Result<std::vector<std::optional<std::int64_t>>> DovecotHost::received(
    const std::vector<MessageNumber>& numbers) {
  DovecotMaildrop maildrop(client_->mailbox);
  std::vector<std::optional<std::int64_t>> dates;
  dates.reserve(numbers.size());
  for (const MessageNumber number : numbers) {
    const auto message = maildrop.message(sequence(number) - 1);
    const Result<std::int64_t> date =
        message ? maildrop.facts().received() : Result<std::int64_t>(message.error());
    if (!date && date.error().kind != Failure::gone) {
      return date.error();
    }
    dates.push_back(date ? std::optional(date.value()) : std::nullopt);
  }
  return dates;
}

// Replaces everything that read_mailbox() in pop3-client.c derived from the messages it found. The
// bitmasks may be larger than the maildrop. UIDL and RSET use all_seqs; numbers are checked against
// messages_count only.
Status DovecotHost::narrow(const std::vector<MessageNumber>& numbers) {
  const auto count = static_cast<unsigned>(numbers.size());
  auto* const map = static_cast<std::uint32_t*>(
      i_malloc(sizeof(std::uint32_t) * std::max<std::size_t>(count, 1)));
  uoff_t total = 0;
  MessageNumber seen = 0;
  array_clear(&client_->all_seqs);
  for (unsigned place = 0; place < count; ++place) {
    const MessageNumber old = numbers[place];
    map[place] = sequence(old);
    client_->message_sizes[place] = client_->message_sizes[old - 1];
    total += client_->message_sizes[place];
    seq_range_array_add(&client_->all_seqs, map[place]);
    const struct mail_index_record* const record =
        old <= client_->last_seen_pop3_msn ? mail_index_lookup(client_->mailbox->view, map[place])
                                           : nullptr;
    if (record != nullptr && (record->flags & MAIL_SEEN) != 0) {
      seen = place + 1;
    }
  }
  i_free(client_->msgnum_to_seq_map);
  client_->msgnum_to_seq_map = map;
  client_->msgnum_to_seq_map_count = count;
  client_->messages_count = count;
  client_->total_size = total;
  client_->last_seen_pop3_msn = seen;
  return Done{};
}

// Does what cmd_rset() does, but QUIT still says "messages deleted".
void DovecotHost::forget_deletions() {
  if (has_deletions(*client_)) {
    std::fill_n(client_->deleted_bitmask, MSGS_BITMASK_SIZE(client_), std::uint8_t{0});
    client_->deleted_count = 0;
    client_->deleted_size = 0;
  }
}

// Does what client_update_mails() does; cmd_quit() commits it with the rest.
Status DovecotHost::remove_unseen(const std::vector<Uid>& uids) {
  if (mailbox_is_readonly(client_->mailbox)) {
    return Error{Failure::permanent, "the mailbox is read-only"};
  }
  struct mail* mail = mail_alloc(client_->trans, static_cast<enum mail_fetch_field>(0), nullptr);
  for (const Uid uid : uids) {
    if (!mail_set_uid(mail, uid)) {
      continue;
    }
    if (client_->deleted_kw != nullptr) {
      mail_update_keywords(mail, MODIFY_ADD, client_->deleted_kw);
    } else {
      mail_expunge(mail);
    }
  }
  mail_free(&mail);
  return Done{};
}

bool DovecotHost::deleted(MessageNumber number) const {
  const MessageNumber bit = number - 1;
  return has_deletions(*client_) &&
         (client_->deleted_bitmask[bit / CHAR_BIT] >> (bit % CHAR_BIT) & 1U) != 0;
}

Tally DovecotHost::left() const {
  return {client_->messages_count - client_->deleted_count,
          client_->total_size - client_->deleted_size};
}

Tally DovecotHost::all() const {
  return {client_->messages_count, client_->total_size};
}

// If client_command_execute() takes a command's name, Dovecot makes an event reason of the first
// word before it looks up the command, and event_reason_code_prefix() panics at a colon (at nothing
// else). In other versions the command is looked up first.
std::string_view DovecotHost::deadly_in_verb() const noexcept {
  return executes_by_name ? ":" : "";
}

// Octets that a TCP peer has not acknowledged, or that the login process doing TLS has not read.
bool DovecotHost::output_acknowledged() const {
  int queued = 0;
  return ::ioctl(client_->fd_out, SIOCOUTQ, &queued) != 0 || queued == 0;
}

// Does what cmd_dele() in pop3-commands.c does; RSET and QUIT need no more.
Status DovecotHost::mark_deleted(MessageNumber number) {
  if (!has_deletions(*client_)) {
    client_->deleted_bitmask =
        static_cast<unsigned char*>(i_malloc(MSGS_BITMASK_SIZE(client_)));  // zeroed
    set_has_deletions(*client_, true);
  }
  const MessageNumber bit = number - 1;
  client_->deleted_bitmask[bit / CHAR_BIT] |= static_cast<unsigned char>(1U << (bit % CHAR_BIT));
  client_->deleted_count++;
  client_->deleted_size += client_->message_sizes[bit];
  return Done{};
}

// Does what fetch() in pop3-commands.c does. Without the bitmask, Dovecot is to leave the flags
// alone.
Status DovecotHost::mark_seen(MessageNumber number) {
  if (client_->seen_bitmask == nullptr) {
    return Done{};
  }
  struct mail* mail = mail_alloc(client_->trans, MAIL_FETCH_FLAGS, nullptr);
  mail_set_seq(mail, sequence(number));
  if ((mail_get_flags(mail) & MAIL_SEEN) == 0) {
    const MessageNumber bit = number - 1;
    client_->seen_bitmask[bit / CHAR_BIT] |= static_cast<unsigned char>(1U << (bit % CHAR_BIT));
    client_->seen_change_count++;
  }
  mail_free(&mail);
  return Done{};
}

// Behaves as with pop3_no_flag_updates.
void DovecotHost::leave_seen_alone() {
  if (!switch_.switched()) {
    i_free(client_->seen_bitmask);
  }
}

Result<std::unique_ptr<MessageParts>> DovecotHost::open_parts(MessageNumber number) {
  return MailParts::open(client_->trans, sequence(number));
}

std::uint64_t DovecotHost::octets(MessageNumber number) const {
  return client_->message_sizes[number - 1];
}

Result<std::unique_ptr<host::Inspection>> DovecotHost::inspect(std::vector<FieldQuery> queries) {
  return std::unique_ptr<host::Inspection>(std::make_unique<MailInspection>(
      client_->mailbox, std::move(queries),
      [this](MessageNumber number) { return sequence(number) - 1; }));
}

Status DovecotHost::add_uidl(MessageNumber number, std::string& to) {
  if (uidl::Ids* const ids = own_uidls()) {
    const auto id = ids->find(uid(number));
    if (id ? id->by == uidl::NamedBy::nobody : !ids->lost()) {
      return Error{Failure::gone, "the message has no id in this session"};
    }
    if (id && id->by == uidl::NamedBy::plugin && !keeps_uidls()) {
      to += id->text;
      return Done{};
    }
  }
  const Result<std::string> id = hosts_uidl(number);
  if (!id) return id.error();
  to += id.value();
  return Done{};
}

// Dovecot keeps a copy of all ids for this session, by which it sees duplicates
// (pop3_uidl_duplicates) or says in the logout line what has changed.
bool DovecotHost::keeps_uidls() const {
  return client_->message_uidls_save;
}

uidl::Ids* DovecotHost::own_uidls() const {
  return switch_.switched() ? nullptr : prepared_uidls(client_->mailbox);
}

// UIDL's answer is made in pop3-commands.c, from Dovecot's own settings. Dovecot ends the session
// at a message without an id, so what the id is made of is checked first.
Result<std::string> DovecotHost::hosts_uidl(MessageNumber number) {
  if (client_->message_uidls != nullptr) {
    return std::string(client_->message_uidls[number - 1]);
  }
  if (const Status known = has_uidl(number); !known) {
    return known.error();
  }
  // Otherwise Dovecot would take its own command for the one already running.
  const auto running = std::exchange(client_->cmd, nullptr);
  Result<std::string> answer = host_answer("UIDL " + std::to_string(number));
  client_->cmd = running;
  if (!answer) {
    return answer;
  }
  std::string_view id = answer.value();
  id.remove_suffix(std::min(id.size(), std::string_view("\r\n").size()));
  if (!id.starts_with("+OK ")) {
    return Error{Failure::temporary, "UIDL " + std::to_string(number) + ": " + std::string(id)};
  }
  return std::string(id.substr(id.rfind(' ') + 1));
}

Status DovecotHost::has_uidl(MessageNumber number) const {
  struct mail* mail = mail_alloc(client_->trans, static_cast<enum mail_fetch_field>(0), nullptr);
  mail_set_seq(mail, sequence(number));
  Status known = Done{};
  const auto look = [&](enum mail_fetch_field field) {
    const char* value = nullptr;
    if (known && mail_get_special(mail, field, &value) < 0) {
      known = mailbox_error(client_->mailbox);
    }
    return known && *value != '\0';
  };
  const auto need = [&](enum uidl_keys key, enum mail_fetch_field field) {
    if ((client_->uidl_keymask & key) != 0 && !look(field) && known) {
      known = Error{Failure::permanent, "message " + std::to_string(number) + " has no id"};
    }
  };
  if (!look(MAIL_FETCH_UIDL_BACKEND)) {
    need(UIDL_MD5, MAIL_FETCH_HEADER_MD5);
    need(UIDL_FILE_NAME, MAIL_FETCH_STORAGE_ID);
    need(UIDL_GUID, MAIL_FETCH_GUID);
  }
  mail_free(&mail);
  return known;
}

// fetch_callback() (pop3-commands.c) adds to both when it ends.
std::uint64_t DovecotHost::octets_sent(Access access) const {
  return access == Access::top ? client_->top_bytes : client_->retr_bytes;
}

// CAPA's answer is always the same, but each one is an event where Dovecot has those.
Result<std::string> DovecotHost::host_answer(std::string_view command) {
  const bool is_capa = command == "CAPA";
  const bool is_counted = !executes_by_name && has_listeners();
  if (is_capa && !is_counted && !capa_.empty()) return capa_;
  Result<std::string> answer = dovecot::host_answer(client_, command);
  if (is_capa && answer) capa_ = answer.value();
  return answer;
}

template <class Work>
auto DovecotHost::with_inbox(Work work) -> decltype(work(static_cast<struct mailbox*>(nullptr))) {
  return switch_.switched() ? switch_.with_inbox(work) : work(client_->mailbox);
}

std::string DovecotHost::InboxStates::place_of(std::string_view name) const {
  struct mail_namespace* const inbox = mail_namespace_find_inbox(host_.client_->user->namespaces);
  return inbox == nullptr ? StateStore::place_of(name) : place_of_mailbox_state(inbox, name);
}

Result<std::optional<StateStore::Front>> DovecotHost::InboxStates::load_state_front(
    std::string_view name, std::size_t octets) {
  return host_.with_inbox(
      [&](struct mailbox* box) { return load_mailbox_state_front(box, name, octets); });
}

Result<std::optional<std::string>> DovecotHost::InboxStates::load_state(std::string_view name) {
  return host_.with_inbox([&](struct mailbox* box) { return load_mailbox_state(box, name); });
}

Status DovecotHost::InboxStates::store_state(std::string_view name, std::string_view content) {
  return host_.with_inbox(
      [&](struct mailbox* box) { return store_mailbox_state(box, name, content); });
}

Result<bool> DovecotHost::InboxStates::exchange_state(std::string_view name,
                                                      const std::optional<std::string>& old,
                                                      std::string_view content) {
  return host_.with_inbox(
      [&](struct mailbox* box) { return exchange_mailbox_state(box, name, old, content); });
}

std::string DovecotHost::decoded(std::string_view value) {
  buffer_t* text = buffer_create_dynamic(default_pool, 128);
  message_header_decode_utf8(reinterpret_cast<const unsigned char*>(value.data()), value.size(),
                             text, nullptr);
  std::string made(static_cast<const char*>(text->data), text->used);
  buffer_free(&text);
  return made;
}

Result<Hasher*> DovecotHost::hasher() {
  return &hasher_;
}

std::string DovecotHost::process() const {
  return process::this_process();
}

std::optional<bool> DovecotHost::is_running(std::string_view process) const {
  return process::is_running(process);
}

std::string DovecotHost::user_name() const {
  return client_->user->username;
}

Result<std::string> DovecotHost::ascii_domain(std::string_view domain) {
  return dovecot::ascii_domain(domain);
}

std::string DovecotHost::host_name() const {
  return my_hostdomain();
}

Result<std::vector<Address>> DovecotHost::parse_addresses(std::string_view value,
                                                          std::size_t at_most) {
  return dovecot::parse_addresses(value, at_most);
}

Result<std::unique_ptr<Spool>> DovecotHost::open_spool() {
  return dovecot::open_spool(client_->user);
}

// Every spool comes from open_spool().
Result<std::unique_ptr<Submission>> DovecotHost::submit(Spool& spool, const Envelope& envelope,
                                                        std::function<void(Outcome)> done) {
  return submit_mail(client_->user, static_cast<files::SpoolFile&>(spool), envelope,
                     std::move(done));
}

Status DovecotHost::save_message(Spool& spool, std::string_view mailbox) {
  return save_mail(client_->user, static_cast<files::SpoolFile&>(spool), mailbox);
}

Result<std::unique_ptr<RunningProgram>> DovecotHost::run_program(
    const ProgramCall& call, std::function<void(ProgramResult)> done) {
  if (call.service) return run_script(loop_, client_->user, call, std::move(done));
  // With these groups a program could connect to Dovecot's own sockets, which no user may do.
  std::string groups;
  for (const std::string& group : service_groups(client_->user->set->base_dir)) {
    groups += (groups.empty() ? "" : ", ") + group;
  }
  if (!groups.empty()) {
    return Error{Failure::permanent,
                 call.target + " was not run: it would have the group " + groups +
                     " of Dovecot's sockets; set \"extra_groups =\" in service pop3 and "
                     "\"mail_access_groups =\" (both empty), or use a script service instead"};
  }
  return process::run_program(loop_, call, std::move(done));
}

// The policy's scheme applies to the INBOX only; every other mailbox has Dovecot's own ids.
Result<bool> DovecotHost::prepare_uidls() {
  if (switch_.switched()) {
    return true;
  }
  return prepare_part_of_uidls(client_->mailbox);
}

// Dovecot is to see the ids that it gives itself, because it may store them (pop3_save_uidl).
bool DovecotHost::answers_uidl() {
  const uidl::Ids* const ids = own_uidls();
  return ids != nullptr && (!ids->unnamed().empty() || (ids->all_ours() && !keeps_uidls()));
}

uidl::Ids* DovecotHost::shown_ids() {
  return keeps_uidls() ? nullptr : own_uidls();
}

void DovecotHost::log_error(std::string_view sentence) {
  report({LogLevel::error, std::string(sentence)});
}

void DovecotHost::report(const Event& event) {
  report_event(client_->user->event, event);
}

}  // namespace pop3_legacy::dovecot
