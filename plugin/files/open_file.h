/// An open file, and reading it whole; used by the policy folder and the durable files.
#ifndef POP3_LEGACY_FILES_OPEN_FILE_H
#define POP3_LEGACY_FILES_OPEN_FILE_H

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy::files {

/// Owns a descriptor or none.
class OpenFile {
 public:
  explicit OpenFile(int fd) noexcept : fd_(fd) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  OpenFile(OpenFile&&) = delete;
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile() { close(); }

  /// False after a failed open; errno says why.
  [[nodiscard]] bool open() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int get() const noexcept { return fd_; }
  /// False: what was written may not have been stored (NFS, quota); errno says why.
  bool close() noexcept;

 private:
  int fd_;
};

/// openat() with O_CLOEXEC and O_NOCTTY; `folder` may be AT_FDCWD. Returns -1 with errno set.
int open_retrying(int folder, const std::string& path, int flags, mode_t mode = 0) noexcept;

/// Reads what stands at `offset` into `out`, less only where the file ends. Returns how many
/// octets, or -1 with errno set.
ssize_t read_at(int fd, std::uint64_t offset, std::span<char> out) noexcept;

/// Returns 0 or the errno of the failure.
int write_all(int fd, std::string_view content) noexcept;

/// Temporary if trying again may help without anybody's action. A full disk counts as temporary.
Failure kind_of(int error) noexcept;

/// "PATH: the file cannot be WHAT: …".
Error failed(const std::string& path, const std::string& what, int error);

/// The whole content. An Error if it is not a regular file or is longer than `max_octets`; `path`
/// is for its sentence. Open the file with O_NONBLOCK, or a FIFO would block.
Result<std::string> read_whole(const OpenFile& file, const std::string& path,
                               std::size_t max_octets);

}  // namespace pop3_legacy::files

#endif
