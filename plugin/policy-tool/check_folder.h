/// Checks a policy folder before a login uses it.
#ifndef POP3_LEGACY_POLICY_TOOL_CHECK_FOLDER_H
#define POP3_LEGACY_POLICY_TOOL_CHECK_FOLDER_H

#include <cstddef>
#include <string>
#include <vector>

#include "plugin/core/base/result.h"

namespace pop3_legacy::policy_tool {

struct FolderCheck {
  std::size_t files = 0;              ///< that a login could ask for
  std::vector<std::string> problems;  ///< one sentence each, from Problem::sentence()
};

/// Reads every document in `folder` as a login would, with all it inherits and the default before
/// it, and looks for files that no login will ever read. Profiles that it lacks may be in
/// `shipped`, as in PolicyFolder. An Error: the folder itself cannot be listed.
Result<FolderCheck> check_folder(const std::string& folder, const std::string& shipped = {});

}  // namespace pop3_legacy::policy_tool

#endif
