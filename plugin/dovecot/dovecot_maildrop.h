/// One of Dovecot's mailboxes, as the assignment of UIDLs and the listing of headers use it.
#ifndef POP3_LEGACY_DOVECOT_DOVECOT_MAILDROP_H
#define POP3_LEGACY_DOVECOT_DOVECOT_MAILDROP_H

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "plugin/core/uidl/maildrop.h"
#include "plugin/dovecot/host.h"
#include "plugin/dovecot/host_hasher.h"
#include "plugin/dovecot/host_ids.h"
#include "plugin/dovecot/mail_facts.h"

namespace pop3_legacy::dovecot {

/// Holds a transaction of the mailbox in which values are added to Dovecot's cache; it is committed
/// now and then, and at the end. `box` is open and must outlive this.
///
/// For a master user nothing is stored: a master user may be here to try a policy, and that must
/// not decide which ids the mailbox has. In a read-only mailbox nothing can be stored. Its messages
/// have ids all the same, or they could not be fetched, and the log says that the ids last as long
/// as the policy and what they are made of.
class DovecotMaildrop : public uidl::Maildrop {
 public:
  explicit DovecotMaildrop(struct mailbox* box);
  DovecotMaildrop(const DovecotMaildrop&) = delete;
  DovecotMaildrop& operator=(const DovecotMaildrop&) = delete;
  DovecotMaildrop(DovecotMaildrop&&) = delete;
  DovecotMaildrop& operator=(DovecotMaildrop&&) = delete;
  ~DovecotMaildrop() override;

  /// Until the next message(): releases everything of the mailbox and writes what was found out.
  void let_go();

  [[nodiscard]] std::uint32_t message_count() override;
  [[nodiscard]] Result<uidl::Facts*> message(std::uint32_t place) override;
  [[nodiscard]] Uid uid(std::uint32_t place) override;
  [[nodiscard]] UidValidity uidvalidity() override;
  [[nodiscard]] Uid uid_next() override;
  [[nodiscard]] bool removed(std::uint32_t place) override;
  /// The facts of the message that message() was last called for.
  [[nodiscard]] MailFacts& facts() { return *facts_; }

  [[nodiscard]] std::optional<std::string> derived(std::string_view scheme) override;
  void keep_derived(std::string_view scheme, std::string_view value) override {
    keep_derived(cache_field(scheme), value);
  }
  /// What Dovecot's cache knows the values of `scheme` by.
  [[nodiscard]] unsigned cache_field(std::string_view scheme);
  /// derived() of a message that message() need not have been called for. The result is valid until
  /// the next call. Makes no struct mail.
  [[nodiscard]] std::optional<std::string_view> derived_of(std::uint32_t place, unsigned field);
  void keep_derived(unsigned field, std::string_view value);
  [[nodiscard]] Result<std::string> stored_id() override;
  [[nodiscard]] bool stores_none(std::uint32_t place) override;
  [[nodiscard]] std::unique_ptr<uidl::ListFile> open_list() override;
  void keep_list(std::string_view text) override;

  [[nodiscard]] Result<std::string> host_id() override { return host_ids_.id(mail_); }
  [[nodiscard]] bool serves_client() override;

  [[nodiscard]] Result<Hasher*> hasher() override;
  [[nodiscard]] Result<std::string> read_key(const std::string& path) override;

  [[nodiscard]] std::string place_of(std::string_view name) const override;
  [[nodiscard]] Result<std::optional<std::string>> load_state(std::string_view name) override;
  Status store_state(std::string_view name, std::string_view content) override;
  [[nodiscard]] Result<bool> exchange_state(std::string_view name,
                                            const std::optional<std::string>& old,
                                            std::string_view content) override;

  void report(const Event& event) override;

 private:
  void begin();
  void end();
  /// A header of the index.
  std::uint32_t list_extension();
  [[nodiscard]] bool stores(std::string_view name);

  struct mailbox* box_;
  struct mailbox_transaction_context* transaction_ = nullptr;
  struct mail* mail_ = nullptr;
  std::optional<MailFacts> facts_;
  std::shared_ptr<const uidl::CourierList> courier_;           ///< once it has been read
  std::map<std::string, unsigned, std::less<>> cache_fields_;  ///< known by their numbers
  unsigned added_ = 0;  ///< to the cache, in this transaction
  buffer_t* buffer_;
  HostHasher hasher_;
  HostIds host_ids_;
};

}  // namespace pop3_legacy::dovecot

#endif
