/// The project's version.
#ifndef POP3_LEGACY_CORE_BASE_VERSION_H
#define POP3_LEGACY_CORE_BASE_VERSION_H

#include <string>

namespace pop3_legacy {

/// As CMakeLists.txt has it: "0.1.0".
std::string version();

}  // namespace pop3_legacy

#endif
