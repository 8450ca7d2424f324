#include "plugin/doveadm/uidl_tool.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "plugin/core/text.h"
#include "plugin/core/uidl/assignment.h"
#include "plugin/core/uidl/detection.h"
#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/listed.h"
#include "plugin/core/uidl/old_list.h"
#include "plugin/core/uidl/pinning.h"
#include "plugin/core/uidl/verification.h"
#include "plugin/doveadm/doveadm_host.h"
#include "plugin/doveadm/pop3_settings.h"
#include "plugin/dovecot/dovecot_maildrop.h"
#include "plugin/dovecot/mailbox_state.h"
#include "plugin/dovecot/trampoline.h"
#include "plugin/dovecot/uidl_storage.h"
#include "plugin/dovecot/user_policy.h"

/// The administrator's file. Opaque to C.
struct pop3_legacy_old_list {  // NOLINT(readability-identifier-naming): C
  std::string text;
  pop3_legacy::uidl::OldList list;
};

namespace pop3_legacy::doveadm {

namespace {

using Outcome = enum pop3_legacy_uidl_outcome;
using OldListFile = struct pop3_legacy_old_list;
using NumberedMessages = std::vector<uidl::NumberedMessage>;

/// More than the list of any maildrop; a device that never ends is no list.
constexpr std::size_t max_old_list = std::size_t{256} * 1024 * 1024;
constexpr std::size_t shown_differences = 20;

/// Logs what the storage says about its last failure, behind `what`.
Outcome storage_failed(struct mailbox* box, const char* what, int* error_r) {
  enum mail_error error = MAIL_ERROR_NONE;
  const char* const reason = mailbox_get_last_internal_error(box, &error);
  e_error(box->event, "pop3_legacy: %s: %s", what, reason);
  *error_r = error == MAIL_ERROR_NONE ? MAIL_ERROR_TEMP : error;
  return POP3_LEGACY_UIDL_FAILED;
}

/// A user's INBOX, open and up to date.
class Inbox {
 public:
  explicit Inbox(const struct mail_user* user)
      : box_(mailbox_alloc(mail_namespace_find_inbox(user->namespaces)->list, "INBOX",
                           MAILBOX_FLAG_IGNORE_ACLS)) {}
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;
  Inbox(Inbox&&) = delete;
  Inbox& operator=(Inbox&&) = delete;
  ~Inbox() { mailbox_free(&box_); }

  /// False: the storage knows why.
  [[nodiscard]] bool open() {
    return mailbox_open(box_) == 0 && mailbox_sync(box_, MAILBOX_SYNC_FLAG_FULL_READ) == 0;
  }
  [[nodiscard]] struct mailbox* box() const { return box_; }

 private:
  struct mailbox* box_;
};

/// The messages of an open mailbox, in the order in which POP3 numbers them.
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

  /// nullptr at the end, or where the storage failed, which close() tells.
  struct mail* next() {
    struct mail* mail = nullptr;
    return mailbox_search_next(search_, &mail) ? mail : nullptr;
  }

  /// False: there were messages that could not be seen; the storage knows why.
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

/// Logs an Error of ours, behind the mailbox's name.
Outcome failed(struct mailbox* box, const Error& error, int* error_r) {
  e_error(box->event, "pop3_legacy: %s", error.text.c_str());
  *error_r = MAIL_ERROR_TEMP;
  return error.kind == Failure::permanent ? POP3_LEGACY_UIDL_NO : POP3_LEGACY_UIDL_FAILED;
}

/// Sets the message's sizes; false: the storage knows why not.
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

/// Every message, without its id, or no value and *error_r after the failure was logged. A message
/// that another session expunges meanwhile is left out. A size may have to be read from the
/// message.
std::optional<NumberedMessages> read_messages(struct mailbox* box, bool with_sizes, int* error_r) {
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
      // It keeps its number, and the others are not to go without theirs.
      e_warning(box->event, "pop3_legacy: message %zu, UID %u, cannot be read: %s",
                found.size() + 1, mail->uid, mailbox_get_last_internal_error(box, nullptr));
    }
    found.push_back(std::move(message));
  }
  if (!messages.close()) {
    storage_failed(box, "the messages cannot be listed", error_r);
    return std::nullopt;
  }
  return found;
}

