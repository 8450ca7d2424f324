/// How important a log message is.
#ifndef POP3_LEGACY_CORE_BASE_LOG_LEVEL_H
#define POP3_LEGACY_CORE_BASE_LOG_LEVEL_H

#include <cstdint>

namespace pop3_legacy {

enum class LogLevel : std::uint8_t {
  info,     ///< what was decided; no action is needed
  warning,  ///< the administrator should know
  error,    ///< something failed
};

}  // namespace pop3_legacy

#endif
