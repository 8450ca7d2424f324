#include "shim/maildir.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <limits>
#include <map>
#include <system_error>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "plugin/core/base/number.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/files/durable_file.h"
#include "shim/sent_copy.h"

namespace pop3_legacy::shim {

namespace {

constexpr std::string_view uidlist_name = "/dovecot-uidlist";
constexpr std::string_view state_prefix = "/dovecot-pop3-legacy-";
constexpr std::size_t max_uidlist_octets = std::size_t{256} * 1024 * 1024;
constexpr std::string_view courier_name = "/courierpop3dsizelist";
/// Room for a line of some hundred octets for each of half a million messages.
constexpr std::size_t max_state_octets = std::size_t{128} * 1024 * 1024;
constexpr std::size_t max_courier_octets = std::size_t{256} * 1024 * 1024;
constexpr std::size_t read_octets = std::size_t{64} * 1024;
constexpr mode_t folder_mode = 0700;
constexpr mode_t file_mode = 0600;
constexpr Uid highest_uid = std::numeric_limits<Uid>::max() - 1;  // as in Dovecot

std::string reason(int error) {
  return std::generic_category().message(error);
}

Error failed(const std::string& path, std::string_view what, int error) {
  const bool waits = error == EMFILE || error == ENFILE || error == ENOSPC || error == EDQUOT ||
                     error == EIO || error == ENOMEM;
  return {error == ENOENT ? Failure::gone : (waits ? Failure::temporary : Failure::permanent),
          path + ": " + std::string(what) + " failed: " + reason(error)};
}

std::string_view base_name_of(std::string_view file_name) noexcept {
  return file_name.substr(0, file_name.find(':'));
}

bool has_seen(std::string_view info) noexcept {
  return info.starts_with(":2,") && info.find('S') != std::string_view::npos;
}

/// `info` with the flag S added; the Maildir format wants flags in ASCII order.
std::string with_seen(std::string_view info) {
  if (!info.starts_with(":2,")) {
    return ":2,S";
  }
  std::string flags(info);
  const auto place = std::find_if(flags.begin() + 3, flags.end(), [](char c) { return c > 'S'; });
  flags.insert(place, 'S');
  return flags;
}

class Descriptor {
 public:
  explicit Descriptor(const std::string& path) noexcept
      : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }

  [[nodiscard]] bool open() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int get() const noexcept { return fd_; }

