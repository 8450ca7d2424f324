#include "plugin/dovecot/service_groups.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <set>
#include <string_view>

#include "plugin/core/base/number.h"

namespace pop3_legacy::dovecot {

namespace {

/// Where Dovecot's master process tells the service its extra_groups (restrict-access.c), as
/// numbers or names.
constexpr const char* variable = "RESTRICT_SETEXTRAGROUPS";

std::optional<gid_t> group_named(const std::string& name) {
  if (const auto number = whole_number<gid_t>(name)) return number;
  group entry{};
  group* found = nullptr;
  std::vector<char> texts(std::size_t{4} * 1024);
  while (::getgrnam_r(name.c_str(), &entry, texts.data(), texts.size(), &found) == ERANGE) {
    texts.resize(2 * texts.size());
  }
  return found == nullptr ? std::nullopt : std::optional(found->gr_gid);
}

std::string name_of(gid_t number) {
  group entry{};
  group* found = nullptr;
  std::vector<char> texts(std::size_t{4} * 1024);
  while (::getgrgid_r(number, &entry, texts.data(), texts.size(), &found) == ERANGE) {
    texts.resize(2 * texts.size());
  }
  return found == nullptr ? std::to_string(number) : found->gr_name;
}

std::vector<gid_t> own_groups() {
  std::vector<gid_t> groups(1, ::getegid());
  if (const int count = ::getgroups(0, nullptr); count > 0) {
    groups.resize(1 + static_cast<std::size_t>(count));
    const int got = ::getgroups(count, groups.data() + 1);
    groups.resize(1 + static_cast<std::size_t>(std::max(got, 0)));
  }
  return groups;
}

/// The groups whose members may write to a socket in this folder that others may not. None if the
/// folder cannot be seen: then the process cannot reach the sockets either.
std::set<gid_t> socket_groups(const std::string& folder) {
  std::set<gid_t> found;
  DIR* const directory = ::opendir(folder.c_str());
  if (directory == nullptr) return found;
  while (const dirent* const entry = ::readdir(directory)) {
    struct stat facts {};
    if (::fstatat(::dirfd(directory), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISSOCK(facts.st_mode) && (facts.st_mode & S_IWGRP) != 0 &&
        (facts.st_mode & S_IWOTH) == 0) {
      found.insert(facts.st_gid);
    }
  }
  ::closedir(directory);
  return found;
}

}  // namespace

std::vector<std::string> service_groups(const std::string& base_dir) {
  std::vector<std::string> found;
  const char* const listed = std::getenv(variable);
  std::string_view rest = listed == nullptr ? "" : listed;
  const std::vector<gid_t> own = own_groups();
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find_first_of(", "), rest.size());
    std::string name(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (name.empty()) continue;
    const auto number = group_named(name);
    // A group whose name cannot be resolved is assumed to be one the process has.
    if (!number || std::find(own.begin(), own.end(), *number) != own.end()) {
      found.push_back(number ? name_of(*number) : std::move(name));
    }
  }
  for (const gid_t group : socket_groups(base_dir)) {
    std::string name = name_of(group);
    if (std::find(own.begin(), own.end(), group) != own.end() &&
        std::find(found.begin(), found.end(), name) == found.end()) {
      found.push_back(std::move(name));
    }
  }
  return found;
}

}  // namespace pop3_legacy::dovecot
