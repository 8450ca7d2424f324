/// Moments as mail and policies write them, in UTC, whatever the locale.
#ifndef POP3_LEGACY_CORE_DATES_H
#define POP3_LEGACY_CORE_DATES_H

#include <cstdint>
#include <string>

namespace pop3_legacy {

/// RFC 5322's date-time: "Tue, 14 Nov 2023 22:13:20 +0000". `seconds` since 1970, here and below.
std::string rfc5322_date(std::int64_t seconds);

/// The day, "2026-03-01", as TOML has it.
std::string iso_day(std::int64_t seconds);

}  // namespace pop3_legacy

#endif
