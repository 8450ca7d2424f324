/// Moments as mail and policies write them, in UTC unless told otherwise, whatever the locale.
#ifndef POP3_LEGACY_CORE_BASE_DATES_H
#define POP3_LEGACY_CORE_BASE_DATES_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pop3_legacy {

/// RFC 5322's date-time: "Tue, 14 Nov 2023 22:13:20 +0000", in the zone that is so many minutes
/// east of UTC. `seconds` since 1970, here and below.
std::string rfc5322_date(std::int64_t seconds, int zone = 0);

/// RFC 822's, whose year has two digits: "Thu, 19 Dec 85 00:08:49 -0800".
std::string rfc822_date(std::int64_t seconds, int zone);

/// The minutes east of UTC of a zone like "-0800"; no value: it is none.
std::optional<int> zone_minutes(std::string_view zone);

/// The day, "2026-03-01", as TOML has it.
std::string iso_day(std::int64_t seconds);

}  // namespace pop3_legacy

#endif
