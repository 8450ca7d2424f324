/// Small files that are replaced in one step: whoever reads, and whatever crashes, there is
/// the old content or the new.
#ifndef POP3_LEGACY_FILES_DURABLE_FILE_H
#define POP3_LEGACY_FILES_DURABLE_FILE_H

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy::files {

/// The whole content. No value: there is no such file. A file longer than `max_octets`, and
/// one that is no regular file, is an Error.
[[nodiscard]] Result<std::optional<std::string>> read_small_file(const std::string& path,
                                                                 std::size_t max_octets);

/// The beginning of a file, at most `octets` octets.
struct FileFront {
  std::string text;
  std::size_t octets = 0;  ///< of the whole file
};
/// The same of the beginning only, whatever the length of the rest.
[[nodiscard]] Result<std::optional<FileFront>> read_file_front(const std::string& path,
                                                               std::size_t octets);

/// Who may read and write a file.
struct FileAccess {
  mode_t mode;  ///< exactly, whatever the umask
  /// -1: the group that the system gives a new file. One that may not be given is not.
  gid_t group = static_cast<gid_t>(-1);
};

/// Makes `content` that of `path`, through a temporary file in the same folder. With `sync` the
/// content is on the disk before the old one is gone. After an Error the old content stands and no
/// temporary file is left. A process that is killed leaves one only where it is killed between two
/// system calls, for the file has no name before it is complete; where the file system does not
/// know such files (NFS), or there is no /proc, in any moment of writing. It is named as `path`
/// with
/// ".tmp." and more behind it.
Status replace_file(const std::string& path, std::string_view content, const FileAccess& access,
                    bool sync);

/// The same, where the content is still `old` (no value: there is no such file); false: it is not,
/// and nothing was done. An Error: that cannot be read, or the new one not be written. Between the
/// look and the replacement no other call of this comes in, for it locks the folder (flock; on a
/// file system without, nothing keeps two apart). Failure::locked: somebody else has locked it for
/// longer than such a call takes, 0.06 seconds.
Result<bool> exchange_file(const std::string& path, const std::optional<std::string>& old,
                           std::string_view content, const FileAccess& access, bool sync);

/// Removes what killed processes have left of files whose paths begin with `prefix`: temporary
/// files whose process is gone, or, where that cannot be known (another machine's, before a
/// restart), that are an hour old. One look at the folder, at most at its first 4,096 entries.
void remove_left_overs(const std::string& prefix);

}  // namespace pop3_legacy::files

#endif
