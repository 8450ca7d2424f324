#include "plugin/dovecot/mail_submission.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "plugin/core/base/text.h"
#include "plugin/dovecot/mail_server.h"
#include "plugin/dovecot/mailbox_state.h"
#include "plugin/dovecot/trampoline.h"

namespace pop3_legacy::dovecot {

namespace {

struct smtp_address smtp_address_of(const Address& address) {
  struct smtp_address made {};
  smtp_address_init(&made, address.local.c_str(), address.domain.c_str());
  return made;
}

Result<struct istream*> stream_of(files::SpoolFile& spool) {
  const Result<int> file = spool.rewound();
  if (!file) return file.error();
  int own = ::fcntl(file.value(), F_DUPFD_CLOEXEC, 0);
  if (own < 0) return Error{Failure::temporary, "the spool cannot be opened again"};
  return i_stream_create_fd_autoclose(&own, IO_BLOCK_SIZE);
}

/// The MTA's answer is passed on by a timeout: while its callback runs, Dovecot still needs what we
/// free.
class MailSubmission : public Submission {
 public:
  explicit MailSubmission(std::function<void(Outcome)> done) : done_(std::move(done)) {}
  MailSubmission(const MailSubmission&) = delete;
  MailSubmission& operator=(const MailSubmission&) = delete;
  MailSubmission(MailSubmission&&) = delete;
  MailSubmission& operator=(MailSubmission&&) = delete;
  ~MailSubmission() override { end(); }

  Status begin(struct mail_user* user, files::SpoolFile& spool, const Envelope& envelope) {
    const Result<struct istream*> opened = stream_of(spool);
    if (!opened) return opened.error();
    struct istream* input = opened.value();
    const struct smtp_address sender = smtp_address_of(envelope.sender);
    std::vector<struct smtp_address> recipients;
    recipients.reserve(envelope.recipients.size());
    for (const Address& recipient : envelope.recipients) {
      recipients.push_back(smtp_address_of(recipient));
    }
    const char* error = nullptr;
    mail_ = pop3_legacy_mail_begin(user, &sender, recipients.data(),
                                   static_cast<unsigned>(recipients.size()), input, answered, this,
                                   &error);
    i_stream_unref(&input);
    if (mail_ == nullptr) return Error{Failure::permanent, error};
    return Done{};
  }

 private:
  static void answered(int status, const char* error, void* context) {
    auto* const self = static_cast<MailSubmission*>(context);
    trampoline("the mail server's answer", 0, [&] {
      self->outcome_ = {status > 0, status == 0 ? Failure::permanent : Failure::temporary,
                        error == nullptr ? "" : error};
      return 0;
    });
    self->timeout_ = timeout_add_short_to(current_ioloop, 0, &MailSubmission::pass_on, context);
  }

  static void pass_on(void* context) {
    auto* const self = static_cast<MailSubmission*>(context);
    self->end();
    trampoline("the reply to a message", 0, [&] {
      const auto done = std::exchange(self->done_, nullptr);
      const Outcome outcome = std::move(self->outcome_);
      done(outcome);  // may destroy *self
      return 0;
    });
  }

  void end() {
    timeout_remove(&timeout_);
    pop3_legacy_mail_end(&mail_);
  }

  std::function<void(Outcome)> done_;
  Outcome outcome_;
  struct pop3_legacy_mail* mail_ = nullptr;
  struct timeout* timeout_ = nullptr;
};

}  // namespace

Result<std::vector<Address>> parse_addresses(std::string_view value, std::size_t at_most) {
  std::vector<Address> addresses;
  pool_t pool = pool_alloconly_create("pop3_legacy addresses", 4096);
  const struct message_address* address = message_address_parse(
      pool, reinterpret_cast<const unsigned char*>(value.data()), value.size(),
      // the beginning and the end of a group count as addresses
      static_cast<unsigned>(2 * at_most + 2), static_cast<enum message_address_parse_flags>(0));
  bool valid = true;
  for (; address != nullptr && addresses.size() < at_most; address = address->next) {
    if (address->domain == nullptr) continue;  // beginning or end of a group
    const bool lacks_domain_only =
        address->mailbox != nullptr && *address->mailbox != '\0' && *address->domain == '\0';
    valid = valid && (!address->invalid_syntax || lacks_domain_only);
    addresses.push_back({address->mailbox == nullptr ? "" : address->mailbox, address->domain});
  }
  pool_unref(&pool);
  if (!valid) return Error{Failure::permanent, "not a list of addresses"};
  return addresses;
}

Result<std::unique_ptr<Spool>> open_spool(const struct mail_user* user) {
  string_t* const prefix = t_str_new(128);
  mail_user_set_get_temp_prefix(prefix, user->set);
  auto spool = files::SpoolFile::create(str_c(prefix));
  if (!spool) return spool.error();
  return std::unique_ptr<Spool>(std::move(spool.value()));
}

Result<std::unique_ptr<Submission>> submit_mail(struct mail_user* user, files::SpoolFile& spool,
                                                const Envelope& envelope,
                                                std::function<void(Outcome)> done) {
  auto submission = std::make_unique<MailSubmission>(std::move(done));
  if (const Status begun = submission->begin(user, spool, envelope); !begun) return begun.error();
  return std::unique_ptr<Submission>(std::move(submission));
}

Status save_mail(struct mail_user* user, files::SpoolFile& spool, std::string_view mailbox) {
  const Result<struct istream*> opened = stream_of(spool);
  if (!opened) return opened.error();
  struct istream* input = opened.value();
  struct mailbox* box =
      mailbox_alloc_for_user(user, std::string(mailbox).c_str(), MAILBOX_FLAG_SAVEONLY);
  bool saved = mailbox_open(box) == 0 ||
               (mailbox_get_last_mail_error(box) == MAIL_ERROR_NOTFOUND &&
                mailbox_create(box, nullptr, false) == 0 && mailbox_open(box) == 0);
  if (saved) {
    struct mailbox_transaction_context* transaction =
        mailbox_transaction_begin(box, MAILBOX_TRANSACTION_FLAG_EXTERNAL, "XTND XMIT");
    struct mail_save_context* context = mailbox_save_alloc(transaction);
    mailbox_save_set_flags(context, MAIL_SEEN, nullptr);
    saved = mailbox_save_begin(&context, input) == 0;
    while (saved && i_stream_read(input) > 0) saved = mailbox_save_continue(context) == 0;
    if (saved) {
      saved = mailbox_save_finish(&context) == 0;
    } else if (context != nullptr) {
      mailbox_save_cancel(&context);
    }
    if (saved) {
      saved = mailbox_transaction_commit(&transaction) == 0;
    } else {
      mailbox_transaction_rollback(&transaction);
    }
  }
  Status status =
      saved
          ? Status(Done{})
          : Status(Error{Failure::temporary, in_quotes(mailbox) + ": " + mailbox_error(box).text});
  mailbox_free(&box);
  i_stream_unref(&input);
  return status;
}

}  // namespace pop3_legacy::dovecot
