/// Copies of what a user has sent, in the Maildir++ folders of the user's Maildir.
#ifndef POP3_LEGACY_SHIM_SENT_COPY_H
#define POP3_LEGACY_SHIM_SENT_COPY_H

#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy::shim {

/// Stores the message in the file `message`, from where it stands to its end, as a seen one of
/// `mailbox`: "Sent" is the folder ".Sent" of the Maildir `root`, "Sent.2024" the folder
/// ".Sent.2024", and "INBOX" is `root` itself. What is missing of the folder is made. Line ends
/// become LF. When this returns the copy is on the disk, or there is none. An Error
/// also where the name cannot be that of a folder: beyond printable ASCII, with a "/", with a dot
/// at its begin or end, or two of them in a row.
Status save_copy(const std::string& root, std::string_view mailbox, int message);

}  // namespace pop3_legacy::shim

#endif
