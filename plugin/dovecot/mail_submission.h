/// Mail submission with Dovecot's libraries and settings.
#ifndef POP3_LEGACY_DOVECOT_MAIL_SUBMISSION_H
#define POP3_LEGACY_DOVECOT_MAIL_SUBMISSION_H

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/host/submission.h"
#include "plugin/dovecot/host.h"
#include "plugin/files/spool_file.h"

namespace pop3_legacy::dovecot {

/// host::Environment::parse_addresses().
Result<std::vector<Address>> parse_addresses(std::string_view value, std::size_t at_most);

/// Creates the file in the folder of mail_temp_dir.
Result<std::unique_ptr<Spool>> open_spool(const struct mail_user* user);

/// host::Outbox::submit(). `done` is called from the event loop.
Result<std::unique_ptr<Submission>> submit_mail(struct mail_user* user, files::SpoolFile& spool,
                                                const Envelope& envelope,
                                                std::function<void(Outcome)> done);

/// host::Outbox::save_message(). The copy is \Seen.
Status save_mail(struct mail_user* user, files::SpoolFile& spool, std::string_view mailbox);

}  // namespace pop3_legacy::dovecot

#endif