 private:
  int fd_;
};

class FileReader : public MessageReader {
 public:
  FileReader(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  Result<std::string> read(std::size_t at_most) override {
    std::string piece(at_most, '\0');
    for (;;) {
      const ssize_t got = ::read(file_.get(), piece.data(), piece.size());
      if (got >= 0) {
        piece.resize(static_cast<std::size_t>(got));
        return piece;
      }
      if (errno != EINTR) {
        return failed(path_, "reading", errno);
      }
    }
  }

 private:
  Descriptor file_;
  std::string path_;
};

Result<std::unique_ptr<MessageReader>> open_file(const std::string& path) {
  Descriptor file(path);
  if (!file.open()) {
    return failed(path, "opening", errno);
  }
  return std::unique_ptr<MessageReader>(std::make_unique<FileReader>(std::move(file), path));
}

/// The "W=" in a base name: the message's size with CRLF line ends.
std::optional<std::uint64_t> size_in_name(std::string_view base_name) noexcept {
  constexpr std::string_view key = ",W=";
  const auto found = base_name.find(key);
  if (found == std::string_view::npos) {
    return std::nullopt;
  }
  base_name.remove_prefix(found + key.size());
  return whole_number<std::uint64_t>(base_name.substr(0, base_name.find(',')));
}

Result<std::uint64_t> size_of(const std::string& path, std::string_view base_name) {
  if (const auto named = size_in_name(base_name)) {
    return *named;
  }
  auto reader = open_file(path);
  if (!reader) {
    return reader.error();
  }
  SizeAsSent size;
  for (;;) {
    const auto piece = reader.value()->read(read_octets);
    if (!piece) {
      return piece.error();
    }
    if (piece.value().empty()) {
      return size.octets();
    }
    size.add(piece.value());
  }
}

/// Where a message's file is: its folder ("new" or "cur") and its info.
struct Place {
  std::string folder;
  std::string info;
};
/// Keyed by base name.
using Places = std::map<std::string, Place, std::less<>>;

/// Adds the messages in `root`/`folder` to `places`, replacing entries of the same name.
Status list(const std::string& root, const std::string& folder, Places& places) {
  const std::string path = root + '/' + folder;
  std::error_code error;
  auto entry = std::filesystem::directory_iterator(path, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const std::string_view base_name = base_name_of(name);
    std::error_code ignored;
    // A line feed would corrupt the uidlist.
    if (!base_name.empty() && base_name.front() != '.' &&
        base_name.find('\n') == std::string_view::npos &&
        entry->symlink_status(ignored).type() == std::filesystem::file_type::regular) {
      places.insert_or_assign(std::string(base_name), Place{folder, name.substr(base_name.size())});
    }
  }
  return error ? Status{failed(path, "listing", error.value())} : Status{Done{}};
}

/// Lists all messages. A message that is being moved from new to cur is seen at least once.
Result<Places> list_all(const std::string& root) {
  Places places;
  for (const char* const folder : {"new", "cur"}) {
    if (const Status listed = list(root, folder, places); !listed) {
      return listed.error();
    }
  }
  return places;
}

Result<UidList> read_uidlist(const std::string& path) {
  auto text = files::read_small_file(path, max_uidlist_octets);
  if (!text) {
    return text.error();
  }
  if (!text.value()) {
    return UidList(static_cast<UidValidity>(std::time(nullptr)));
  }
  auto parsed = UidList::parse(*text.value());
  return parsed ? std::move(parsed)
                : Result<UidList>(Error{parsed.error().kind, path + ": " + parsed.error().text});
}

/// The value of the extension `key` in a row, as Dovecot's maildir_uidlist_lookup_ext() finds it.
std::optional<std::string> extension_of(const UidList::Row& row, char key) {
  std::string_view rest = row.extensions;
  while (!rest.empty()) {
    const std::string_view word = take_word(rest);
    if (word.starts_with(key)) {
      return std::string(word.substr(1));
    }
  }
  return std::nullopt;
}

Error damaged(const std::string& what) {
  return {Failure::permanent, "the file is damaged: " + what};
}

bool is_state_name(std::string_view name) noexcept {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '@' || c == '%';  // as in state_of_user()
  });
}

}  // namespace

// --- UidList ---

Result<UidList> UidList::parse(std::string_view text) {
  UidList list(0);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const std::string line = "line " + std::to_string(number) + ": ";
    if (end == std::string_view::npos) {
      return damaged(line + "it is cut off");
    }
    const auto parsed =
        number == 1 ? list.parse_header(text.substr(0, end)) : list.parse_row(text.substr(0, end));
    if (!parsed) {
      return damaged(line + parsed.error().text);
    }
    text.remove_prefix(end + 1);
  }
  if (list.uidvalidity_ == 0) {
    return damaged("it is empty");
  }
  // A name that appears twice belongs to the later UID: Dovecot appends rows and cleans up later.
  std::unordered_map<std::string, Uid> uids;
  for (const Row& row : list.rows_) {
    uids.insert_or_assign(row.base_name, row.uid);
  }
  std::erase_if(list.rows_,
                [&](const Row& row) { return uids.find(row.base_name)->second != row.uid; });
  return list;
}

