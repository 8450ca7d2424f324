#include "plugin/files/durable_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "plugin/core/base/number.h"
#include "plugin/files/open_file.h"

namespace pop3_legacy::files {

namespace {

constexpr int max_name_attempts = 16;
constexpr mode_t private_mode = 0600;
constexpr std::string_view temporary_mark = ".tmp.";

/// Identifies the processes that kill() can see: those of one boot of one machine, in one namespace
/// of process ids. 16 hexadecimal digits; all zeros if unknown, because there is no /proc.
const std::string& neighbourhood() {
  static const std::string name = [] {
    constexpr std::string_view unknown = "0000000000000000";
    const std::string boot = "/proc/sys/kernel/random/boot_id";
    const OpenFile file(open_retrying(AT_FDCWD, boot, O_RDONLY));
    std::array<char, 64> id{};
    const ssize_t got = file.open() ? ::read(file.get(), id.data(), id.size()) : -1;
    struct stat status {};
    if (got <= 0 || ::stat("/proc/self/ns/pid", &status) != 0) return std::string(unknown);
    std::uint64_t sum = 0xCBF29CE484222325U;  // FNV-1a
    const auto add = [&](std::uint64_t octet) { sum = (sum ^ octet) * 0x100000001B3U; };
    for (ssize_t place = 0; place < got; ++place) {
      add(static_cast<unsigned char>(id.at(static_cast<std::size_t>(place))));
    }
    for (ino_t rest = status.st_ino; rest > 0; rest >>= 8U) add(rest & 0xFFU);
    std::array<char, 17> digits{};
    (void)std::snprintf(digits.data(), digits.size(), "%016llx",
                        static_cast<unsigned long long>(sum));
    return std::string(digits.data());
  }();
  return name;
}

/// A name that no other process or thread uses.
std::string temporary_name(const std::string& path) {
  static std::atomic<unsigned> counter{0};
  return std::string(path).append(temporary_mark) + neighbourhood() + '.' +
         std::to_string(::getpid()) + '.' + std::to_string(counter++);
}

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string(".") : path.substr(0, slash + 1);
}

/// Returns 0 or the errno of the failure.
int fill(const OpenFile& file, std::string_view content, const FileAccess& access,
         bool sync) noexcept {
  if (const int error = write_all(file.get(), content)) {
    return error;
  }
  constexpr auto same_owner = static_cast<uid_t>(-1);
  if (access.group != static_cast<gid_t>(-1) &&
      ::fchown(file.get(), same_owner, access.group) != 0 && errno != EPERM) {
    return errno;
  }
  return ::fchmod(file.get(), access.mode) != 0 || (sync && ::fdatasync(file.get()) != 0) ? errno
                                                                                          : 0;
}

/// A temporary file with the whole content, beside the file it is to replace.
struct Beside {
  std::string name;  ///< empty: there is no such file
  int error = 0;     ///< of writing the content; the file has been removed then
};

/// The file has no name while it is written, so a killed process leaves nothing behind. Returns no
/// file if the file system, or a chroot without /proc, does not allow this.
Beside write_unnamed(const std::string& path, std::string_view content, const FileAccess& access,
                     bool sync) {
  OpenFile file(open_retrying(AT_FDCWD, folder_of(path), O_WRONLY | O_TMPFILE, private_mode));
  if (!file.open()) return {};
  if (const int error = fill(file, content, access, sync)) return {.name = {}, .error = error};
  const std::string unnamed = "/proc/self/fd/" + std::to_string(file.get());
  for (int attempt = 0; attempt < max_name_attempts; ++attempt) {
    std::string name = temporary_name(path);
    if (::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      if (errno == EEXIST) continue;
      return {};
    }
    if (file.close()) return {.name = std::move(name), .error = 0};
    const int error = errno;
    ::unlink(name.c_str());
    return {.name = {}, .error = error};
  }
  return {};
}

/// An Error only if no file can be created.
Result<Beside> write_named(const std::string& path, std::string_view content,
                           const FileAccess& access, bool sync) {
  std::string name;
  int fd = -1;
  for (int attempt = 0; attempt < max_name_attempts && fd < 0; ++attempt) {
    name = temporary_name(path);
    fd = open_retrying(AT_FDCWD, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, private_mode);
    if (fd < 0 && errno != EEXIST) {
      break;
    }
  }
  OpenFile file(fd);
  if (!file.open()) {
    return failed(path, "written, because no temporary file can be created beside it", errno);
  }
  int error = fill(file, content, access, sync);
  if (!file.close() && error == 0) error = errno;
  if (error == 0) return Beside{.name = std::move(name), .error = 0};
  ::unlink(name.c_str());
  return Beside{.name = {}, .error = error};
}

/// Waits as long as other sessions usually need and no longer, because this process's other
/// sessions wait as well. False: somebody else holds the lock.
bool lock(const OpenFile& folder) noexcept {
  constexpr int tries = 12;
  constexpr timespec pause{0, 5'000'000};
  for (int attempt = 0; attempt < tries; ++attempt) {
    // On any other failure, the file system has no such locks.
    if (::flock(folder.get(), LOCK_EX | LOCK_NB) == 0 || (errno != EWOULDBLOCK && errno != EINTR)) {
      return true;
    }
    ::nanosleep(&pause, nullptr);
  }
  return false;
}

/// `path` has this content or, for no value, does not exist. An Error: this cannot be determined.
Result<bool> holds(const std::string& path, const std::optional<std::string>& content) {
  const OpenFile file(open_retrying(AT_FDCWD, path, O_RDONLY | O_NONBLOCK));
  if (!file.open()) {
    const int error = errno;
    return error == ENOENT ? Result<bool>(!content) : failed(path, "opened", error);
  }
  struct stat status {};
  if (content && ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
      static_cast<std::size_t>(status.st_size) != content->size()) {
    return false;
  }
  // If it is not a regular file, this returns an Error that says so.
  const auto now = read_whole(file, path, std::numeric_limits<std::size_t>::max() / 4);
  if (!now) return now.error();
  return content && *content == now.value();
}

// A new name belongs to the folder's content and is durable once that is.
Status sync_folder(const std::string& path) {
  const OpenFile folder(open_retrying(AT_FDCWD, folder_of(path), O_RDONLY | O_DIRECTORY));
  if (!folder.open() || ::fsync(folder.get()) != 0) {
    return failed(path, "written to disk, because its folder cannot be", errno);
  }
  return Done{};
}

/// What follows temporary_mark in a name given by this version or an earlier one:
/// NEIGHBOURHOOD.PID.N, or PID.SECONDS.NANOSECONDS.N.
struct TemporaryName {
  bool ours = false;    ///< it is such a name
  pid_t neighbour = 0;  ///< the process it belongs to, if kill() can see that
};

TemporaryName parse_temporary(std::string_view rest) {
  constexpr std::string_view digits = "0123456789";
  std::vector<std::string_view> parts;
  for (std::size_t dot = 0; dot != std::string_view::npos; rest.remove_prefix(dot + 1)) {
    dot = rest.find('.');
    parts.push_back(rest.substr(0, dot));
    if (dot == std::string_view::npos) break;
  }
  const auto number = [&](std::string_view part) {
    return !part.empty() && part.find_first_not_of(digits) == std::string_view::npos;
  };
  if (parts.size() == 4) return {.ours = std::all_of(parts.begin(), parts.end(), number)};
  const bool named = parts.size() == 3 && parts[0].size() == neighbourhood().size() &&
                     parts[0].find_first_not_of("0123456789abcdef") == std::string_view::npos &&
                     number(parts[1]) && number(parts[2]);
  TemporaryName name{.ours = named};
  const bool known = neighbourhood().find_first_not_of('0') != std::string::npos;
  if (named && known && parts[0] == neighbourhood()) {
    name.neighbour = whole_number<pid_t>(parts[1]).value_or(0);
  }
  return name;
}

bool left_over(int folder, const char* name, std::string_view rest) {
  constexpr std::time_t old_enough = 3600;  // no write takes this long
  const TemporaryName temporary = parse_temporary(rest);
  struct stat status {};
  if (!temporary.ours || ::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) != 0 ||
      !S_ISREG(status.st_mode)) {
    return false;
  }
  if (temporary.neighbour > 0 && ::kill(temporary.neighbour, 0) != 0 && errno == ESRCH) return true;
  return status.st_mtime < ::time(nullptr) - old_enough;
}

}  // namespace

