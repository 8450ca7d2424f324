/// How much a sentence in the log matters.
#ifndef POP3_LEGACY_CORE_BASE_LOG_LEVEL_H
#define POP3_LEGACY_CORE_BASE_LOG_LEVEL_H

#include <cstdint>

namespace pop3_legacy {

enum class LogLevel : std::uint8_t {
  info,     ///< what was decided; nothing has to be done
  warning,  ///< the administrator should know
  error,    ///< something failed
};

}  // namespace pop3_legacy

#endif
