/// How long work that is done in parts may continue.
#ifndef POP3_LEGACY_CORE_UIDL_DEADLINE_H
#define POP3_LEGACY_CORE_UIDL_DEADLINE_H

#include <chrono>

namespace pop3_legacy::uidl {

using Deadline = std::chrono::steady_clock::time_point;
inline constexpr Deadline no_deadline = Deadline::max();

/// Does not read the clock if there is no deadline.
inline bool is_over(Deadline until) {
  return until != no_deadline && std::chrono::steady_clock::now() >= until;
}

}  // namespace pop3_legacy::uidl

#endif
