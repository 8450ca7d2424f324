#include "plugin/core/base/version.h"

namespace pop3_legacy {

std::string version() {
  return POP3_LEGACY_VERSION;
}

}  // namespace pop3_legacy
