#include "plugin/dovecot/mailbox_state.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "plugin/dovecot/master_user.h"
#include "plugin/files/durable_file.h"
#include "plugin/files/list_file.h"
#include "plugin/files/moved_file.h"

namespace pop3_legacy::dovecot {

namespace {

constexpr std::string_view prefix = "/dovecot-pop3-legacy-";
/// Room for a line of some hundred octets for each of half a million messages.
constexpr std::size_t max_state_octets = std::size_t{128} * 1024 * 1024;

Result<std::string> folder_of(struct mailbox* box, enum mailbox_list_path_type type) {
  const char* folder = nullptr;
  const int found = mailbox_get_path_to(box, type, &folder);
  if (found < 0) {
    return mailbox_error(box);
  }
  return std::string(found == 0 ? "" : folder);
}

Result<std::string> state_path(struct mailbox* box, std::string_view name) {
  auto folder = folder_of(box, MAILBOX_LIST_PATH_TYPE_CONTROL);
  if (folder && folder.value().empty()) {
    return Error{Failure::permanent, "the mailbox has no control directory to keep state in"};
  }
  return folder ? Result<std::string>(folder.value().append(prefix).append(name)) : folder;
}

/// A state's content, as in StateStore.
using Content = std::optional<std::string>;

struct Place {
  std::string folder;  ///< with the common beginning of all states' names
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
  // What a client has been shown must survive a power failure. LAST has little to lose and is
  // written often.
  const auto mode = box->storage->set->parsed_fsync_mode;
  const bool sync = name.starts_with("last") ? mode == FSYNC_MODE_ALWAYS : mode != FSYNC_MODE_NEVER;
  const struct mailbox_permissions* const permissions = mailbox_get_permissions(box);
  std::string folder = path.value().substr(0, path.value().size() - name.size());
  return Place{std::move(folder),
               std::move(path.value()),
               {permissions->file_create_mode, permissions->file_create_gid},
               sync};
}

// Not when the pace is stored: that happens at login, which is not to wait for this.
void tidy_up(const Place& place, std::string_view name) {
  if (!name.starts_with("pace")) files::remove_left_overs(place.folder);
}

// Before an update or a change of settings, Dovecot may have kept its control files elsewhere; our
// files move to where it keeps them now. Two sessions may do so at once: one moves the state, and
// both read it in its new place.
Result<Content> load_from_other_folder(struct mailbox* box, std::string_view name,
                                       const std::string& path) {
  const auto control = folder_of(box, MAILBOX_LIST_PATH_TYPE_CONTROL);
  const auto mailbox = folder_of(box, MAILBOX_LIST_PATH_TYPE_MAILBOX);
  const auto directory = folder_of(box, MAILBOX_LIST_PATH_TYPE_DIR);
  if (!control || !mailbox || !directory) {
    return Content();
  }
  std::string old =
      files::other_control_folder(control.value(), mailbox.value(), directory.value());
  if (old.empty()) {
    return Content();
  }
  old.append(prefix).append(name);
  if (::access(old.c_str(), F_OK) != 0) {
    return Content();
  }
  const auto place = place_to_store(box, name);
  if (!place) {
    // It cannot be moved, so it is read where it is.
    return files::read_small_file(old, max_state_octets);
  }
  const Result<bool> moved = files::move_file(old, path, max_state_octets, place.value().access);
  if (!moved) {
    return moved.error();
  }
  if (moved.value()) {
    const std::string state(name);
    e_info(box->storage->user->event,
           "pop3_legacy: the state \"%s\" of the INBOX was moved from %s to %s, because Dovecot's "
           "control directory of the mailbox has moved",
           state.c_str(), old.c_str(), path.c_str());
  }
  auto content = files::read_small_file(path, max_state_octets);
  return content && !content.value() ? files::read_small_file(old, max_state_octets) : content;
}

}  // namespace

Error mailbox_error(struct mailbox* box) {
  enum mail_error kind = MAIL_ERROR_NONE;
  const char* const text = mailbox_get_last_internal_error(box, &kind);
  return {kind == MAIL_ERROR_EXPUNGED ? Failure::gone : Failure::temporary, text};
}

Result<Content> load_mailbox_state(struct mailbox* box, std::string_view name) {
  const auto path = state_path(box, name);
  if (!path) {
    return path.error();
  }
  auto content = files::read_small_file(path.value(), max_state_octets);
  return content && !content.value() ? load_from_other_folder(box, name, path.value()) : content;
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
  if (front.value()) {
    return std::optional(StateStore::Front{std::move(front.value()->text), front.value()->octets});
  }
  auto moved = load_from_other_folder(box, name, path.value());
  if (!moved) {
    return moved.error();
  }
  if (!moved.value()) {
    return std::optional<StateStore::Front>();
  }
  const std::size_t all = moved.value()->size();
  moved.value()->resize(std::min(all, octets));
  return std::optional(StateStore::Front{std::move(*moved.value()), all});
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

std::unique_ptr<uidl::ListFile> open_mailbox_cache(struct mailbox* box, std::string_view name) {
  auto folder = folder_of(box, MAILBOX_LIST_PATH_TYPE_INDEX);
  if (!folder || folder.value().empty()) return nullptr;
  return files::open_list_file(folder.value().append(prefix).append(name));
}

Result<bool> keep_mailbox_cache(struct mailbox* box, std::string_view name,
                                std::string_view content) {
  if (mailbox_is_readonly(box) || master_of(box->storage->user) != nullptr) return false;
  auto folder = folder_of(box, MAILBOX_LIST_PATH_TYPE_INDEX);
  if (!folder) return folder.error();
  if (folder.value().empty()) return false;  // the index is in memory only
  const struct mailbox_permissions* const permissions = mailbox_get_permissions(box);
  const std::string beginning = folder.value().append(prefix);
  const Status kept = files::replace_file(
      beginning + std::string(name), content,
      {permissions->file_create_mode, permissions->file_create_gid}, /*sync=*/false);
  if (!kept) return kept.error();
  files::remove_left_overs(beginning);
  return true;
}

std::string place_of_mailbox_state(struct mail_namespace* ns, std::string_view name) {
  const char* folder = nullptr;
  const bool found =
      mailbox_list_get_path(ns->list, "INBOX", MAILBOX_LIST_PATH_TYPE_CONTROL, &folder) > 0;
  return std::string(found ? folder : "").append(prefix).append(name);
}

bool has_mailbox_state(struct mail_namespace* ns, std::string_view name) {
  const auto folder = [&](enum mailbox_list_path_type type) {
    const char* path = nullptr;
    return mailbox_list_get_path(ns->list, "INBOX", type, &path) > 0 ? std::string(path)
                                                                     : std::string();
  };
  // If this cannot be told, assume there is one: reading it will say why it fails.
  const auto is_in = [&](std::string path) {
    return !path.empty() && (::access(path.append(prefix).append(name).c_str(), F_OK) == 0 ||
                             (errno != ENOENT && errno != ENOTDIR));
  };
  const std::string control = folder(MAILBOX_LIST_PATH_TYPE_CONTROL);
  return is_in(control) ||
         is_in(files::other_control_folder(control, folder(MAILBOX_LIST_PATH_TYPE_MAILBOX),
                                           folder(MAILBOX_LIST_PATH_TYPE_DIR)));
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
