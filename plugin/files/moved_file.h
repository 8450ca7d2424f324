/// Files that a newer version of the server looks for in another folder.
#ifndef POP3_LEGACY_FILES_MOVED_FILE_H
#define POP3_LEGACY_FILES_MOVED_FILE_H

#include <cstddef>
#include <string>

#include "plugin/core/base/result.h"
#include "plugin/files/durable_file.h"

namespace pop3_legacy::files {

/// Where a Dovecot of another version, or with another setting, keeps the control files of the
/// mailbox that this one keeps in `control`. With a dbox the mailbox's own folder, `mailbox`, lies
/// in the one that is named as the mailbox, `directory`, by one more level ("dbox-Mails"), and so
/// does the control folder or does not: it does since Dovecot 2.4.2 (mailbox_directory_name_legacy
/// = no) and with 2.3's FULLDIRNAME. Empty: there is no other place.
std::string other_control_folder(const std::string& control, const std::string& mailbox,
                                 const std::string& directory);

/// Moves a file in one step; where there is one at `to`, nothing is done and that one stands. Into
/// another file system it is copied, with `access`, and removed when the copy is on the disk.
/// False: it was not moved, for somebody else has done so or there is none.
Result<bool> move_file(const std::string& from, const std::string& to, std::size_t max_octets,
                       const FileAccess& access);

}  // namespace pop3_legacy::files

#endif
