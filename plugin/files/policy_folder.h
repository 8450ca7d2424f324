/// Policy documents from a folder: `NAME.toml` below it.
#ifndef POP3_LEGACY_FILES_POLICY_FOLDER_H
#define POP3_LEGACY_FILES_POLICY_FOLDER_H

#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/policy/store.h"

namespace pop3_legacy::files {

/// What every document's file name ends with.
inline constexpr std::string_view document_suffix = ".toml";

class PolicyFolder : public policy::DocumentStore {
 public:
  /// `path` is looked at by read() only, each time anew.
  explicit PolicyFolder(std::string path);

  /// No value only where the folder itself is in order and has no such file: a configured
  /// folder that is missing, a link to nowhere, a file that may not be read are Errors.
  [[nodiscard]] Result<std::optional<std::string>> read(std::string_view name) override;

  [[nodiscard]] std::string location(std::string_view name) const override;

 private:
  std::string path_;
};

}  // namespace pop3_legacy::files

#endif
