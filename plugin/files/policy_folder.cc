#include "plugin/files/policy_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "plugin/core/policy/resolver.h"
#include "plugin/files/open_file.h"

namespace pop3_legacy::files {

const char* const shipped_folder = POP3_LEGACY_SHIPPED_FOLDER;

namespace {

using policy::max_document_octets;

std::string reason(int error) {
  return std::generic_category().message(error);
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
             "; the user of the POP3 session needs x permission for all folders above it";
      break;
    case ELOOP:
      what = "the policy folder is a symbolic link that leads to itself; remove it";
      break;
    default:
      break;
  }
  return {kind_of(error), path + ": " + what};
}

// Why `file` in `folder`, whose path is `path`, could not be opened.
Error open_error(int folder, const std::string& file, const std::string& path, int error) {
  struct stat status {};
  switch (error) {
    case EACCES:
      // If even stat() is refused, a folder on the way lacks a permission, not the file.
      if (::fstatat(folder, file.c_str(), &status, 0) == 0) {
        return wrong(path, "the file cannot be read: " + reason(error) +
                               "; the user of the POP3 session needs r permission for it");
      }
      return wrong(path, "the file cannot be reached: " + reason(error) +
                             "; the user of the POP3 session needs x permission for its folder");
    case ELOOP:
      return wrong(path, "the file is a symbolic link that leads to itself; remove it");
    case ENOTDIR:
      return wrong(path, "the file's folder is not a directory; make it one or remove it");
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

std::string path_of(const std::string& folder, std::string_view name) {
  std::string path = folder;
  if (!path.ends_with('/')) path += '/';
  return path.append(name).append(document_suffix);
}

// The document `name` in the folder `folder_path`; no value if the folder is in order and lacks it.
Result<std::optional<std::string>> read_in(const std::string& folder_path, std::string_view name) {
  const std::string path = path_of(folder_path, name);
  // O_PATH: it is enough that the folder may be searched, even if it may not be listed.
  const OpenFile folder(open_retrying(AT_FDCWD, folder_path, O_PATH | O_DIRECTORY));
  if (!folder.open()) return folder_error(folder_path, errno);

  const std::string file_name = std::string(name).append(document_suffix);
  const OpenFile file(open_retrying(folder.get(), file_name, O_RDONLY | O_NONBLOCK));
  if (!file.open()) {
    const int error = errno;
    // There cannot be a file with so long a name.
    if (error == ENAMETOOLONG) return std::optional<std::string>();
    if (error != ENOENT) return open_error(folder.get(), file_name, path, error);
    const std::string parent = file_name.substr(0, file_name.find('/'));
    if (is_link(folder.get(), file_name)) {
      return wrong(path, "the file is a symbolic link to nowhere; fix or remove it");
    }
    if (parent != file_name && is_link(folder.get(), parent)) {
      struct stat status {};
      if (::fstatat(folder.get(), parent.c_str(), &status, 0) != 0) {
        return wrong(path, "the file's folder is a symbolic link to nowhere; fix or remove it");
      }
    }
    return std::optional<std::string>();
  }

  auto text = read_whole(file, path, max_document_octets);
  if (!text) return text.error();
  return std::optional(std::move(text.value()));
}

}  // namespace

PolicyFolder::PolicyFolder(std::string path, std::string shipped)
    : path_(std::move(path)), shipped_(std::move(shipped)) {}

std::string PolicyFolder::location(std::string_view name) const {
  return path_of(found_shipped_.contains(name) ? shipped_ : path_, name);
}

Result<std::optional<std::string>> PolicyFolder::read(std::string_view name) {
  if (!policy::is_document_name(name))
    return wrong(path_of(path_, name), "this is not the name of a policy document");

  found_shipped_.erase(std::string(name));
  auto text = read_in(path_, name);
  struct stat status {};
  const bool may_be_shipped = text && !text.value() && name.starts_with(policy::profile_prefix) &&
                              ::stat(shipped_.c_str(), &status) == 0;
  if (!may_be_shipped) return text;
  auto shipped = read_in(shipped_, name);
  if (!shipped || shipped.value()) found_shipped_.emplace(name);
  return shipped;
}

}  // namespace pop3_legacy::files
