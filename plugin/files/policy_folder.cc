#include "plugin/files/policy_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace pop3_legacy::files {

namespace {

using policy::max_document_octets;

class Descriptor {
 public:
  explicit Descriptor(int fd) noexcept : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&&) = delete;
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }

  [[nodiscard]] bool open() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

std::string reason(int error) {
  return std::generic_category().message(error);
}

// Whether trying again may help without anybody's doing.
Failure kind_of(int error) noexcept {
  switch (error) {
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EIO:
    case EAGAIN:
    case EINTR:
    case ESTALE:
    case ETIMEDOUT:
      return Failure::temporary;
    default:
      return Failure::permanent;
  }
}

Error wrong(const std::string& path, const std::string& what) {
  return {Failure::permanent, path + ": " + what};
}

Error folder_error(const std::string& path, int error) {
  std::string what = "the policy folder cannot be opened: " + reason(error);
  switch (error) {
    case ENOENT:
      what = "the policy folder does not exist; create it, or do not configure one";
      break;
    case ENOTDIR:
      what = "the policy folder is not a directory; configure the folder, not a file in it";
      break;
    case EACCES:
      what = "the policy folder cannot be reached: " + reason(error) +
             "; the user of the POP3 session has to have x permission for all folders above it";
      break;
    case ELOOP:
      what = "the policy folder is a symbolic link that leads to itself; remove it";
      break;
    default:
      break;
  }
  return {kind_of(error), path + ": " + what};
}

// Why `file` below `folder`, whose path is `path`, could not be opened.
Error open_error(int folder, const std::string& file, const std::string& path, int error) {
  struct stat status {};
  switch (error) {
    case EACCES:
      // Who may not even look at it lacks a permission on the way, not one of the file.
      if (::fstatat(folder, file.c_str(), &status, 0) == 0) {
        return wrong(path, "the file cannot be read: " + reason(error) +
                               "; the user of the POP3 session has to have r permission for it");
      }
      return wrong(path, "the file cannot be reached: " + reason(error) +
                             "; the user of the POP3 session has to have x permission for its "
                             "folder");
    case ELOOP:
      return wrong(path, "the file is a symbolic link that leads to itself; remove it");
    case ENOTDIR:
      return wrong(path,
                   "what should be the file's folder is not one; make it a folder or "
                   "remove it");
    case ENXIO:
      return wrong(path, "this is not a regular file; remove it");
    default:
      return {kind_of(error), path + ": the file cannot be opened: " + reason(error)};
  }
}

bool is_link(int folder, const std::string& file) {
  struct stat status {};
  return ::fstatat(folder, file.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISLNK(status.st_mode);
}

int open_retrying(int folder, const char* file, int flags) noexcept {
  for (;;) {
    const int fd = ::openat(folder, file, flags | O_CLOEXEC);
    if (fd >= 0 || errno != EINTR) return fd;
  }
}

Result<std::optional<std::string>> read_all(const Descriptor& file, const std::string& path) {
  // One octet more than there may be tells a file that is too long.
  std::string text(max_document_octets + 1, '\0');
  std::size_t used = 0;
  while (used < text.size()) {
    const ssize_t got = ::read(file.get(), &text[used], text.size() - used);
    if (got < 0) {
      const int error = errno;
      if (error == EINTR) continue;
      return Error{kind_of(error), path + ": the file cannot be read: " + reason(error)};
    }
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  if (used > max_document_octets) {
    return wrong(path, "the file is longer than " + std::to_string(max_document_octets) +
                           " octets, which is the most a policy may have; shorten it");
  }
  text.resize(used);
  text.shrink_to_fit();
  return std::optional(std::move(text));
}

// Names come from the resolver, which makes no others; a path trick shall not work even so.
bool is_safe(std::string_view name) noexcept {
  return !name.empty() && name.front() != '/' && name.find('\0') == std::string_view::npos &&
         name.front() != '.' && name.find("/.") == std::string_view::npos;
}

}  // namespace

PolicyFolder::PolicyFolder(std::string path) : path_(std::move(path)) {}

std::string PolicyFolder::location(std::string_view name) const {
  std::string path = path_;
  if (!path.ends_with('/')) path += '/';
  return path.append(name).append(document_suffix);
}

Result<std::optional<std::string>> PolicyFolder::read(std::string_view name) {
  const std::string path = location(name);
  if (!is_safe(name)) return wrong(path, "this is not the name of a policy's document");

  // O_PATH: a folder that may be searched but not listed is good enough.
  const Descriptor folder(open_retrying(AT_FDCWD, path_.c_str(), O_PATH | O_DIRECTORY));
  if (!folder.open()) return folder_error(path_, errno);

  const std::string file_name = std::string(name).append(document_suffix);
  const Descriptor file(
      open_retrying(folder.get(), file_name.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY));
  if (!file.open()) {
    const int error = errno;
    // A name longer than a file's can be is the name of no file.
    if (error == ENAMETOOLONG) return std::optional<std::string>();
    if (error != ENOENT) return open_error(folder.get(), file_name, path, error);
    const std::string parent = file_name.substr(0, file_name.find('/'));
    if (is_link(folder.get(), file_name)) {
      return wrong(path, "the file is a symbolic link to nowhere; mend or remove it");
    }
    if (parent != file_name && is_link(folder.get(), parent)) {
      struct stat status {};
      if (::fstatat(folder.get(), parent.c_str(), &status, 0) != 0) {
        return wrong(path, "the file's folder is a symbolic link to nowhere; mend or remove it");
      }
    }
    return std::optional<std::string>();
  }

  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    return Error{kind_of(errno), path + ": the file cannot be looked at: " + reason(errno)};
  }
  if (S_ISDIR(status.st_mode)) return wrong(path, "this is a folder, not a file; remove it");
  if (!S_ISREG(status.st_mode)) return wrong(path, "this is not a regular file; remove it");
  return read_all(file, path);
}

}  // namespace pop3_legacy::files