/// The mailbox as it is, or as it would be with other pins; what would be stored is not.
class LookedAt : public dovecot::DovecotMaildrop {
 public:
  /// pins: nullptr for those that there are.
  LookedAt(struct mailbox* box, const uidl::GuidIds* pins) : DovecotMaildrop(box), pins_(pins) {}

  [[nodiscard]] Result<std::optional<std::string>> load_state(std::string_view name) override {
    if (pins_ != nullptr && name == uidl::pins_state) {
      return std::optional(uidl::pins_text(*pins_));
    }
    return DovecotMaildrop::load_state(name);
  }
  Status store_state(std::string_view /*name*/, std::string_view /*content*/) override {
    return Done{};
  }
  [[nodiscard]] Result<bool> exchange_state(std::string_view /*name*/,
                                            const std::optional<std::string>& /*old*/,
                                            std::string_view /*content*/) override {
    return true;
  }

 private:
  const uidl::GuidIds* pins_;
};

/// Dovecot names messages itself, and how is not to be found out in this process.
Error not_known() {
  return {Failure::permanent,
          "messages have Dovecot's own ids here, by pop3_uidl_format, which doveconf did not tell "
          "(doveadm-server cannot ask it: leave out -S)"};
}

/// Where the plugin has nothing to do with the ids.
Status name_by_host(LookedAt& maildrop, std::unordered_map<Uid, std::string>& by_uid) {
  for (std::uint32_t place = 0; place < maildrop.message_count(); ++place) {
    const auto message = maildrop.message(place);
    auto id = message ? maildrop.stored_id() : Result<std::string>(message.error());
    if (id && id.value().empty()) {
      id = maildrop.host_id();
    }
    if (!id && id.error().kind != Failure::gone) {
      return id.error();
    }
    if (id) {
      by_uid.emplace(maildrop.uid(place), std::move(id.value()));
    }
  }
  return Done{};
}

/// Gives the messages the ids that a client would see who logs in now, with `pins` as in LookedAt.
/// One that has none in a session has none here; the log has said why.
Status name_messages(struct mailbox* box, const policy::Resolution& policy,
                     NumberedMessages& messages, const uidl::GuidIds* pins = nullptr) {
  std::unordered_map<Uid, std::string> by_uid;
  Status status = Done{};
  dovecot::with_hosts_uidls(box, [&] {
    LookedAt maildrop(box, pins);
    auto ids = uidl::assign_ids(maildrop, policy.policy.uidl, policy.uidl_known);
    if (!ids) {
      status = ids.error();
      return;
    }
    if (!ids.value()) {
      status = name_by_host(maildrop, by_uid);
    }
    for (std::uint32_t place = 0; ids.value() && place < ids.value()->size(); ++place) {
      uidl::MessageId& id = (*ids.value())[place];
      if (id.from != uidl::MessageId::From::nobody) {
        by_uid.emplace(maildrop.uid(place), std::move(id.text));
      }
    }
  });
  for (uidl::NumberedMessage& message : messages) {
    const auto named = by_uid.find(message.uid);
    message.id = named == by_uid.end() ? std::string() : std::move(named->second);
    if (status && named != by_uid.end() && message.id.empty()) {
      status = not_known();
    }
  }
  return status;
}

// --- the commands: each one prints all of its rows, or has logged why it prints none ---

/// What each command has to work with.
struct Work {
  struct mailbox* box;
  const policy::Resolution& policy;
  NumberedMessages messages;
  int* error_r;
};

