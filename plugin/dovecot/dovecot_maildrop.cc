#include "plugin/dovecot/dovecot_maildrop.h"

#include <array>
#include <cstring>
#include <type_traits>
#include <utility>

#include "plugin/core/uidl/lines.h"
#include "plugin/core/uidl/memory.h"
#include "plugin/dovecot/host_event.h"
#include "plugin/dovecot/host_maildir.h"
#include "plugin/dovecot/mailbox_state.h"
#include "plugin/dovecot/master_user.h"
#include "plugin/dovecot/uidl_storage.h"
#include "plugin/files/key_file.h"

namespace pop3_legacy::dovecot {

namespace {

/// After this many messages have been read, what was found out about them is written to the cache.
/// A client that breaks off a first UIDL that takes minutes then has less to repeat next time.
constexpr unsigned commit_after = 500;

constexpr std::string_view list_name = "uidl-list";

/// Dovecot 2.4 also takes a pool.
template <class Register>
void register_cache_field(Register* register_fields, struct mail_cache* cache,
                          struct mail_cache_field* field) {
  if constexpr (std::is_invocable_v<Register*, struct mail_cache*, struct mail_cache_field*,
                                    unsigned, pool_t>) {
    register_fields(cache, field, 1, nullptr);
  } else {
    register_fields(cache, field, 1);
  }
}

}  // namespace

DovecotMaildrop::DovecotMaildrop(struct mailbox* box)
    : box_(box), buffer_(buffer_create_dynamic(default_pool, 128)), host_ids_(box) {}

DovecotMaildrop::~DovecotMaildrop() {
  let_go();
  buffer_free(&buffer_);
}

void DovecotMaildrop::let_go() {
  if (mail_ != nullptr) {
    end();
  }
}

void DovecotMaildrop::begin() {
  transaction_ = mailbox_transaction_begin(box_, static_cast<enum mailbox_transaction_flags>(0),
                                           "pop3_legacy");
  mail_ = mail_alloc(transaction_, static_cast<enum mail_fetch_field>(0), nullptr);
  facts_.emplace(mail_, courier_);
  added_ = 0;
}

void DovecotMaildrop::end() {
  courier_ = facts_->courier_list();
  facts_.reset();
  mail_free(&mail_);
  // The transaction contains only additions to the cache.
  if (mailbox_transaction_commit(&transaction_) < 0) {
    e_debug(box_->event, "pop3_legacy: values could not be added to the cache: %s",
            mailbox_get_last_internal_error(box_, nullptr));
  }
}

std::uint32_t DovecotMaildrop::message_count() {
  return mail_index_view_get_messages_count(box_->view);
}

Uid DovecotMaildrop::uid(std::uint32_t place) {
  std::uint32_t uid = 0;
  mail_index_lookup_uid(box_->view, place + 1, &uid);
  return uid;
}

UidValidity DovecotMaildrop::uidvalidity() {
  return mail_index_get_header(box_->view)->uid_validity;
}

Uid DovecotMaildrop::uid_next() {
  return mail_index_get_header(box_->view)->next_uid;
}

Result<uidl::Facts*> DovecotMaildrop::message(std::uint32_t place) {
  if (added_ >= commit_after) {
    end();
  }
  if (mail_ == nullptr) {
    begin();
  }
  if (mail_->seq != place + 1) {
    mail_set_seq(mail_, place + 1);
  }
  return &*facts_;
}

// The view stays as it was when the session began, but shows what the index now says of expunged
// messages.
bool DovecotMaildrop::removed(std::uint32_t place) {
  return mail_index_refresh(box_->index) < 0 || mail_index_is_expunged(box_->view, place + 1);
}

unsigned DovecotMaildrop::cache_field(std::string_view scheme) {
  if (const auto known = cache_fields_.find(scheme); known != cache_fields_.end()) {
    return known->second;
  }
  const std::string name = "pop3-legacy." + std::string(scheme);
  unsigned number = mail_cache_register_lookup(box_->cache, name.c_str());
  if (number == UINT_MAX) {
    struct mail_cache_field field {};
    field.name = name.c_str();
    field.type = MAIL_CACHE_FIELD_STRING;
    field.decision = MAIL_CACHE_DECISION_YES;
    register_cache_field(mail_cache_register_fields, box_->cache, &field);
    number = field.idx;
  }
  cache_fields_.emplace(scheme, number);
  return number;
}

std::optional<std::string> DovecotMaildrop::derived(std::string_view scheme) {
  const auto known = derived_of(mail_->seq - 1, cache_field(scheme));
  return known ? std::optional(std::string(*known)) : std::nullopt;
}

std::optional<std::string_view> DovecotMaildrop::derived_of(std::uint32_t place, unsigned field) {
  if (mail_ == nullptr) begin();
  buffer_set_used_size(buffer_, 0);
  if (mail_cache_lookup_field(transaction_->cache_view, buffer_, place + 1, field) <= 0) {
    return std::nullopt;
  }
  return std::string_view(static_cast<const char*>(buffer_->data), buffer_->used);
}

void DovecotMaildrop::keep_derived(unsigned field, std::string_view value) {
  auto* const mail = reinterpret_cast<struct index_mail*>(mail_);
  index_mail_cache_add_idx(mail, field, value.data(), value.size());
  ++added_;
}

Result<std::string> DovecotMaildrop::stored_id() {
  const char* value = nullptr;
  if (mail_get_special(mail_, MAIL_FETCH_UIDL_BACKEND, &value) < 0) {
    return mailbox_error(box_);
  }
  return std::string(value);
}

// Another plugin may have ids from elsewhere (pop3-migration), and another storage asks a server.
bool DovecotMaildrop::stores_none(std::uint32_t place) {
  const std::uint32_t messages = message_count();
  if (place >= messages) return true;
  if (mail_ == nullptr) begin();
  const std::string_view storage = box_->storage->name;
  if (!asks_storage_alone(mail_)) return false;
  if (storage == "mbox") return true;  // it has no place for them
  if (storage == "sdbox" || storage == "mdbox") {
    // Dovecot keeps account of the highest UID with such an id.
    mail_set_seq(mail_, place + 1);
    return !index_pop3_uidl_can_exist(mail_);
  }
  if (storage != "maildir" || pop3_legacy_maildir_list_is_read(box_) == 0) return false;
  while (place < messages && pop3_legacy_maildir_stores_uidl(box_, uid(place)) == 0) ++place;
  return place == messages;
}

// The index has the sum of the list that was written last. Where one of the two was put back from a
// backup, removed, or is another mailbox's, a UID may stand for another message than in the other.
std::unique_ptr<uidl::ListFile> DovecotMaildrop::open_list() {
  const void* data = nullptr;
  std::size_t size = 0;
  mail_index_get_header_ext(box_->view, list_extension(), &data, &size);
  auto file = open_mailbox_cache(box_, list_name);
  std::array<char, uidl::sum_octets> sum{};
  const bool same = file && size == sum.size() && file->octets() >= size &&
                    file->read(file->octets() - size, sum) &&
                    std::memcmp(sum.data(), data, size) == 0;
  return same ? std::move(file) : nullptr;
}

void DovecotMaildrop::keep_list(std::string_view text) {
  const Result<bool> kept = keep_mailbox_cache(box_, list_name, text);
  if (!kept) {
    e_debug(box_->event, "pop3_legacy: uidl: the list of ids could not be kept: %s",
            kept.error().text.c_str());
  }
  if (!kept || !kept.value()) return;
  struct mail_index_transaction* change =
      mail_index_transaction_begin(box_->view, MAIL_INDEX_TRANSACTION_FLAG_EXTERNAL);
  const std::string_view sum = text.substr(text.size() - uidl::sum_octets);
  mail_index_update_header_ext(change, list_extension(), 0, sum.data(), sum.size());
  if (mail_index_transaction_commit(&change) < 0) {
    e_debug(box_->event, "pop3_legacy: uidl: the list of ids could not be noted in the index");
  }
}

std::uint32_t DovecotMaildrop::list_extension() {
  return mail_index_ext_register(box_->index, "pop3-legacy-list", uidl::sum_octets, 0, 0);
}

Result<Hasher*> DovecotMaildrop::hasher() {
  return &hasher_;
}

Result<std::string> DovecotMaildrop::read_key(const std::string& path) {
  return files::read_key_file(path);
}

std::string DovecotMaildrop::place_of(std::string_view name) const {
  return place_of_mailbox_state(mailbox_get_namespace(box_), name);
}

Result<std::optional<std::string>> DovecotMaildrop::load_state(std::string_view name) {
  return load_mailbox_state(box_, name);
}

bool DovecotMaildrop::serves_client() {
  return serves_clients() && master_of(box_->storage->user) == nullptr;
}

bool DovecotMaildrop::stores(std::string_view name) {
  if (master_of(box_->storage->user) != nullptr) {
    return false;
  }
  if (!mailbox_is_readonly(box_)) {
    return true;
  }
  report({LogLevel::warning,
          "the mailbox is read-only for this user, so its ids are not remembered: they change if "
          "the policy changes, or what they are made of (the state \"" +
              std::string(name) + "\" is not stored)"});
  return false;
}

Status DovecotMaildrop::store_state(std::string_view name, std::string_view content) {
  if (!stores(name)) return Done{};
  return store_mailbox_state(box_, name, content);
}

Result<bool> DovecotMaildrop::exchange_state(std::string_view name,
                                             const std::optional<std::string>& old,
                                             std::string_view content) {
  // The ids are the same without that mark.
  if (mailbox_is_readonly(box_) && uidl::is_hosts_mark(content)) return true;
  if (!stores(name)) return true;
  return exchange_mailbox_state(box_, name, old, content);
}

void DovecotMaildrop::report(const Event& event) {
  Event named = event;
  named.text = "uidl: " + event.text;
  report_event(box_->event, named);
}

}  // namespace pop3_legacy::dovecot
