/// A line of MH's scan.
#ifndef POP3_LEGACY_CORE_COMMANDS_SCAN_LINE_H
#define POP3_LEGACY_CORE_COMMANDS_SCAN_LINE_H

#include <string>
#include <string_view>

#include "plugin/core/host/environment.h"
#include "plugin/core/host/types.h"

namespace pop3_legacy {

/// Header fields' values, unfolded, as they stand in the message; empty: there is none.
struct Scanned {
  MessageNumber number = 0;
  std::string_view date;
  std::string_view from;
  std::string_view to;
  std::string_view subject;
};

/// In characters. MH's popser.c makes half of its usual 78 of anything below; with the most, in
/// ASCII, a line of LIST still has room for its numbers.
inline constexpr unsigned min_scan_width = 39;
inline constexpr unsigned max_scan_width = 480;

/// By MH's default format, without the body that it puts behind the subject: the number, the
/// month and day ("*" behind them: there is no date), who it is from ("To:" and whom it is to where
/// it is from the user), the subject. At most `width` characters, UTF-8. `environment` decodes.
std::string scan_line(const Scanned& scanned, host::Environment& environment, unsigned width);

}  // namespace pop3_legacy

#endif