Outcome list(Work& work) {
  if (const Status named = name_messages(work.box, work.policy, work.messages); !named) {
    return failed(work.box, named.error(), work.error_r);
  }
  std::size_t number = 0;
  for (const uidl::NumberedMessage& message : work.messages) {
    ++number;
    if (message.id.empty()) {
      e_warning(work.box->event, "pop3_legacy: message %zu, UID %u, has no id now: left out",
                number, message.uid);
      continue;
    }
    doveadm_print_num(number);
    doveadm_print_num(message.uid);
    doveadm_print(message.guid.c_str());
    doveadm_print(message.id.c_str());
  }
  return POP3_LEGACY_UIDL_DONE;
}

Outcome detect(Work& work, const uidl::OldList& old_list) {
  Result<uidl::Detection> result = Error{};
  dovecot::with_hosts_uidls(work.box, [&] {
    LookedAt maildrop(work.box, nullptr);
    result = uidl::detect_schemes(maildrop, work.policy.policy.uidl, old_list, work.messages);
  });
  if (!result) {
    return failed(work.box, result.error(), work.error_r);
  }
  const uidl::Detection& found = result.value();
  for (const uidl::Detection::Row& row : found.rows) {
    std::string chain;
    for (const std::string& name : row.chain) {
      chain.append(chain.empty() ? "" : " ").append(name);
    }
    doveadm_print(chain.c_str());
    doveadm_print_num(row.reproduced);
    doveadm_print_num(found.ids);
    doveadm_print_num(work.messages.size());
    doveadm_print(uidl::policy_line(row).c_str());
  }
  const bool numbered = uidl::listed_by(old_list) == uidl::ListedBy::number;
  if (numbered && !found.by_message && found.ids > 0) {
    e_warning(work.box->event,
              "pop3_legacy: the list has %zu ids and the mailbox %zu messages, so an id counts "
              "whichever message has it",
              old_list.entries.size(), work.messages.size());
  }
  if (found.stored > 0) {
    e_warning(
        work.box->event,
        "pop3_legacy: Dovecot has stored ids with %zu messages, and they go before any scheme",
        found.stored);
  }
  const std::size_t best = found.rows.empty() ? 0 : found.rows.front().reproduced;
  if (best < found.ids) {
    e_warning(work.box->event, "pop3_legacy: %zu of the list's %zu ids are %s; %s",
              found.ids - best, found.ids,
              best == 0 ? "reproduced by no scheme" : "not reproduced by the first line",
              uidl::listed_by(old_list) == uidl::ListedBy::nothing
                  ? "\"pin\" could import them from the old server's UIDL answer"
                  : "\"pin\" can import them");
  }
  return best == 0 && found.ids > 0 ? POP3_LEGACY_UIDL_NO : POP3_LEGACY_UIDL_DONE;
}

/// Says how far an answer can be trusted that goes by number.
void tell_trust(const Work& work, const uidl::OldList& old_list) {
  if (uidl::listed_by(old_list) == uidl::ListedBy::number && !old_list.entries.empty()) {
    const std::string trust = uidl::trust_in_numbers(old_list, work.messages.size());
    e_warning(work.box->event, "pop3_legacy: %s", trust.c_str());
  }
}

/// Says the first of what is odd about single ids, and how many more there are.
void tell_odd(const Work& work, const std::vector<std::string>& first, std::size_t count) {
  for (const std::string& odd : first) {
    e_warning(work.box->event, "pop3_legacy: %s", odd.c_str());
  }
  if (count > first.size()) {
    e_warning(work.box->event, "pop3_legacy: so it is with %zu more", count - first.size());
  }
}

void tell_difference(struct mailbox* box, const uidl::Verification::Difference& difference) {
  const std::string expected = difference.expected.empty()
                                   ? "which the list has not"
                                   : "expected: \"" + difference.expected + "\"";
  e_error(box->event, "pop3_legacy: message %zu, UID %u, has the id \"%s\", %s", difference.number,
          difference.uid, difference.actual.c_str(), expected.c_str());
}

