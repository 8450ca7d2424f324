#include "plugin/files/open_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace pop3_legacy::files {

bool OpenFile::close() noexcept {
  const int fd = fd_;
  fd_ = -1;
  // EINTR: Linux has closed it anyway.
  return fd < 0 || ::close(fd) == 0 || errno == EINTR;
}

int open_retrying(int folder, const std::string& path, int flags, mode_t mode) noexcept {
  for (;;) {
    const int fd = ::openat(folder, path.c_str(), flags | O_CLOEXEC | O_NOCTTY, mode);
    if (fd >= 0 || errno != EINTR) {
      return fd;
    }
  }
}

ssize_t read_at(int fd, std::uint64_t offset, std::span<char> out) noexcept {
  std::size_t have = 0;
  while (have < out.size()) {
    const ssize_t got =
        ::pread(fd, out.data() + have, out.size() - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return static_cast<ssize_t>(have);
}

int write_all(int fd, std::string_view content) noexcept {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written >= 0) {
      content.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

Failure kind_of(int error) noexcept {
  switch (error) {
    case EACCES:
    case EPERM:
    case ELOOP:
    case EISDIR:
    case ENOTDIR:
    case ENOENT:
    case ENAMETOOLONG:
    case EROFS:
    case EINVAL:
      return Failure::permanent;
    default:
      return Failure::temporary;
  }
}

Error failed(const std::string& path, const std::string& what, int error) {
  return {kind_of(error),
          path + ": the file cannot be " + what + ": " + std::generic_category().message(error)};
}

Result<std::string> read_whole(const OpenFile& file, const std::string& path,
                               std::size_t max_octets) {
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    return failed(path, "looked at", errno);
  }
  if (S_ISDIR(status.st_mode)) {
    return Error{Failure::permanent, path + ": this is a folder, not a file; remove it"};
  }
  if (!S_ISREG(status.st_mode)) {
    return Error{Failure::permanent, path + ": this is not a regular file; remove it"};
  }
  const Error too_long{Failure::permanent, path + ": the file is longer than " +
                                               std::to_string(max_octets) +
                                               " octets, the most allowed"};
  const auto expected = static_cast<std::size_t>(status.st_size);
  if (expected > max_octets) {
    return too_long;
  }
  // One octet more than expected, so that one read finds the end, or shows that the file grows.
  std::string content(expected + 1, '\0');
  std::size_t used = 0;
  for (;;) {
    const ssize_t got = ::read(file.get(), &content[used], content.size() - used);
    if (got == 0) {
      content.resize(used);
      return content;
    }
    if (got > 0) {
      used += static_cast<std::size_t>(got);
    } else if (errno != EINTR) {
      return failed(path, "read", errno);
    }
    if (used > max_octets) {
      return too_long;
    }
    if (used == content.size()) {
      content.resize(2 * used);
    }
  }
}

}  // namespace pop3_legacy::files
