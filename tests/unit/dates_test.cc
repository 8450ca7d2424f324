#include "plugin/core/base/dates.h"

#include <gtest/gtest.h>

namespace pop3_legacy {
namespace {

TEST(Dates, AreRfc5322s) {
  EXPECT_EQ(rfc5322_date(0), "Thu, 1 Jan 1970 00:00:00 +0000");
  EXPECT_EQ(rfc5322_date(1'700'000'000), "Tue, 14 Nov 2023 22:13:20 +0000");
  EXPECT_EQ(rfc5322_date(1'700'000'000, 330), "Wed, 15 Nov 2023 03:43:20 +0530");
}

TEST(Dates, OfRfc822HaveTwoDigitsForTheYear) {
  EXPECT_EQ(rfc822_date(503827729, -480), "Thu, 19 Dec 85 00:08:49 -0800");
  EXPECT_EQ(rfc822_date(946684799, -30), "Fri, 31 Dec 99 23:29:59 -0030");
  EXPECT_EQ(rfc822_date(946684799, 1), "Sat, 1 Jan 00 00:00:59 +0001");
}

TEST(Dates, AZoneIsASignAndFourDigits) {
  EXPECT_EQ(zone_minutes("+0000"), 0);
  EXPECT_EQ(zone_minutes("-0800"), -480);
  EXPECT_EQ(zone_minutes("+2359"), 1439);
  for (const char* const none : {"", "0800", "+800", "+08:00", "+2400", "+0060", "PST", "+08 0"}) {
    EXPECT_EQ(zone_minutes(none), std::nullopt) << none;
  }
}

}  // namespace
}  // namespace pop3_legacy