Outcome verify(Work& work, const uidl::OldList& old_list) {
  if (const Status named = name_messages(work.box, work.policy, work.messages); !named) {
    return failed(work.box, named.error(), work.error_r);
  }
  const auto result = uidl::verify_list(old_list, work.messages, shown_differences);
  if (!result) {
    return failed(work.box, result.error(), work.error_r);
  }
  const uidl::Verification& found = result.value();
  for (const auto& difference : found.first) {
    tell_difference(work.box, difference);
  }
  std::vector<std::string> shared;
  for (const auto& one : found.first_shared) {
    shared.push_back("message " + std::to_string(one.number) + ", UID " + std::to_string(one.uid) +
                     ", has the id \"" + one.actual + "\", for the list gives another message \"" +
                     one.expected + "\", too");
  }
  tell_odd(work, shared, found.shared);
  for (const std::string& id : found.unclaimed) {
    e_warning(work.box->event, "pop3_legacy: the id \"%s\" is gone or different now", id.c_str());
  }
  doveadm_print_num(work.messages.size());
  doveadm_print_num(found.same);
  doveadm_print_num(found.different);
  doveadm_print_num(found.unlisted);
  doveadm_print_num(found.missing);
  tell_trust(work, old_list);
  return found.different > 0 ? POP3_LEGACY_UIDL_NO : POP3_LEGACY_UIDL_DONE;
}

/// Why nothing may be pinned here.
Status may_pin(const Work& work) {
  const auto refused = [](std::string why) { return Error{Failure::permanent, std::move(why)}; };
  if (!work.policy.uidl_known) {
    return refused("the policy that decides the ids cannot be read");
  }
  const auto unknown = std::find_if(work.messages.begin(), work.messages.end(),
                                    [](const auto& message) { return message.guid.empty(); });
  if (unknown != work.messages.end()) {
    return refused("message " + std::to_string(unknown - work.messages.begin() + 1) + ", UID " +
                   std::to_string(unknown->uid) + ", cannot be pinned, for pins go by GUID: " +
                   dovecot::without_guids + ", or it cannot be read now");
  }
  if (mailbox_is_readonly(work.box)) {
    return refused("the mailbox is read-only");
  }
  return Done{};
}

Result<uidl::GuidIds> pins_of(struct mailbox* box) {
  const auto text = dovecot::load_mailbox_state(box, uidl::pins_state);
  if (!text) {
    return text.error();
  }
  if (!text.value()) {
    return uidl::GuidIds();
  }
  auto pins = uidl::parse_pins(*text.value());
  if (!pins) {
    return Error{Failure::permanent, "the mailbox's file \"" + std::string(uidl::pins_state) +
                                         "\" is damaged, " + pins.error().text +
                                         ": nothing was changed; remove it to pin anew"};
  }
  return pins;
}

Error unchanged(Error error) {
  error.text += ": nothing was changed";
  return error;
}

