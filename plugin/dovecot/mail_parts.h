/// Splits messages into parts with Dovecot's lib-mail.
#ifndef POP3_LEGACY_DOVECOT_MAIL_PARTS_H
#define POP3_LEGACY_DOVECOT_MAIL_PARTS_H

#include <memory>
#include <string>

#include "plugin/core/mangle/message_parts.h"
#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// Reads the mail's stream in pieces, as Dovecot's RETR does.
class MailParts : public MessageParts {
 public:
  /// `transaction` must outlive the result.
  static Result<std::unique_ptr<MessageParts>> open(struct mailbox_transaction_context* transaction,
                                                    std::uint32_t sequence);
  MailParts(const MailParts&) = delete;
  MailParts& operator=(const MailParts&) = delete;
  MailParts(MailParts&&) = delete;
  MailParts& operator=(MailParts&&) = delete;
  ~MailParts() override;

  [[nodiscard]] Result<Piece> next() override;
  void skip_text() override { wants_text_ = false; }

 private:
  explicit MailParts(struct mail* mail) : mail_(mail) {}

  void start(struct istream* input);
  Result<bool> read_block();
  [[nodiscard]] bool is_above(const struct message_part* part) const;
  Piece begin_part();
  Piece field();
  void read_content_type(const struct message_header_line& line);
  void read_disposition(const struct message_header_line& line);
  Piece end_header();

  struct mail* mail_;
  struct istream* input_ = nullptr;
  pool_t pool_ = nullptr;
  struct message_parser_ctx* parser_ = nullptr;
  struct message_decoder_context* decoder_ = nullptr;
  struct message_block block_ {};
  struct message_part* current_ = nullptr;
  bool begun_ = false;
  bool ended_ = false;
  bool pending_ = false;  ///< block_ has not been processed yet
  bool in_header_ = false;
  bool decodes_ = false;  ///< the decoder knows the part's header
  bool wants_text_ = false;
  bool has_type_ = false;
  bool has_boundary_ = false;
  PartInfo info_;
  std::string line_;
  std::string other_name_;  ///< the file's name according to Content-Type
};

}  // namespace pop3_legacy::dovecot

#endif
