/// What a host's command means for the highest number accessed (LAST).
#ifndef POP3_LEGACY_CORE_HOST_ACCESS_H
#define POP3_LEGACY_CORE_HOST_ACCESS_H

#include <cstdint>

namespace pop3_legacy {

enum class Access : std::uint8_t {
  none,
  retrieve,  ///< RETR
  top,       ///< TOP
  remove,    ///< DELE
  reset,     ///< RSET
  quit,      ///< QUIT
};

}  // namespace pop3_legacy

#endif
