/// Policy documents from a folder: `NAME.toml` in it. Profiles that it lacks may be shipped
/// elsewhere.
#ifndef POP3_LEGACY_FILES_POLICY_FOLDER_H
#define POP3_LEGACY_FILES_POLICY_FOLDER_H

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/policy/store.h"

namespace pop3_legacy::files {

/// The end of every document's file name.
inline constexpr std::string_view document_suffix = ".toml";

/// Where the profiles that come with the plugin are installed: in `profiles` below it.
extern const char* const shipped_folder;

class PolicyFolder : public policy::DocumentStore {
 public:
  /// A profile that `path` lacks is looked for in `shipped`, unless that is empty. Only read()
  /// looks at the folders, each time anew.
  explicit PolicyFolder(std::string path, std::string shipped = {});

  /// No value only if the folder itself is in order and has no such file. A configured folder that
  /// is missing, a dangling link, and a file that may not be read are Errors.
  [[nodiscard]] Result<std::optional<std::string>> read(std::string_view name) override;

  /// In `shipped` for what the last read() of `name` has found there.
  [[nodiscard]] std::string location(std::string_view name) const override;

 private:
  std::string path_;
  std::string shipped_;
  std::set<std::string, std::less<>> found_shipped_;
};

}  // namespace pop3_legacy::files

#endif
