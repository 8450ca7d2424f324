/// The core's Facts about a message, from Dovecot's storage.
#ifndef POP3_LEGACY_DOVECOT_MAIL_FACTS_H
#define POP3_LEGACY_DOVECOT_MAIL_FACTS_H

#include <memory>
#include <optional>
#include <string>

#include "plugin/core/uidl/courier_list.h"
#include "plugin/core/uidl/facts.h"
#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// Says that the storage has no GUIDs, and what to do: imapc makes them from headers if told to.
inline constexpr const char* without_guids =
    "the storage has no GUIDs (with imapc, set imapc_features = guid-forced)";

/// About the message that `mail` is at when a question is asked.
class MailFacts : public uidl::Facts {
 public:
  /// `mail` must outlive this. `courier` is the courier_list() of an earlier object.
  explicit MailFacts(struct mail* mail, std::shared_ptr<const uidl::CourierList> courier = {});

  [[nodiscard]] Uid uid() override { return mail_->uid; }
  [[nodiscard]] UidValidity uidvalidity() override;
  [[nodiscard]] Result<std::string> guid() override;
  [[nodiscard]] std::string user() override;
  [[nodiscard]] Result<std::int64_t> received() override;
  [[nodiscard]] Result<std::optional<std::string>> file_name() override;
  [[nodiscard]] Result<std::optional<uidl::CourierNumber>> courier() override;
  [[nodiscard]] Result<std::string> header() override;
  [[nodiscard]] Result<std::optional<std::string>> envelope_line() override;
  [[nodiscard]] Result<std::string> beginning(std::size_t octets) override;

  /// The header fields of this name as they are in the message. They come from Dovecot's cache if
  /// it has them; otherwise Dovecot may add them.
  [[nodiscard]] Result<std::string> fields(const std::string& name);
  /// The number of lines in the message, header included.
  [[nodiscard]] Result<std::uint64_t> lines();
  /// Courier's list of the mailbox; nullptr before courier() was called.
  [[nodiscard]] std::shared_ptr<const uidl::CourierList> courier_list() const { return courier_; }
  /// Something was read from the message itself.
  [[nodiscard]] bool was_opened() const { return mail_->mail_stream_accessed; }

 private:
  enum class Format { maildir, mbox, other };

  [[nodiscard]] Error error() const;
  Result<std::string> special(enum mail_fetch_field field);
  Result<std::string> text(std::size_t at_most, bool header_only);
  Result<std::string> read_stream(struct istream* input, std::size_t at_most, bool header_only);
  Result<std::string> mbox_text(std::size_t at_most);

  struct mail* mail_;
  Format format_ = Format::other;
  std::shared_ptr<const uidl::CourierList> courier_;
};

}  // namespace pop3_legacy::dovecot

#endif
