/// Something that the administrator's log says, and that the host's statistics may count.
#ifndef POP3_LEGACY_CORE_BASE_EVENT_H
#define POP3_LEGACY_CORE_BASE_EVENT_H

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace pop3_legacy {

/// How important a log line is.
enum class LogLevel : std::uint8_t {
  info,     ///< what was decided or done; no action is needed
  warning,  ///< the administrator should know
  error,    ///< something failed
};

struct EventField {
  const char* name = nullptr;
  std::variant<std::string, std::uint64_t> value;
};

/// conf.d/README.md lists the names and their fields. The host adds who the user is, his domain and
/// his policy's dialect.
struct Event {
  LogLevel level = LogLevel::info;
  std::string text;  ///< the log line, one sentence; the host adds who and when
  /// What statistics know it by: "pop3_legacy_limit_reached"; nullptr: it is only logged.
  const char* name = nullptr;
  std::vector<EventField> fields = {};
};

}  // namespace pop3_legacy

#endif
