#include "plugin/files/spool_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace pop3_legacy::files {

namespace {

constexpr std::size_t buffer_octets = std::size_t{32} * 1024;
constexpr mode_t private_mode = 0600;

}  // namespace

Result<std::unique_ptr<SpoolFile>> SpoolFile::create(const std::string& prefix) {
  const std::size_t slash = prefix.rfind('/');
  const std::string folder =
      slash == std::string::npos ? std::string(".") : prefix.substr(0, slash + 1);
  // O_EXCL: it cannot be given a name later either.
  const int unnamed = open_retrying(AT_FDCWD, folder, O_RDWR | O_TMPFILE | O_EXCL, private_mode);
  if (unnamed >= 0) return std::unique_ptr<SpoolFile>(new SpoolFile(unnamed));
  std::string path = prefix + "XXXXXX";
  const int fd = ::mkostemp(path.data(), O_CLOEXEC);
  if (fd < 0) return failed(path, "created", errno);
  std::unique_ptr<SpoolFile> made(new SpoolFile(fd));
  if (::unlink(path.c_str()) != 0) return failed(path, "removed", errno);
  return made;
}

Status SpoolFile::append(std::string_view octets) {
  pending_ += octets;
  return pending_.size() < buffer_octets ? Status(Done{}) : flush();
}

Status SpoolFile::flush() {
  if (const int error = write_all(file_.get(), pending_)) return failed("spool", "written", error);
  pending_.clear();
  return Done{};
}

Result<int> SpoolFile::rewound() {
  if (const Status flushed = flush(); !flushed) return flushed.error();
  if (::lseek(file_.get(), 0, SEEK_SET) < 0) return failed("spool", "read", errno);
  return file_.get();
}

}  // namespace pop3_legacy::files
