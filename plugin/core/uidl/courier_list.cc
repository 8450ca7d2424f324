#include "plugin/core/uidl/courier_list.h"

#include <charconv>
#include <cstdint>
#include <utility>

#include "plugin/core/text.h"
#include "plugin/core/uidl/lines.h"

namespace pop3_legacy::uidl {

namespace {

// The whole of `text`.
std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

// What stands behind the last blank, which goes with it.
std::string_view take_last_word(std::string_view& line) {
  const std::size_t blank = line.rfind(' ');
  const std::string_view word =
      blank == std::string_view::npos ? std::string_view{} : line.substr(blank + 1);
  line = line.substr(0, blank == std::string_view::npos ? 0 : blank);
  return word;
}

// "7:1700000000:0", the last part of which says whether the header has 8-bit octets.
std::optional<CourierNumber> courier_number(std::string_view word) {
  const std::size_t first = word.find(':');
  if (first == std::string_view::npos) {
    return std::nullopt;
  }
  const std::size_t second = word.find(':', first + 1);
  const auto count = number(word.substr(0, first));
  const auto validity = number(word.substr(first + 1, second - first - 1));
  if (!count || !validity || second + 1 == word.size()) {
    return std::nullopt;
  }
  return CourierNumber{*count, *validity};
}

}  // namespace

Result<CourierList> CourierList::parse(std::string_view text) {
  Lines lines(text);
  const auto title = lines.next();
  if (!title || !(title->starts_with("/3 ") || title->starts_with("/2 "))) {
    return lines.wrong("this is no list of Courier's, for it does not begin with /3 or /2");
  }
  CourierList list;
  while (const auto line = lines.next()) {
    std::string_view name = *line;
    const auto numbered = courier_number(take_last_word(name));
    const auto size = number(take_last_word(name));
    if (!numbered || !size || name.empty()) {
      return lines.wrong("a file name, a size and a number belong here, not " + in_quotes(*line));
    }
    name = name.substr(name.rfind('/') + 1);  // "cur/NAME" in some versions
    list.numbers_.insert_or_assign(std::string(name.substr(0, name.find(':'))), *numbered);
  }
  if (!text.ends_with('\n')) {
    return lines.wrong("the list ends in the middle of a line");
  }
  return list;
}

std::optional<CourierNumber> CourierList::find(std::string_view file_name) const {
  const auto found = numbers_.find(file_name);
  return found == numbers_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace pop3_legacy::uidl
