/// The file of a mailbox's list of ids.
#ifndef POP3_LEGACY_FILES_LIST_FILE_H
#define POP3_LEGACY_FILES_LIST_FILE_H

#include <memory>
#include <string>

#include "plugin/core/uidl/list_file.h"

namespace pop3_legacy::files {

/// nullptr: there is no such file, it cannot be opened, or is not a regular file.
std::unique_ptr<uidl::ListFile> open_list_file(const std::string& path);

}  // namespace pop3_legacy::files

#endif
