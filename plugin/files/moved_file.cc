#include "plugin/files/moved_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <optional>
#include <string_view>

#include "plugin/files/open_file.h"

namespace pop3_legacy::files {

namespace {

// For file systems that cannot rename without overwriting (EINVAL).
int link_and_unlink(const std::string& from, const std::string& to) noexcept {
  return ::link(from.c_str(), to.c_str()) == 0 ? ::unlink(from.c_str()) : -1;
}

Result<bool> copy_and_unlink(const std::string& from, const std::string& to, std::size_t max_octets,
                             const FileAccess& access) {
  const auto content = read_small_file(from, max_octets);
  if (!content) return content.error();
  if (!content.value()) return false;
  auto stored = exchange_file(to, std::nullopt, *content.value(), access, /*sync=*/true);
  if (stored && stored.value()) ::unlink(from.c_str());
  return stored;
}

}  // namespace

std::string other_control_folder(const std::string& control, const std::string& mailbox,
                                 const std::string& directory) {
  const std::string below = directory + "/";
  if (control == mailbox || !mailbox.starts_with(below)) return {};
  const std::string level = mailbox.substr(directory.size());  // "/dbox-Mails"
  const bool has_level = control.size() > level.size() && control.ends_with(level);
  return has_level ? control.substr(0, control.size() - level.size()) : control + level;
}

Result<bool> move_file(const std::string& from, const std::string& to, std::size_t max_octets,
                       const FileAccess& access) {
  int moved = ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE);
  if (moved != 0 && (errno == EINVAL || errno == ENOSYS)) moved = link_and_unlink(from, to);
  if (moved == 0) return true;
  if (errno == ENOENT || errno == EEXIST) return false;
  if (errno == EXDEV) return copy_and_unlink(from, to, max_octets, access);
  return failed(from, "moved to " + to, errno);
}

}  // namespace pop3_legacy::files
