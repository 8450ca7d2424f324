#include "plugin/files/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <system_error>
#include <utility>

namespace pop3_legacy::files {

namespace {

constexpr int max_name_attempts = 16;
constexpr mode_t private_mode = 0600;

class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { close(); }

  [[nodiscard]] bool open() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int get() const noexcept { return fd_; }
  /// False: what was written may not have arrived (NFS, quota); errno says why.
  bool close() noexcept {
    const int fd = fd_;
    fd_ = -1;
    // EINTR: Linux has closed it even so.
    return fd < 0 || ::close(fd) == 0 || errno == EINTR;
  }

 private:
  int fd_;
};

// Whether trying again may help without anybody's doing; a full disk is emptied sometimes.
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

int open_retrying(const std::string& path, int flags, mode_t mode) noexcept {
  for (;;) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC | O_NOCTTY, mode);
    if (fd >= 0 || errno != EINTR) {
      return fd;
    }
  }
}

/// 0, or the errno of what went wrong.
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

/// Other processes and threads do not come to the same name, and a left-over from before a
/// restart that has our process's number is not in the way.
std::string temporary_name(const std::string& path) {
  static std::atomic<unsigned> counter{0};
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return path + ".tmp." + std::to_string(::getpid()) + '.' + std::to_string(now.tv_sec) + '.' +
         std::to_string(now.tv_nsec) + '.' + std::to_string(counter++);
}

/// 0, or the errno of what went wrong. Leaves `file` closed.
int fill(Descriptor& file, std::string_view content, const FileAccess& access, bool sync) noexcept {
  if (const int error = write_all(file.get(), content)) {
    return error;
  }
  constexpr auto same_owner = static_cast<uid_t>(-1);
  if (access.group != static_cast<gid_t>(-1) &&
      ::fchown(file.get(), same_owner, access.group) != 0 && errno != EPERM) {
    return errno;
  }
  if (::fchmod(file.get(), access.mode) != 0 || (sync && ::fdatasync(file.get()) != 0) ||
      !file.close()) {
    return errno;
  }
  return 0;
}

}  // namespace

Result<std::optional<std::string>> read_small_file(const std::string& path,
                                                   std::size_t max_octets) {
  // O_NONBLOCK: a FIFO must not hold us up.
  const Descriptor file(open_retrying(path, O_RDONLY | O_NONBLOCK, 0));
  if (!file.open()) {
    const int error = errno;
    return error == ENOENT ? Result<std::optional<std::string>>(std::optional<std::string>{})
                           : failed(path, "opened", error);
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    return failed(path, "looked at", errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return Error{Failure::permanent, path + ": this is not a regular file"};
  }
  const auto too_long = [&] {
    return Error{Failure::permanent,
                 path + ": the file is longer than " + std::to_string(max_octets) + " octets"};
  };
  const auto expected = static_cast<std::size_t>(status.st_size);
  if (expected > max_octets) {
    return too_long();
  }
  // One octet more than expected finds the end at once, and a file that grows.
  std::string content(expected + 1, '\0');
  std::size_t used = 0;
  for (;;) {
    const ssize_t got = ::read(file.get(), &content[used], content.size() - used);
    if (got == 0) {
      content.resize(used);
      return std::optional(std::move(content));
    }
    if (got > 0) {
      used += static_cast<std::size_t>(got);
    } else if (errno != EINTR) {
      return failed(path, "read", errno);
    }
    if (used > max_octets) {
      return too_long();
    }
    if (used == content.size()) {
      content.resize(2 * used);
    }
  }
}

Status replace_file(const std::string& path, std::string_view content, const FileAccess& access,
                    bool sync) {
  std::string temporary;
  int fd = -1;
  for (int attempt = 0; attempt < max_name_attempts && fd < 0; ++attempt) {
    temporary = temporary_name(path);
    fd = open_retrying(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, private_mode);
    if (fd < 0 && errno != EEXIST) {
      break;
    }
  }
  Descriptor file(fd);
  if (!file.open()) {
    return failed(path, "written, for no temporary file can be created beside it", errno);
  }
  int error = fill(file, content, access, sync);
  const char* what = "written";
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) {
    error = errno;
    what = "replaced";
  }
  if (error == 0) {
    return Done{};
  }
  ::unlink(temporary.c_str());
  return failed(path, what, error);
}

}  // namespace pop3_legacy::files