Status UidList::parse_header(std::string_view line) {
  const auto error = [](const char* text) { return Error{Failure::permanent, text}; };
  if (take_word(line) != "3") {
    return error("this is not version 3");
  }
  std::optional<std::uint32_t> next_uid;
  while (!line.empty()) {
    const std::string_view word = take_word(line);
    if (word.starts_with('V')) {
      uidvalidity_ = whole_number<UidValidity>(word.substr(1)).value_or(0);
    } else if (word.starts_with('N')) {
      next_uid = whole_number<std::uint32_t>(word.substr(1));
    } else {
      header_extensions_.append(" ").append(word);
    }
  }
  if (uidvalidity_ == 0) {
    return error("there is no UIDVALIDITY");
  }
  if (next_uid.value_or(0) == 0) {
    return error("there is no next UID");
  }
  next_uid_ = *next_uid;
  return Done{};
}

Status UidList::parse_row(std::string_view line) {
  const auto error = [](const char* text) { return Error{Failure::permanent, text}; };
  const std::size_t digits = std::min(line.find(' '), line.size());
  const auto uid = whole_number<Uid>(line.substr(0, digits));
  if (!uid || *uid == 0 || *uid > highest_uid || digits == line.size()) {
    return error("there is no UID");
  }
  if (!rows_.empty() && *uid <= rows_.back().uid) {
    return error("the UID is not higher than the one before");
  }
  line.remove_prefix(digits);
  // An extension may contain a ':' but does not begin with one.
  const auto name = line.find(" :");
  const std::string_view base_name =
      name == std::string_view::npos ? std::string_view() : base_name_of(line.substr(name + 2));
  if (base_name.empty()) {
    return error("there is no file name");
  }
  if (base_name.find('/') != std::string_view::npos) {
    return error("the file name has a slash");
  }
  rows_.push_back({*uid, std::string(line.substr(0, name)), std::string(base_name)});
  // Dovecot appends rows without rewriting the header.
  next_uid_ = std::max(next_uid_, std::uint64_t{*uid} + 1);
  return Done{};
}

std::string UidList::print() const {
  std::string text =
      "3 V" + std::to_string(uidvalidity_) + " N" + std::to_string(next_uid_) + header_extensions_;
  text += '\n';
  for (const Row& row : rows_) {
    text.append(std::to_string(row.uid)).append(row.extensions).append(" :");
    text.append(row.base_name) += '\n';
  }
  return text;
}

Result<bool> UidList::update(std::vector<std::string> base_names) {
  std::unordered_set<std::string> unknown(base_names.begin(), base_names.end());
  const std::size_t before = rows_.size();
  // A name with a row is not new; a row without a file is removed.
  std::erase_if(rows_, [&](const Row& row) { return unknown.erase(row.base_name) == 0; });
  std::sort(base_names.begin(), base_names.end());
  bool changed = rows_.size() != before;
  for (std::string& base_name : base_names) {
    if (unknown.contains(base_name)) {
      if (next_uid_ > highest_uid) {
        return Error{Failure::permanent, "there are no UIDs left"};
      }
      rows_.push_back({static_cast<Uid>(next_uid_++), {}, std::move(base_name)});
      changed = true;
    }
  }
  return changed;
}

// --- Maildir ---

Status make_maildir(const std::string& root) {
  for (const char* const folder : {"", "/cur", "/new", "/tmp"}) {
    const std::string path = root + folder;
    if (::mkdir(path.c_str(), folder_mode) != 0 && errno != EEXIST) {
      return Error{Failure::permanent, path + ": the folder cannot be created: " + reason(errno)};
    }
  }
  return Done{};
}

Result<Maildir::Message> Maildir::read_message(const UidList::Row& row, const std::string& folder,
                                               const std::string& info) {
  const auto size = size_of(folder + row.base_name + info, row.base_name);
  if (!size) {
    return size.error();
  }
  // As in Dovecot's maildir_mail_get_special(): an empty P means the base name, and an empty G
  // counts as none.
  const std::string guid = extension_of(row, 'G').value_or("");
  const auto uidl = extension_of(row, 'P');
  return Message{.uid = row.uid,
                 .base_name = row.base_name,
                 .unique_name = guid.empty() ? row.base_name : guid,
                 .stored_uidl = uidl && uidl->empty() ? row.base_name : uidl.value_or(""),
                 .info = info,
                 .size = size.value()};
}

