#include "plugin/core/commands/scan_line.h"

#include <algorithm>
#include <array>

#include "plugin/core/base/number.h"
#include "plugin/core/base/text.h"
#include "plugin/core/protocol/command_line.h"

namespace pop3_legacy {

namespace {

constexpr std::size_t number_width = 4;
constexpr std::size_t person_width = 17;

bool begins_character(char c) noexcept {
  constexpr unsigned mark = 0xC0U;
  constexpr unsigned continuation = 0x80U;
  return (static_cast<unsigned char>(c) & mark) != continuation;
}

std::size_t characters(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

std::string first_characters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (begins_character(text[end]) && count-- == 0) {
      break;
    }
  }
  return std::string(text.substr(0, end));
}

std::string in_width(std::string_view text, std::size_t width) {
  std::string made = first_characters(text, width);
  return made + std::string(width - characters(made), ' ');
}

std::string two_digits(unsigned number) {
  return std::string(number < 10 ? "0" : "") + std::to_string(number);
}

// Of RFC 5322's "[Tue,] 20 Nov …" only the day and the month are shown.
std::string month_and_day(std::string_view date) {
  constexpr std::array<std::string_view, 12> months{"jan", "feb", "mar", "apr", "may", "jun",
                                                    "jul", "aug", "sep", "oct", "nov", "dec"};
  constexpr unsigned last_day = 31;
  date.remove_prefix(std::min(date.find(',') + 1, date.size()));
  date = trimmed(date, " ");
  const unsigned day = take_number<unsigned>(date).value_or(0);
  const std::string_view rest = trimmed(date, " ");
  const auto* const month = std::find_if(months.begin(), months.end(), [&](std::string_view name) {
    return equals_ignoring_case(rest.substr(0, name.size()), name);
  });
  if (day == 0 || day > last_day || month == months.end()) {
    return "00/00*";
  }
  return two_digits(static_cast<unsigned>(month - months.begin()) + 1) + '/' + two_digits(day) +
         ' ';
}

// MH's "friendly": the name, or the address if there is no name.
std::string friendly(std::string_view mailbox) {
  const std::size_t angle = mailbox.find('<');
  std::string_view name = trimmed(mailbox.substr(0, angle), " ");
  if (angle != std::string_view::npos && name.empty()) {
    name = mailbox.substr(angle + 1);
    return std::string(name.substr(0, name.find('>')));
  }
  const std::size_t comment = name.find('(');
  if (angle == std::string_view::npos && comment != std::string_view::npos && name.ends_with(')')) {
    name = name.substr(comment + 1, name.size() - comment - 2);
  }
  if (name.size() > 1 && name.front() == '"' && name.back() == '"') {
    name = name.substr(1, name.size() - 2);
  }
  return std::string(name);
}

bool is_of_user(std::string_view from, host::Environment& environment) {
  const auto addresses = environment.parse_addresses(from, 1);
  return addresses && !addresses.value().empty() &&
         equals_ignoring_case(
             addresses.value().front().local + '@' + addresses.value().front().domain,
             environment.user_name());
}

// Decoded words may contain control characters, which must not break our lines.
std::string shown(std::string_view value, host::Environment& environment) {
  std::string text = environment.decoded(value);
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, ' ');
  return text;
}

}  // namespace

std::string scan_line(const Scanned& scanned, host::Environment& environment, unsigned width) {
  std::string number = std::to_string(scanned.number);
  number.insert(0, number_width - std::min(number_width, number.size()), ' ');
  const bool sent = !scanned.to.empty() && is_of_user(scanned.from, environment);
  const std::string person = sent ? "To:" + friendly(shown(scanned.to, environment))
                                  : friendly(shown(scanned.from, environment));
  const std::string line = number + "  " + month_and_day(scanned.date) +
                           in_width(person, person_width) + "  " +
                           shown(scanned.subject, environment);
  return first_characters(line, width);
}

}  // namespace pop3_legacy
