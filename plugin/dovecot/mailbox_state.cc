#include "plugin/dovecot/mailbox_state.h"

#include <unistd.h>

#include <cstddef>
#include <utility>

#include "plugin/files/durable_file.h"

namespace pop3_legacy::dovecot {

namespace {

constexpr std::string_view prefix = "/dovecot-pop3-legacy-";
/// A line of some hundred octets for each of half a million messages.
constexpr std::size_t max_state_octets = std::size_t{128} * 1024 * 1024;

Result<std::string> state_path(struct mailbox* box, std::string_view name) {
  const char* folder = nullptr;
  const int found = mailbox_get_path_to(box, MAILBOX_LIST_PATH_TYPE_CONTROL, &folder);
  if (found < 0) {
    return mailbox_error(box);
  }
  if (found == 0) {
    return Error{Failure::permanent, "the mailbox has no control directory to keep state in"};
  }
  return std::string(folder).append(prefix).append(name);
}

struct Place {
  std::string path;
  files::FileAccess access;
  bool sync;
};

Result<Place> place_to_store(struct mailbox* box, std::string_view name) {
  auto path = state_path(box, name);
  if (!path) {
    return path.error();
  }
  if (mailbox_is_readonly(box)) {
    return Error{Failure::permanent, "the mailbox is read-only for this user, so nothing is kept"};
  }
  if (mailbox_create_missing_dir(box, MAILBOX_LIST_PATH_TYPE_CONTROL) < 0) {
    return mailbox_error(box);
  }
  // What was shown to a client must not be lost with the power; LAST has little to lose, and much
  // to write.
  const auto mode = box->storage->set->parsed_fsync_mode;
  const bool sync = name == "last" ? mode == FSYNC_MODE_ALWAYS : mode != FSYNC_MODE_NEVER;
  const struct mailbox_permissions* const permissions = mailbox_get_permissions(box);
  return Place{
      std::move(path.value()), {permissions->file_create_mode, permissions->file_create_gid}, sync};
}

}  // namespace

Error mailbox_error(struct mailbox* box) {
  enum mail_error kind = MAIL_ERROR_NONE;
  const char* const text = mailbox_get_last_internal_error(box, &kind);
  return {kind == MAIL_ERROR_EXPUNGED ? Failure::gone : Failure::temporary, text};
}

Result<std::optional<std::string>> load_mailbox_state(struct mailbox* box, std::string_view name) {
  const auto path = state_path(box, name);
  if (!path) {
    return path.error();
  }
  return files::read_small_file(path.value(), max_state_octets);
}

Status store_mailbox_state(struct mailbox* box, std::string_view name, std::string_view content) {
  const Result<Place> place = place_to_store(box, name);
  if (!place) {
    return place.error();
  }
  return files::replace_file(place.value().path, content, place.value().access, place.value().sync);
}

Result<bool> exchange_mailbox_state(struct mailbox* box, std::string_view name,
                                    const std::optional<std::string>& old,
                                    std::string_view content) {
  const Result<Place> place = place_to_store(box, name);
  if (!place) {
    return place.error();
  }
  return files::exchange_file(place.value().path, old, content, place.value().access,
                              place.value().sync);
}

bool has_mailbox_state(struct mail_namespace* ns, std::string_view name) {
  const char* folder = nullptr;
  if (mailbox_list_get_path(ns->list, "INBOX", MAILBOX_LIST_PATH_TYPE_CONTROL, &folder) <= 0) {
    return false;
  }
  return ::access(std::string(folder).append(prefix).append(name).c_str(), F_OK) == 0;
}

Result<std::optional<std::string>> look_at_mailbox_state(struct mail_namespace* ns,
                                                         std::string_view name) {
  const char* folder = nullptr;
  if (!has_mailbox_state(ns, name) ||
      mailbox_list_get_path(ns->list, "INBOX", MAILBOX_LIST_PATH_TYPE_CONTROL, &folder) <= 0) {
    return std::optional<std::string>();
  }
  return files::read_small_file(std::string(folder).append(prefix).append(name), max_state_octets);
}

}  // namespace pop3_legacy::dovecot
