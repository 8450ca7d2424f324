/// Policy documents from a folder: `NAME.toml` in it.
#ifndef POP3_LEGACY_FILES_POLICY_FOLDER_H
#define POP3_LEGACY_FILES_POLICY_FOLDER_H

#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/policy/store.h"

namespace pop3_legacy::files {

/// The end of every document's file name.
inline constexpr std::string_view document_suffix = ".toml";

class PolicyFolder : public policy::DocumentStore {
 public:
  /// Only read() looks at `path`, each time anew.
  explicit PolicyFolder(std::string path);

  /// No value only if the folder itself is in order and has no such file. A configured folder that
  /// is missing, a dangling link, and a file that may not be read are Errors.
  [[nodiscard]] Result<std::optional<std::string>> read(std::string_view name) override;

  [[nodiscard]] std::string location(std::string_view name) const override;

 private:
  std::string path_;
};

}  // namespace pop3_legacy::files

#endif