void remove_left_overs(const std::string& prefix) {
  constexpr int most_entries = 4096;  // including the folders of a Maildir++
  const std::string folder = folder_of(prefix);
  const std::string_view begins = std::string_view(prefix).substr(prefix.rfind('/') + 1);
  const auto close = [](DIR* open) { ::closedir(open); };
  const std::unique_ptr<DIR, decltype(close)> entries(::opendir(folder.c_str()), close);
  if (!entries) return;
  for (int seen = 0; seen < most_entries; ++seen) {
    const dirent* const entry = ::readdir(entries.get());  // NOLINT(concurrency-mt-unsafe): ours
    if (entry == nullptr) return;
    const std::string_view name = &entry->d_name[0];
    const std::size_t mark = name.find(temporary_mark);
    if (name.starts_with(begins) && mark != std::string_view::npos &&
        left_over(::dirfd(entries.get()), &entry->d_name[0],
                  name.substr(mark + temporary_mark.size()))) {
      ::unlinkat(::dirfd(entries.get()), &entry->d_name[0], 0);
    }
  }
}

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

Result<std::optional<FileFront>> read_file_front(const std::string& path, std::size_t octets) {
  const OpenFile file(open_retrying(AT_FDCWD, path, O_RDONLY | O_NONBLOCK));
  if (!file.open()) {
    const int error = errno;
    return error == ENOENT ? Result<std::optional<FileFront>>(std::optional<FileFront>{})
                           : failed(path, "opened", error);
  }
  struct stat status {};
  const bool larger = ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode) &&
                      static_cast<std::size_t>(status.st_size) > octets;
  if (!larger) {
    auto whole = read_whole(file, path, octets);
    if (!whole) return whole.error();
    const std::size_t all = whole.value().size();
    return std::optional(FileFront{std::move(whole.value()), all});
  }
  FileFront front{std::string(octets, '\0'), static_cast<std::size_t>(status.st_size)};
  for (std::size_t used = 0; used < octets;) {
    const ssize_t got = ::read(file.get(), &front.text[used], octets - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(path, "read", errno);
    if (got == 0) return failed(path, "read, because it became shorter meanwhile", EAGAIN);
    used += static_cast<std::size_t>(got);
  }
  return std::optional(std::move(front));
}