Outcome pin(Work& work, const uidl::OldList& old_list, bool replace) {
  if (const Status allowed = may_pin(work); !allowed) {
    return failed(work.box, unchanged(allowed.error()), work.error_r);
  }
  auto before = pins_of(work.box);
  if (!before) {
    return failed(work.box, unchanged(before.error()), work.error_r);
  }
  const auto pinning = uidl::pin_list(old_list, work.messages, std::move(before.value()), replace,
                                      static_cast<std::size_t>(work.policy.policy.uidl.max_length));
  if (!pinning) {
    return failed(work.box, unchanged(pinning.error()), work.error_r);
  }
  // Once for trying, so that what cannot be is refused before anything is stored.
  const uidl::GuidIds& pins = pinning.value().pins;
  if (const Status named = name_messages(work.box, work.policy, work.messages, &pins); !named) {
    return failed(work.box, unchanged(named.error()), work.error_r);
  }
  // A copy of a message keeps the id that it was given apart from the other one's.
  uidl::OldList pinned;
  pinned.format = old_list.format;
  for (const std::size_t entry : pinning.value().pinned) {
    pinned.entries.push_back(old_list.entries[entry]);
    pinned.entries.back().octets.reset();
  }
  const auto shown = uidl::verify_list(pinned, work.messages, uidl::told_oddities);
  std::vector<std::string> copies;
  if (shown) {
    for (const auto& one : shown.value().first) {
      copies.push_back("message " + std::to_string(one.number) +
                       " is a copy of another one and keeps its id " + in_quotes(one.actual) +
                       ", so " + in_quotes(one.expected) + " cannot be pinned");
    }
    if (!copies.empty() && shown.value().same == 0) {
      return failed(work.box, unchanged({Failure::permanent, copies.front()}), work.error_r);
    }
  }
  if (pinning.value().added > 0) {
    // The memory may say "pinned" only when the pins are there; the next login says it if this
    // ends here.
    const Status stored =
        dovecot::store_mailbox_state(work.box, uidl::pins_state, uidl::pins_text(pins));
    if (!stored) {
      return failed(work.box, unchanged(stored.error()), work.error_r);
    }
  }
  if (const Status prepared = dovecot::prepare_uidls(work.box); !prepared) {
    return failed(work.box, prepared.error(), work.error_r);
  }
  tell_odd(work, pinning.value().odd, pinning.value().not_pinned);
  tell_odd(work, copies, shown ? shown.value().different : 0);
  tell_trust(work, old_list);
  doveadm_print_num(pinning.value().added);
  doveadm_print_num(pinning.value().present);
  doveadm_print_num(pinning.value().gone);
  return POP3_LEGACY_UIDL_DONE;
}

Outcome run(enum pop3_legacy_uidl_command command, struct mail_user* user,
            const uidl::OldList* old_list, bool replace, int* error_r) {
  Inbox inbox(user);
  if (!inbox.open()) {
    return storage_failed(inbox.box(), "INBOX cannot be opened", error_r);
  }
  const policy::Resolution* const policy = dovecot::user_policy(user);
  if (policy == nullptr) {
    e_error(user->event, "%s", user->error);
    return POP3_LEGACY_UIDL_FAILED;
  }
  auto messages =
      read_messages(inbox.box(), old_list != nullptr && uidl::has_sizes(*old_list), error_r);
  if (!messages) {
    return POP3_LEGACY_UIDL_FAILED;
  }
  if (old_list != nullptr && old_list->entries.empty() && !messages->empty()) {
    e_error(inbox.box()->event, "pop3_legacy: the list is empty, and the mailbox has %zu messages",
            messages->size());
    return POP3_LEGACY_UIDL_NO_LIST;
  }
  Work work{inbox.box(), *policy, std::move(*messages), error_r};
  switch (command) {
    case POP3_LEGACY_UIDL_LIST:
      return list(work);
    case POP3_LEGACY_UIDL_DETECT:
      return detect(work, *old_list);
    case POP3_LEGACY_UIDL_VERIFY:
      return verify(work, *old_list);
    case POP3_LEGACY_UIDL_PIN:
      return pin(work, *old_list, replace);
  }
  return POP3_LEGACY_UIDL_FAILED;
}

