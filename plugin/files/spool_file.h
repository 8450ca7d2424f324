/// A message in transit, in an unlinked temporary file that is released with its descriptor.
#ifndef POP3_LEGACY_FILES_SPOOL_FILE_H
#define POP3_LEGACY_FILES_SPOOL_FILE_H

#include <memory>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/host/submission.h"
#include "plugin/files/open_file.h"

namespace pop3_legacy::files {

class SpoolFile : public Spool {
 public:
  /// Creates a file in the folder of `prefix`. If the file system cannot make one without a name
  /// (NFS), its name begins with `prefix` and is unlinked at once.
  static Result<std::unique_ptr<SpoolFile>> create(const std::string& prefix);

  Status append(std::string_view octets) override;
  Status complete() override { return flush(); }
  /// The descriptor, positioned at the beginning of everything appended; still owned by this
  /// object.
  Result<int> rewound();

 private:
  explicit SpoolFile(int fd) : file_(fd) {}
  Status flush();

  OpenFile file_;
  std::string pending_;
};

}  // namespace pop3_legacy::files

#endif
