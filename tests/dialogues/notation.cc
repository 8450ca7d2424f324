#include "tests/dialogues/notation.h"

#include <algorithm>
#include <chrono>

#include "plugin/core/base/number.h"

namespace pop3_legacy::dialogue {

namespace {

constexpr std::size_t max_repetitions = 1'000'000;
constexpr std::size_t max_shown_octets = 300;

std::optional<unsigned> hex_value(char c) noexcept {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto value = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
  return value == std::string_view::npos ? std::nullopt
                                         : std::optional<unsigned>(static_cast<unsigned>(value));
}

/// Takes the escape at the front of `text`, which must begin with a backslash.
Result<char> take_escape(std::string_view& text) {
  const char kind = text.size() > 1 ? text[1] : '\0';
  std::size_t octets = 2;
  char value = '\0';
  switch (kind) {
    case 'r':
      value = '\r';
      break;
    case 'n':
      value = '\n';
      break;
    case 't':
      value = '\t';
      break;
    case '0':
      break;
    case '\\':
      value = '\\';
      break;
    case 'x': {
      const auto high = text.size() > 3 ? hex_value(text[2]) : std::nullopt;
      const auto low = text.size() > 3 ? hex_value(text[3]) : std::nullopt;
      if (!high || !low) {
        return refused("\\x needs two hexadecimal digits");
      }
      octets = 4;
      value = static_cast<char>(static_cast<unsigned char>(*high * 16 + *low));
      break;
    }
    default:
      return refused(R"(there is \r, \n, \t, \0, \xHH and \\, and no other escape)");
  }
  text.remove_prefix(octets);
  return value;
}

/// Takes `{"A" x 3000}` from the front of `text`.
Result<std::string> take_repetition(std::string_view& text) {
  const auto misspelt = [] { return refused(R"(a repetition looks like this: {"A" x 3000})"); };
  if (!text.starts_with("{\"")) {
    return misspelt();
  }
  text.remove_prefix(2);
  auto octets = take_octets(text, "\"");
  if (!octets) {
    return octets;
  }
  constexpr std::string_view times = "\" x ";
  const auto end = text.find('}');
  if (!text.starts_with(times) || end == std::string_view::npos) {
    return misspelt();
  }
  const auto count = parse_count(text.substr(times.size(), end - times.size()), max_repetitions);
  if (!count) {
    return misspelt();
  }
  text.remove_prefix(end + 1);
  std::string repeated;
  repeated.reserve(octets.value().size() * *count);
  for (std::size_t i = 0; i < *count; ++i) {
    repeated += octets.value();
  }
  return repeated;
}

}  // namespace

std::string at(std::string_view file, unsigned line) {
  return std::string(file) + ':' + std::to_string(line) + ": ";
}

std::optional<std::size_t> parse_count(std::string_view text, std::size_t limit) {
  const auto number = whole_number<std::size_t>(text);
  return number && *number <= limit ? number : std::nullopt;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) {
      words.push_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::optional<std::int64_t> seconds_of(std::string_view text) {
  constexpr std::string_view form = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != form.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == 'd' ? !is_digit(text[i]) : text[i] != form[i]) {
      return std::nullopt;
    }
  }
  const auto part = [text](std::size_t from, std::size_t digits) {
    return static_cast<unsigned>(*parse_count(text.substr(from, digits), 9999));
  };
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(part(0, 4))),
                                        std::chrono::month(part(5, 2)),
                                        std::chrono::day(part(8, 2))};
  const auto hour = part(11, 2);
  const auto minute = part(14, 2);
  const auto second = part(17, 2);
  if (!day.ok() || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const std::chrono::sys_seconds time = std::chrono::sys_days(day) + std::chrono::hours(hour) +
                                        std::chrono::minutes(minute) + std::chrono::seconds(second);
  return time.time_since_epoch().count();
}

Result<std::string> take_octets(std::string_view& text, std::string_view stops) {
  std::string octets;
  while (!text.empty() && stops.find(text.front()) == std::string_view::npos) {
    if (text.front() != '\\') {
      octets += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto escaped = take_escape(text);
    if (!escaped) {
      return escaped.error();
    }
    octets += escaped.value();
  }
  return octets;
}

Result<std::string> client_octets(std::string_view text) {
  std::string all;
  while (!text.empty()) {
    auto part = text.front() == '{' ? take_repetition(text) : take_octets(text, "{");
    if (!part) {
      return part;
    }
    all += part.value();
  }
  return all;
}

std::string shown(std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  const bool cut = octets.size() > max_shown_octets;
  std::string out = "\"";
  for (const char c : octets.substr(0, max_shown_octets)) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (c >= ' ' && c <= '~') {
      out += c;
    } else {
      (out += "\\x") += {digits[octet >> 4U], digits[octet & 0xFU]};
    }
  }
  return out + (cut ? "...\"" : "\"");
}

}  // namespace pop3_legacy::dialogue