Result<std::unique_ptr<Maildrop>> Maildir::open(const std::string& root) {
  const std::string uidlist_path = root + std::string(uidlist_name);
  auto uids = read_uidlist(uidlist_path);
  if (!uids) {
    return uids.error();
  }
  if (const Status made = make_maildir(root); !made) {
    return made.error();
  }
  auto places = list_all(root);
  if (!places) {
    return places.error();
  }
  std::vector<std::string> names;
  names.reserve(places.value().size());
  for (const auto& [base_name, place] : places.value()) {
    names.push_back(base_name);
  }
  const auto changed = uids.value().update(std::move(names));
  if (!changed) {
    return Error{changed.error().kind, uidlist_path + ": " + changed.error().text};
  }

  std::vector<Message> messages;
  for (const UidList::Row& row : uids.value().rows()) {
    const Place& place = places.value().find(row.base_name)->second;
    auto message = read_message(row, root + '/' + place.folder + '/', place.info);
    if (!message) {
      return message.error();
    }
    messages.push_back(std::move(message.value()));
  }

  // Changes begin here. The UIDs are stored first, so that no message is shown under a UID that
  // does not last.
  struct stat status {};
  if (changed.value() || ::stat(uidlist_path.c_str(), &status) != 0) {
    if (Status stored = files::replace_file(uidlist_path, uids.value().print(), {.mode = file_mode},
                                            /*sync=*/true);
        !stored) {
      return stored.error();
    }
  }
  for (Message& message : messages) {
    if (places.value().find(message.base_name)->second.folder == "new") {
      const std::string from = root + "/new/" + message.base_name + message.info;
      message.info = message.info.starts_with(":2,") ? message.info : ":2,";
      const std::string to = root + "/cur/" + message.base_name + message.info;
      if (::rename(from.c_str(), to.c_str()) != 0 && errno != ENOENT) {
        return failed(from, "moving to cur", errno);
      }
    }
  }
  return std::unique_ptr<Maildrop>(new Maildir(root, uids.value(), std::move(messages)));
}

Maildir::Maildir(std::string root, const UidList& uids, std::vector<Message> messages)
    : root_(std::move(root)),
      uidvalidity_(uids.uidvalidity()),
      next_uid_(uids.next_uid()),
      messages_(std::move(messages)) {}

const Maildir::Message& Maildir::message(MessageNumber number) const {
  return messages_[number - 1];
}

MessageNumber Maildir::message_count() const {
  return static_cast<MessageNumber>(messages_.size());
}

Uid Maildir::uid(MessageNumber number) const {
  return message(number).uid;
}

std::uint64_t Maildir::size(MessageNumber number) const {
  return message(number).size;
}

std::string Maildir::unique_name(MessageNumber number) const {
  return message(number).unique_name;
}

std::optional<std::string> Maildir::file_name(MessageNumber number) const {
  return message(number).base_name;
}

std::string Maildir::stored_uidl(MessageNumber number) const {
  return message(number).stored_uidl;
}

bool Maildir::seen(MessageNumber number) const {
  return has_seen(message(number).info);
}

Result<std::string> Maildir::find(const Message& message) const {
  const std::string expected = root_ + "/cur/" + message.base_name + message.info;
  struct stat status {};
  if (::lstat(expected.c_str(), &status) == 0) {
    return message.info;
  }
  Places places;
  if (const Status listed = list(root_, "cur", places); !listed) {
    return listed.error();
  }
  const auto place = places.find(message.base_name);
  if (place == places.end()) {
    return Error{Failure::gone, expected + ": the message was removed"};
  }
  return place->second.info;
}

Result<std::unique_ptr<MessageReader>> Maildir::open_message(MessageNumber number) {
  const auto info = find(message(number));
  if (!info) {
    return info.error();
  }
  return open_file(root_ + "/cur/" + message(number).base_name + info.value());
}

