/// Small files that are replaced in one step: a reader finds the old content or the new, whatever
/// crashes.
#ifndef POP3_LEGACY_FILES_DURABLE_FILE_H
#define POP3_LEGACY_FILES_DURABLE_FILE_H

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy::files {

/// The whole content. No value: there is no such file. An Error also if the file is longer than
/// `max_octets` or not a regular file.
[[nodiscard]] Result<std::optional<std::string>> read_small_file(const std::string& path,
                                                                 std::size_t max_octets);

/// The beginning of a file, at most `octets` octets.
struct FileFront {
  std::string text;
  std::size_t octets = 0;  ///< of the whole file
};
/// The same for the beginning of the file, however long the rest is.
[[nodiscard]] Result<std::optional<FileFront>> read_file_front(const std::string& path,
                                                               std::size_t octets);

/// Who may read and write a file.
struct FileAccess {
  mode_t mode;  ///< exactly, whatever the umask
  /// -1: the group that the system gives a new file. A group that this process may not set is not
  /// set.
  gid_t group = static_cast<gid_t>(-1);
};

/// Replaces the content of `path` through a temporary file in the same folder. With `sync`, the new
/// content is on disk before the old is gone. After an Error, the old content is unchanged and no
/// temporary file is left. The temporary file has no name until it is complete, so a killed process
/// leaves one only if it is killed between two system calls. Where the file system does not support
/// such files (NFS), or there is no /proc, it may leave one at any moment of writing. Its name is
/// `path` with ".tmp." and more appended.
Status replace_file(const std::string& path, std::string_view content, const FileAccess& access,
                    bool sync);

/// The same, but only if the content is still `old` (no value: there is no such file). False: it is
/// not, and nothing was done. An Error: the old content cannot be read, or the new one cannot be
/// written. The folder is locked (flock), so no other call of this comes between the check and the
/// replacement; a file system without flock gives no such protection. Failure::locked: somebody
/// else has held the lock for longer than such a call takes, 0.06 seconds.
Result<bool> exchange_file(const std::string& path, const std::optional<std::string>& old,
                           std::string_view content, const FileAccess& access, bool sync);

/// Removes what killed processes have left of files whose paths begin with `prefix`: temporary
/// files whose process is gone or, if that cannot be known (another machine's, or from before a
/// restart), that are an hour old. Reads the folder once, at most its first 4,096 entries.
void remove_left_overs(const std::string& prefix);

}  // namespace pop3_legacy::files

#endif