Status replace_file(const std::string& path, std::string_view content, const FileAccess& access,
                    bool sync) {
  Beside written = write_unnamed(path, content, access, sync);
  if (written.name.empty() && written.error == 0) {
    auto named = write_named(path, content, access, sync);
    if (!named) return named.error();
    written = std::move(named.value());
  }
  if (written.error != 0) {
    return failed(path, "written", written.error);
  }
  if (::rename(written.name.c_str(), path.c_str()) != 0) {
    const int error = errno;
    ::unlink(written.name.c_str());
    return failed(path, "replaced", error);
  }
  return sync ? sync_folder(path) : Status(Done{});
}

Result<bool> exchange_file(const std::string& path, const std::optional<std::string>& old,
                           std::string_view content, const FileAccess& access, bool sync) {
  const std::string folder_path = folder_of(path);
  const OpenFile folder(open_retrying(AT_FDCWD, folder_path, O_RDONLY | O_DIRECTORY));
  if (!folder.open()) {
    return failed(folder_path, "opened", errno);
  }
  if (!lock(folder)) {
    return Error{
        Failure::locked,
        failed(folder_path, "locked, because another process holds the lock", EWOULDBLOCK).text};
  }
  Result<bool> unchanged = holds(path, old);
  if (!unchanged || !unchanged.value()) {
    return unchanged;
  }
  const Status replaced = replace_file(path, content, access, sync);
  return replaced ? Result<bool>(true) : Result<bool>(replaced.error());
}

}  // namespace pop3_legacy::files
