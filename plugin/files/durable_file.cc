#include "plugin/files/durable_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <utility>

#include "plugin/files/open_file.h"

namespace pop3_legacy::files {

namespace {

constexpr int max_name_attempts = 16;
constexpr mode_t private_mode = 0600;

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
int fill(OpenFile& file, std::string_view content, const FileAccess& access, bool sync) noexcept {
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

/// Waits as long as other sessions need it, and no longer: the process's other sessions wait, too.
/// False: somebody else holds the lock.
bool lock(const OpenFile& folder) noexcept {
  constexpr int tries = 12;
  constexpr timespec pause{0, 5'000'000};
  for (int attempt = 0; attempt < tries; ++attempt) {
    // Other failures: a file system that has no such locks.
    if (::flock(folder.get(), LOCK_EX | LOCK_NB) == 0 || (errno != EWOULDBLOCK && errno != EINTR)) {
      return true;
    }
    ::nanosleep(&pause, nullptr);
  }
  return false;
}

// A new name is the folder's content, and lasts once that does.
Status sync_folder(const std::string& path) {
  const std::string folder_path = path.substr(0, path.rfind('/') + 1);
  const OpenFile folder(open_retrying(AT_FDCWD, folder_path, O_RDONLY | O_DIRECTORY));
  if (!folder.open() || ::fsync(folder.get()) != 0) {
    return failed(path, "made to last, for its folder cannot be", errno);
  }
  return Done{};
}

}  // namespace

Result<std::optional<std::string>> read_small_file(const std::string& path,
                                                   std::size_t max_octets) {
  const OpenFile file(open_retrying(AT_FDCWD, path, O_RDONLY | O_NONBLOCK));
  if (!file.open()) {
    const int error = errno;
    return error == ENOENT ? Result<std::optional<std::string>>(std::optional<std::string>{})
                           : failed(path, "opened", error);
  }
  auto content = read_whole(file, path, max_octets);
  if (!content) {
    return content.error();
  }
  return std::optional(std::move(content.value()));
}

Status replace_file(const std::string& path, std::string_view content, const FileAccess& access,
                    bool sync) {
  std::string temporary;
  int fd = -1;
  for (int attempt = 0; attempt < max_name_attempts && fd < 0; ++attempt) {
    temporary = temporary_name(path);
    fd = open_retrying(AT_FDCWD, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, private_mode);
    if (fd < 0 && errno != EEXIST) {
      break;
    }
  }
  OpenFile file(fd);
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
    return sync ? sync_folder(path) : Status(Done{});
  }
  ::unlink(temporary.c_str());
  return failed(path, what, error);
}

Result<bool> exchange_file(const std::string& path, const std::optional<std::string>& old,
                           std::string_view content, const FileAccess& access, bool sync) {
  const std::string folder_path = path.substr(0, path.rfind('/') + 1);
  const OpenFile folder(open_retrying(AT_FDCWD, folder_path, O_RDONLY | O_DIRECTORY));
  if (!folder.open()) {
    return failed(folder_path, "opened", errno);
  }
  if (!lock(folder)) {
    return Error{
        Failure::locked,
        failed(folder_path, "locked, for another process holds the lock", EWOULDBLOCK).text};
  }
  // One octet more than it should have is enough to see that it is another.
  const auto now = read_small_file(path, std::max(old ? old->size() : 0, content.size()) + 1);
  if (!now || now.value() != old) {
    return false;
  }
  const Status replaced = replace_file(path, content, access, sync);
  return replaced ? Result<bool>(true) : Result<bool>(replaced.error());
}

}  // namespace pop3_legacy::files
