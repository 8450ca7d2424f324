#include "plugin/files/key_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "plugin/files/open_file.h"

namespace pop3_legacy::files {

namespace {

Error unfit(const std::string& path, const std::string& why) {
  return {Failure::permanent, path + ": " + why};
}

}  // namespace

Result<std::string> read_key_file(const std::string& path) {
  const OpenFile file(open_retrying(AT_FDCWD, path, O_RDONLY | O_NONBLOCK));
  if (!file.open()) {
    return failed(path, "opened", errno);
  }
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) {
    return failed(path, "looked at", errno);
  }
  // If it is not a regular file, read_whole() says so.
  if (S_ISREG(about.st_mode) && about.st_uid != ::geteuid() && about.st_uid != 0) {
    return unfit(path, "the key file belongs to user " + std::to_string(about.st_uid) +
                           ", not to the mail user " + std::to_string(::geteuid()));
  }
  if (S_ISREG(about.st_mode) && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return unfit(path, "the key file is open to others than its owner; chmod 600 closes it");
  }
  Result<std::string> key = read_whole(file, path, max_key_octets);
  if (!key) {
    return key;
  }
  std::string& text = key.value();
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
  if (text.size() < min_key_octets) {
    return unfit(path, "the key has " + std::to_string(text.size()) +
                           " octets, but needs at least " + std::to_string(min_key_octets));
  }
  return key;
}

}  // namespace pop3_legacy::files
