/// A line of MH's scan.
#ifndef POP3_LEGACY_CORE_COMMANDS_SCAN_LINE_H
#define POP3_LEGACY_CORE_COMMANDS_SCAN_LINE_H

#include <string>
#include <string_view>

#include "plugin/core/host/environment.h"
#include "plugin/core/host/types.h"

namespace pop3_legacy {

/// The values of header fields, unfolded, as they are in the message; empty: there is none.
struct Scanned {
  MessageNumber number = 0;
  std::string_view date;
  std::string_view from;
  std::string_view to;
  std::string_view subject;
};

/// In characters. For smaller values MH's popser.c uses half of its usual 78. At the maximum, in
/// ASCII, a line of LIST still has room for its numbers.
inline constexpr unsigned min_scan_width = 39;
inline constexpr unsigned max_scan_width = 480;

/// MH's default format without the body text it adds after the subject: the number, the month and
/// day (followed by "*" if there is no date), the sender ("To:" and the recipient if the user is
/// the sender), the subject. At most `width` characters of UTF-8. `environment` decodes.
std::string scan_line(const Scanned& scanned, host::Environment& environment, unsigned width);

}  // namespace pop3_legacy

#endif
