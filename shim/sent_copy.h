/// Copies of what a user has sent, in the Maildir++ folders of the user's Maildir.
#ifndef POP3_LEGACY_SHIM_SENT_COPY_H
#define POP3_LEGACY_SHIM_SENT_COPY_H

#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy::shim {

/// Stores the message in the file `message`, from its current position to the end, as a seen
/// message in `mailbox`: "Sent" is the folder ".Sent" of the Maildir `root`, "Sent.2024" the folder
/// ".Sent.2024", and "INBOX" is `root` itself. Creates what is missing of the folder. Line ends
/// become LF. On return the copy is on disk, or there is none. Also an Error if the name cannot be
/// a folder's: it has characters beyond printable ASCII, a "/", a dot at the beginning or end, or
/// two dots in a row.
Status save_copy(const std::string& root, std::string_view mailbox, int message);

}  // namespace pop3_legacy::shim

#endif
