/// Files that a newer version of the server expects in another folder.
#ifndef POP3_LEGACY_FILES_MOVED_FILE_H
#define POP3_LEGACY_FILES_MOVED_FILE_H

#include <cstddef>
#include <string>

#include "plugin/core/base/result.h"
#include "plugin/files/durable_file.h"

namespace pop3_legacy::files {

/// Where a Dovecot of another version, or with other settings, keeps the control files of a mailbox
/// that has them in `control` here. With dbox, the mailbox's own folder, `mailbox`, is one level
/// ("dbox-Mails") below `directory`, which is named after the mailbox. The control folder may or
/// may not have that level: it does since Dovecot 2.4.2 (mailbox_directory_name_legacy = no) and
/// with 2.3's FULLDIRNAME. Empty: there is no other place.
std::string other_control_folder(const std::string& control, const std::string& mailbox,
                                 const std::string& directory);

/// Moves a file in one step. If there is a file at `to`, that one stays and nothing is done. To
/// another file system the file is copied, with `access`, and removed once the copy is on disk.
/// False: it was not moved, because it is not there or somebody else has moved it.
Result<bool> move_file(const std::string& from, const std::string& to, std::size_t max_octets,
                       const FileAccess& access);

}  // namespace pop3_legacy::files

#endif