Result<std::int64_t> Maildir::received(MessageNumber number) {
  const auto info = find(message(number));
  if (!info) {
    return info.error();
  }
  const std::string path = root_ + "/cur/" + message(number).base_name + info.value();
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    return failed(path, "looking at it", errno);
  }
  return std::int64_t{status.st_mtime};  // as in Dovecot
}

Result<std::optional<std::string>> Maildir::courier_list() {
  return files::read_small_file(root_ + std::string(courier_name), max_courier_octets);
}

Status Maildir::commit(std::span<const MessageNumber> deleted,
                       std::span<const MessageNumber> seen) {
  // Everything possible is done even if something fails; a message that somebody else removed is
  // gone.
  Status outcome = Done{};
  const auto each = [&](std::span<const MessageNumber> numbers, std::string_view what,
                        const auto& change) {
    for (const MessageNumber number : numbers) {
      const auto info = find(message(number));
      const std::string path = root_ + "/cur/" + message(number).base_name;
      if (!info) {
        outcome = info.error().kind == Failure::gone ? outcome : Status{info.error()};
      } else if (change(path, info.value()) != 0) {
        const int error = errno;
        outcome = error == ENOENT ? outcome : Status{failed(path + info.value(), what, error)};
      }
    }
  };
  each(deleted, "removing", [](const std::string& path, const std::string& info) {
    return ::unlink((path + info).c_str());
  });
  each(seen, "setting \\Seen", [](const std::string& path, const std::string& info) {
    return has_seen(info) ? 0 : ::rename((path + info).c_str(), (path + with_seen(info)).c_str());
  });
  return outcome;
}

Result<std::optional<std::string>> Maildir::load_state(std::string_view name) {
  if (!is_state_name(name)) {
    return Error{Failure::permanent, "this is not the name of a state"};
  }
  return files::read_small_file(root_ + std::string(state_prefix) + std::string(name),
                                max_state_octets);
}

Status Maildir::store_state(std::string_view name, std::string_view content) {
  if (!is_state_name(name)) {
    return Error{Failure::permanent, "this is not the name of a state"};
  }
  Status stored = files::replace_file(root_ + std::string(state_prefix) + std::string(name),
                                      content, {.mode = file_mode}, /*sync=*/true);
  if (stored && name != "pace") files::remove_left_overs(root_ + std::string(state_prefix));
  return stored;
}

bool Maildir::has_state(std::string_view name) const {
  return ::access((root_ + std::string(state_prefix) + std::string(name)).c_str(), F_OK) == 0 ||
         errno != ENOENT;
}

Status Maildir::save_copy(std::string_view mailbox, int message) {
  return shim::save_copy(root_, mailbox, message);
}

// --- Maildirs ---

Result<std::unique_ptr<Maildrop>> Maildirs::open(std::string_view user) {
  const Result<std::string> root = root_of(user);
  return root ? Maildir::open(root.value()) : Result<std::unique_ptr<Maildrop>>(root.error());
}

Result<std::unique_ptr<Maildrop>> Maildirs::open_board(std::string_view user,
                                                       std::string_view mailbox) {
  const Result<std::string> root = root_of(user);
  if (!root) {
    return root.error();
  }
  const std::string folder = root.value() + "/." + std::string(mailbox);
  const bool is_name = !mailbox.empty() && mailbox.front() != '.' &&
                       mailbox.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
  if (!is_name || ::access((folder + "/cur").c_str(), R_OK | X_OK) != 0) {
    return Error{Failure::gone, "there is no mailbox " + std::string(mailbox)};
  }
  return Maildir::open(folder);
}

Result<std::string> Maildirs::root_of(std::string_view user) const {
  if (user.empty() || user.front() == '.' ||
      user.find_first_of(std::string_view("/\0", 2)) != std::string_view::npos) {
    return Error{Failure::permanent, "this user name cannot be the name of a folder"};
  }
  std::string path = path_;
  for (auto place = path.find("%u"); place != std::string::npos;
       place = path.find("%u", place + user.size())) {
    path.replace(place, 2, user);
  }
  return path;
}

}  // namespace pop3_legacy::shim
