#include "plugin/files/list_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "plugin/files/open_file.h"

namespace pop3_legacy::files {

namespace {

// It is read and not mapped: a page that cannot be read would be the end of the process.
class OpenListFile : public uidl::ListFile {
 public:
  explicit OpenListFile(const std::string& path)
      : file_(open_retrying(AT_FDCWD, path, O_RDONLY | O_NONBLOCK)) {
    struct stat status {};
    if (!file_.open() || ::fstat(file_.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    octets_ = static_cast<std::uint64_t>(status.st_size);
  }

  [[nodiscard]] std::uint64_t octets() const override { return octets_; }

  bool read(std::uint64_t offset, std::span<char> out) override {
    return read_at(file_.get(), offset, out) == static_cast<ssize_t>(out.size());
  }

 private:
  OpenFile file_;
  std::uint64_t octets_ = 0;
};

}  // namespace

std::unique_ptr<uidl::ListFile> open_list_file(const std::string& path) {
  auto file = std::make_unique<OpenListFile>(path);
  return file->octets() > 0 ? std::move(file) : nullptr;
}

}  // namespace pop3_legacy::files