/// nullptr and a sentence in *error_r, where the stream cannot be read to its end or is no list.
std::unique_ptr<OldListFile> read_old_list(struct istream* input, const char** error_r) {
  auto list = std::make_unique<OldListFile>();
  const unsigned char* data = nullptr;
  std::size_t size = 0;
  while (i_stream_read_more(input, &data, &size) > 0) {
    if (size > max_old_list - list->text.size()) {
      *error_r = t_strdup_printf("%s is longer than %zu octets, which no list of ids is",
                                 i_stream_get_name(input), max_old_list);
      return nullptr;
    }
    list->text.append(reinterpret_cast<const char*>(data), size);
    i_stream_skip(input, size);
  }
  if (input->stream_errno != 0) {
    *error_r = t_strdup_printf("%s cannot be read: %s", i_stream_get_name(input),
                               i_stream_get_error(input));
    return nullptr;
  }
  auto read = uidl::read_old_list(list->text);
  if (!read) {
    *error_r = t_strdup_printf("%s: %s", i_stream_get_name(input), read.error().text.c_str());
    return nullptr;
  }
  list->list = std::move(read.value());
  for (const std::string& odd : uidl::oddities(list->list)) {
    i_warning("%s: %s", i_stream_get_name(input), odd.c_str());
  }
  return list;
}

}  // namespace

}  // namespace pop3_legacy::doveadm

using pop3_legacy::dovecot::trampoline;

void pop3_legacy_uidl_attach(struct module* module) {
  static const struct mail_storage_hooks hooks = pop3_legacy::dovecot::uidl_hooks();
  pop3_legacy::dovecot::set_host_id_source(
      {.settings = pop3_legacy::doveadm::pop3_id_settings, .serves_clients = false});
  // Whether mail_plugins names this module or not: doveadm has it for all.
  mail_storage_hooks_add_forced(module, &hooks);
}

struct pop3_legacy_old_list* pop3_legacy_old_list_read(struct istream* input,
                                                       const char** error_r) {
  *error_r = "the old list could not be read";
  return trampoline("reading the old list", static_cast<struct pop3_legacy_old_list*>(nullptr),
                    [&] { return pop3_legacy::doveadm::read_old_list(input, error_r).release(); });
}

const void* pop3_legacy_old_list_text(const struct pop3_legacy_old_list* list, size_t* size_r) {
  *size_r = list->text.size();
  return list->text.data();
}

void pop3_legacy_old_list_free(struct pop3_legacy_old_list** list) {
  delete std::exchange(*list, nullptr);
}

void pop3_legacy_uidl_headings(enum pop3_legacy_uidl_command command) {
  const auto number = static_cast<enum doveadm_print_header_flags>(
      DOVEADM_PRINT_HEADER_FLAG_RIGHT_JUSTIFY | DOVEADM_PRINT_HEADER_FLAG_NUMBER);
  const auto text = doveadm_print_header_flags{};
  if (command == POP3_LEGACY_UIDL_LIST) {
    doveadm_print_header("number", "number", number);
    doveadm_print_header("uid", "uid", number);
    doveadm_print_header("guid", "guid", text);
    doveadm_print_header("uidl", "uidl", text);
    return;
  }
  const auto columns = [](std::initializer_list<const char*> numbers, const char* last) {
    for (const char* const name : numbers) {
      doveadm_print_header(name, name, number);
    }
    doveadm_print_header(last, last, text);  // a table gives it all the room that is left
  };
  if (command == POP3_LEGACY_UIDL_DETECT) {
    doveadm_print_header("scheme", "scheme", text);
    columns({"reproduced", "ids", "messages"}, "line");
  } else if (command == POP3_LEGACY_UIDL_VERIFY) {
    columns({"messages", "same", "different", "unlisted"}, "missing");
  } else {
    columns({"pinned", "already"}, "gone");
  }
}

enum pop3_legacy_uidl_outcome pop3_legacy_uidl_run(enum pop3_legacy_uidl_command command,
                                                   struct mail_user* user,
                                                   const struct pop3_legacy_old_list* list,
                                                   bool replace, int* error_r) {
  *error_r = MAIL_ERROR_TEMP;
  return trampoline("the command", POP3_LEGACY_UIDL_FAILED, [&] {
    return pop3_legacy::doveadm::run(command, user, list == nullptr ? nullptr : &list->list,
                                     replace, error_r);
  });
}
