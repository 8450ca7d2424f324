#include "shim/sent_copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <ctime>

#include "plugin/core/base/text.h"
#include "plugin/files/durable_file.h"
#include "plugin/files/open_file.h"
#include "shim/maildir.h"

namespace pop3_legacy::shim {

namespace {

using files::failed;
using files::OpenFile;

constexpr std::size_t piece_octets = std::size_t{64} * 1024;
constexpr mode_t file_mode = 0600;

bool is_folder_name(std::string_view mailbox) noexcept {
  return !mailbox.empty() && mailbox.front() != '.' && mailbox.back() != '.' &&
         mailbox.find("..") == std::string_view::npos &&
         mailbox.find('/') == std::string_view::npos &&
         std::all_of(mailbox.begin(), mailbox.end(), is_printable);
}

// RFC 3501's modified UTF-7, for printable ASCII.
std::string encoded(std::string_view mailbox) {
  std::string name;
  for (const char c : mailbox) name += c == '&' ? std::string("&-") : std::string(1, c);
  return name;
}

// "1700000000.M5P77Q1.host": https://cr.yp.to/proto/maildir.html
std::string unique_name() {
  static unsigned counter = 0;
  std::array<char, 256> host{};
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  if (::gethostname(host.data(), host.size() - 1) != 0) host.front() = '\0';
  std::string machine(host.data());
  std::replace_if(
      machine.begin(), machine.end(), [](char c) { return c == '/' || c == ':'; }, '_');
  return std::to_string(now.tv_sec) + ".M" + std::to_string(now.tv_nsec / 1000) + 'P' +
         std::to_string(::getpid()) + 'Q' + std::to_string(counter++) + '.' + machine;
}

// Returns 0 or the errno of the failure.
int copy(int from, int to) {
  std::string piece(piece_octets, '\0');
  std::string lines;
  bool cr = false;
  for (;;) {
    const ssize_t got = ::read(from, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    lines.clear();
    for (const char c : std::string_view(piece).substr(0, static_cast<std::size_t>(got))) {
      if (cr && c != '\n') lines += '\r';
      cr = c == '\r';
      if (!cr) lines += c;
    }
    if (got == 0 && cr) lines += '\r';
    if (const int error = files::write_all(to, lines)) return error;
    if (got == 0) return 0;
  }
}

// Closes `to`.
int fill(OpenFile& to, int message) {
  if (const int error = copy(message, to.get())) return error;
  return ::fdatasync(to.get()) == 0 && to.close() ? 0 : errno;
}

Status sync_folder(const std::string& path) {
  const OpenFile folder(files::open_retrying(AT_FDCWD, path, O_RDONLY | O_DIRECTORY));
  return folder.open() && ::fsync(folder.get()) == 0 ? Status(Done{})
                                                     : Status(failed(path, "synchronized", errno));
}

// Also creates the file that tells Maildir++ programs that this folder is not a Maildir of its own.
Status make_folder(const std::string& path) {
  if (Status made = make_maildir(path); !made) return made;
  const std::string mark = path + "/maildirfolder";
  if (::access(mark.c_str(), F_OK) == 0) return Done{};
  return files::replace_file(mark, {}, {.mode = file_mode}, /*sync=*/false);
}

}  // namespace

Status save_copy(const std::string& root, std::string_view mailbox, int message) {
  std::string folder = root;
  if (!equals_ignoring_case(mailbox, "INBOX")) {
    if (!is_folder_name(mailbox)) {
      return Error{Failure::permanent, in_quotes(mailbox) + " cannot be the name of a folder"};
    }
    folder += "/." + encoded(mailbox);
    if (Status made = make_folder(folder); !made) return made;
  }
  const std::string name = unique_name();
  const std::string temporary = folder + "/tmp/" + name;
  const std::string path = folder + "/cur/" + name + ":2,S";
  OpenFile file(files::open_retrying(AT_FDCWD, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                                     file_mode));
  if (!file.open()) return failed(temporary, "created", errno);
  int error = fill(file, message);
  if (error == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) {
    ::unlink(temporary.c_str());
    return failed(temporary, "written", error);
  }
  return sync_folder(folder + "/cur");
}

}  // namespace pop3_legacy::shim
