#include "plugin/core/base/dates.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace pop3_legacy {

namespace {

constexpr int minutes_of_hour = 60;

std::string mail_date(std::int64_t seconds, int zone, bool two_digits) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr int century = 100;
  const std::chrono::sys_seconds moment{std::chrono::seconds(seconds) + std::chrono::minutes(zone)};
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{moment - day};
  const int year = static_cast<int>(date.year());
  const int from_utc = std::abs(zone);
  std::array<char, 64> text{};
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): bounded, and numbers only
  std::snprintf(text.data(), text.size(), "%s, %u %s %02d %02d:%02d:%02d %c%02d%02d",
                days.at(std::chrono::weekday(day).c_encoding()), static_cast<unsigned>(date.day()),
                months.at(static_cast<unsigned>(date.month()) - 1),
                two_digits ? year % century : year, static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                zone < 0 ? '-' : '+', from_utc / minutes_of_hour, from_utc % minutes_of_hour);
  return text.data();
}

}  // namespace

std::string rfc5322_date(std::int64_t seconds, int zone) {
  return mail_date(seconds, zone, false);
}

std::string rfc822_date(std::int64_t seconds, int zone) {
  return mail_date(seconds, zone, true);
}

std::optional<int> zone_minutes(std::string_view zone) {
  constexpr std::size_t length = 5;
  constexpr int hours_of_day = 24;
  constexpr int ten = 10;
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (zone.size() != length || (zone[0] != '+' && zone[0] != '-') ||
      !std::all_of(zone.begin() + 1, zone.end(), is_digit)) {
    return std::nullopt;
  }
  const int hours = (zone[1] - '0') * ten + (zone[2] - '0');
  const int minutes = (zone[3] - '0') * ten + (zone[4] - '0');
  if (hours >= hours_of_day || minutes >= minutes_of_hour) return std::nullopt;
  return (zone[0] == '-' ? -1 : 1) * (hours * minutes_of_hour + minutes);
}

std::string iso_day(std::int64_t seconds) {
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(
      std::chrono::sys_seconds(std::chrono::seconds(seconds)))};
  const auto digits = [](unsigned number, std::size_t width) {
    std::string out = std::to_string(number);
    return std::string(out.size() < width ? width - out.size() : 0, '0') + out;
  };
  return digits(static_cast<unsigned>(static_cast<int>(date.year())), 4) + '-' +
         digits(static_cast<unsigned>(date.month()), 2) + '-' +
         digits(static_cast<unsigned>(date.day()), 2);
}

}  // namespace pop3_legacy
