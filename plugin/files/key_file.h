/// A file with a secret.
#ifndef POP3_LEGACY_FILES_KEY_FILE_H
#define POP3_LEGACY_FILES_KEY_FILE_H

#include <string>

#include "plugin/core/base/result.h"

namespace pop3_legacy::files {

/// Shorter keys could be guessed.
inline constexpr std::size_t min_key_octets = 16;
inline constexpr std::size_t max_key_octets = 4096;

/// The key in `path`: its octets without one final line end, min_key_octets to max_key_octets of
/// them. An Error if group or others may read or write the file, or if its owner is neither this
/// process's user nor root: anyone who knows the key can link ids to mailboxes.
Result<std::string> read_key_file(const std::string& path);

}  // namespace pop3_legacy::files

#endif
