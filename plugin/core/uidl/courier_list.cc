#include "plugin/core/uidl/courier_list.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

#include "plugin/core/base/number.h"
#include "plugin/core/uidl/lines.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::size_t longest_line = 2027;  ///< its buffer has 2048 octets
constexpr std::size_t told_lines = 20;

/// Removes and returns the number at the beginning of `text`. If it is too large, returns the
/// largest possible, as in C.
std::optional<std::uint64_t> take_c_number(std::string_view& text) {
  const std::string_view digits =
      text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
  if (digits.empty()) return std::nullopt;
  text.remove_prefix(digits.size());
  return whole_number<std::uint64_t>(digits).value_or(std::numeric_limits<std::uint64_t>::max());
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

void take_white_space(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\v\f"), text.size()));
}

/// Removes the last blank and what follows it, and returns the latter.
std::string_view take_last_word(std::string_view& line) {
  const std::size_t blank = line.rfind(' ');
  if (blank == std::string_view::npos) return {};
  const std::string_view word = line.substr(blank + 1);
  line = line.substr(0, blank);
  return word;
}

/// Interprets the first line. No value: no line of the list counts.
std::optional<std::uint64_t> version_of(std::string_view line) {
  if (!take(line, '/')) return 0;
  take_white_space(line);
  const auto version = take_c_number(line);
  if (!version || *version == 0) return 0;
  take_white_space(line);
  if (*version > 3 || !take_c_number(line)) return std::nullopt;
  return version;
}

/// "7:1700000000:0"; the last part says whether the header has 8-bit octets.
std::optional<CourierNumber> numbered(std::string_view word, std::uint64_t version) {
  CourierNumber found;
  const auto number = take_c_number(word);
  if (!number) return std::nullopt;
  found.number = *number;
  if (!take(word, ':')) return version == 1 ? std::optional(found) : std::nullopt;
  const auto validity = take_c_number(word);
  if (!validity) return version == 1 ? std::optional(found) : std::nullopt;
  found.validity = *validity;
  if (version == 1 || word.empty()) return found;
  return take(word, ':') && take_c_number(word) ? std::optional(found) : std::nullopt;
}

struct Entry {
  std::string_view name;
  CourierNumber number;
};

std::optional<Entry> entry_of(std::string_view line, std::uint64_t version) {
  if (line.size() > longest_line || line.find('\0') != std::string_view::npos) return std::nullopt;
  CourierNumber number;
  if (version > 0) {
    const auto found = numbered(take_last_word(line), version);
    if (!found) return std::nullopt;
    number = *found;
  }
  std::string_view size = take_last_word(line);
  if (!take_c_number(size) || !size.empty() || line.empty()) return std::nullopt;
  return Entry{line, number};
}

}  // namespace

CourierList CourierList::parse(std::string_view text) {
  CourierList list;
  Lines lines(text);
  std::size_t at = 0;
  std::optional<std::uint64_t> version;
  bool titled = false;
  for (auto line = lines.next(); line; line = lines.next()) {
    if (++at == 1) {
      version = version_of(*line);
      titled = version != 0;
    }
    if (at == 1 && titled) continue;
    const auto entry = version ? entry_of(*line, *version) : std::nullopt;
    if (!entry) {
      list.pass_over(at);
      continue;
    }
    const std::string_view name = entry->name.substr(entry->name.rfind('/') + 1);
    list.numbers_.insert_or_assign(std::string(name.substr(0, name.find(':'))), entry->number);
  }
  if (!text.empty() && !text.ends_with('\n')) list.pass_over(at + 1);
  return list;
}

std::optional<CourierNumber> CourierList::find(std::string_view file_name) const {
  const auto found = numbers_.find(file_name);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

void CourierList::pass_over(std::size_t line) {
  ++passed_over_;
  if (first_passed_over_.size() < told_lines) first_passed_over_.push_back(line);
}

std::string CourierList::passed_over() const {
  if (passed_over_ == 0) return {};
  std::string numbers;
  for (const std::size_t line : first_passed_over_) {
    numbers.append(numbers.empty() ? "" : ", ").append(std::to_string(line));
  }
  if (first_passed_over_.size() < passed_over_) numbers += " and more";
  return (passed_over_ == 1 ? "1 line is" : std::to_string(passed_over_) + " lines are") +
         " skipped, as Courier does; messages without another line have no number (line " +
         numbers + ")";
}

}  // namespace pop3_legacy::uidl
