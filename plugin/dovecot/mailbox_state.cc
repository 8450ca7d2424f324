#include "plugin/dovecot/mailbox_state.h"

#include <unistd.h>

#include <cerrno>
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
  std::string folder;  ///< with the beginning of all states' names
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
  std::string folder = path.value().substr(0, path.value().size() - name.size());
  return Place{std::move(folder),
               std::move(path.value()),
               {permissions->file_create_mode, permissions->file_create_gid},
               sync};
}

// The pace is stored at login, which is not to wait for this.
void tidy_up(const Place& place, std::string_view name) {
  if (name != "pace") files::remove_left_overs(place.folder);
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

Result<std::optional<StateStore::Front>> load_mailbox_state_front(struct mailbox* box,
                                                                  std::string_view name,
                                                                  std::size_t octets) {
  const auto path = state_path(box, name);
  if (!path) {
    return path.error();
  }
  auto front = files::read_file_front(path.value(), octets);
  if (!front) {
    return front.error();
  }
  return front.value() ? std::optional(StateStore::Front{std::move(front.value()->text),
                                                         front.value()->octets})
                       : std::nullopt;
}

Status store_mailbox_state(struct mailbox* box, std::string_view name, std::string_view content) {
  const Result<Place> place = place_to_store(box, name);
  if (!place) {
    return place.error();
  }
  Status stored =
      files::replace_file(place.value().path, content, place.value().access, place.value().sync);
  if (stored) tidy_up(place.value(), name);
  return stored;
}

Result<bool> exchange_mailbox_state(struct mailbox* box, std::string_view name,
                                    const std::optional<std::string>& old,
                                    std::string_view content) {
  const Result<Place> place = place_to_store(box, name);
  if (!place) {
    return place.error();
  }
  Result<bool> stored = files::exchange_file(place.value().path, old, content, place.value().access,
                                             place.value().sync);
  if (stored && stored.value()) tidy_up(place.value(), name);
  return stored;
}

std::string place_of_mailbox_state(struct mail_namespace* ns, std::string_view name) {
  const char* folder = nullptr;
  const bool found =
      mailbox_list_get_path(ns->list, "INBOX", MAILBOX_LIST_PATH_TYPE_CONTROL, &folder) > 0;
  return std::string(found ? folder : "").append(prefix).append(name);
}

bool has_mailbox_state(struct mail_namespace* ns, std::string_view name) {
  // Where it cannot be told there is one: reading it will say why.
  return ::access(place_of_mailbox_state(ns, name).c_str(), F_OK) == 0 ||
         (errno != ENOENT && errno != ENOTDIR);
}

}  // namespace pop3_legacy::dovecot
