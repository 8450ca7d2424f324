/// Dates in the formats of mail and policies, in UTC unless stated otherwise, whatever the locale.
#ifndef POP3_LEGACY_CORE_BASE_DATES_H
#define POP3_LEGACY_CORE_BASE_DATES_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pop3_legacy {

/// RFC 5322's date-time: "Tue, 14 Nov 2023 22:13:20 +0000". `zone` is in minutes east of UTC;
/// `seconds` are since 1970, here and below.
std::string rfc5322_date(std::int64_t seconds, int zone = 0);

/// RFC 822's date-time with a two-digit year: "Thu, 19 Dec 85 00:08:49 -0800".
std::string rfc822_date(std::int64_t seconds, int zone);

/// The minutes east of UTC of a zone such as "-0800"; no value: it is not a zone.
std::optional<int> zone_minutes(std::string_view zone);

/// The day as TOML writes it: "2026-03-01".
std::string iso_day(std::int64_t seconds);

}  // namespace pop3_legacy

#endif
