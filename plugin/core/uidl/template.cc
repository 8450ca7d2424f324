#include "plugin/core/uidl/template.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "plugin/core/base/number.h"
#include "plugin/core/base/text.h"
#include "plugin/core/uidl/notation.h"

namespace pop3_legacy::uidl {

namespace {

constexpr unsigned max_width = 20;

struct Format {
  unsigned width = 0;
  char letter = 'd';
};

/// Parses "d", "x", "X", "08d", "08x" …
std::optional<Format> parse_format(std::string_view text) noexcept {
  if (text.empty()) return std::nullopt;
  Format format{.letter = text.back()};
  if (format.letter != 'd' && format.letter != 'x' && format.letter != 'X') return std::nullopt;
  text.remove_suffix(1);
  if (text.empty()) return format;
  if (!text.starts_with('0')) return std::nullopt;
  text.remove_prefix(1);
  format.width = whole_number<unsigned>(text).value_or(0);
  if (format.width == 0 || format.width > max_width) return std::nullopt;
  return format;
}

std::string_view digits_of(UidForm::Base base) noexcept {
  switch (base) {
    case UidForm::Base::lower_hex:
      return lower_hex_digits;
    case UidForm::Base::upper_hex:
      return upper_hex_digits;
    case UidForm::Base::decimal:
      break;
  }
  return decimal_digits;
}

std::string written(std::string_view digits, std::int64_t number, unsigned width) {
  // Before 1970: the magnitude, which wraps correctly for the most negative number.
  const auto value = static_cast<std::uint64_t>(number);
  return number < 0 ? '-' + number_in(digits, 0 - value, width) : number_in(digits, value, width);
}

}  // namespace

// `whole` is the field with its braces.
Result<Template::Part> Template::parse_field(std::string_view whole) {
  constexpr std::array<std::pair<std::string_view, Field>, 5> fields = {{
      {"uid", Field::uid},
      {"uidvalidity", Field::uidvalidity},
      {"guid", Field::guid},
      {"filename", Field::filename},
      {"received", Field::received},
  }};
  const std::string_view inside = whole.substr(1, whole.size() - 2);
  const std::size_t colon = inside.find(':');
  const std::string_view name = inside.substr(0, colon);
  const auto* const found = std::find_if(fields.begin(), fields.end(),
                                         [name](const auto& known) { return known.first == name; });
  if (found == fields.end()) {
    std::array<std::string_view, fields.size()> names;
    std::transform(fields.begin(), fields.end(), names.begin(),
                   [](const auto& known) { return known.first; });
    return refused("has " + in_quotes(whole) + ", which is none of " + enumerated(names) +
                   suggestion(name, names));
  }
  Part part;
  part.field = found->second;
  if (colon == std::string_view::npos) return part;
  if (part.field == Field::guid || part.field == Field::filename) {
    return refused("has " + in_quotes(whole) + ", but " + std::string(name) +
                   " is not a number and takes no format");
  }
  const auto format = parse_format(inside.substr(colon + 1));
  if (!format) {
    return refused("has " + in_quotes(whole) +
                   "; a format is d, x or X, optionally after 0 and a width of 1 to 20");
  }
  part.width = format->width;
  part.base = format->letter == 'd'   ? Base::decimal
              : format->letter == 'x' ? Base::lower_hex
                                      : Base::upper_hex;
  return part;
}

Result<Template> Template::parse(std::string_view text) {
  Template made;
  bool distinguishes = false;
  while (!text.empty()) {
    const char c = text.front();
    const bool doubled = text.size() > 1 && text[1] == c;
    if ((c != '{' && c != '}') || doubled) {
      if (c < '!' || c > '~') {
        return refused("has " + in_quotes(text.substr(0, 1)) + ", which no id may contain");
      }
      if (made.parts_.empty() || made.parts_.back().field != Field::text) {
        made.parts_.emplace_back();
      }
      made.parts_.back().text += c;
      text.remove_prefix(c == '{' || c == '}' ? 2 : 1);
      continue;
    }
    const std::size_t end = text.find('}');
    if (c == '}' || end == std::string_view::npos) {
      return refused("has a single brace at " + in_quotes(text) +
                     "; write {{ or }} where a brace is meant");
    }
    auto part = parse_field(text.substr(0, end + 1));
    if (!part) return part.error();
    const Field field = part.value().field;
    distinguishes =
        distinguishes || field == Field::uid || field == Field::guid || field == Field::filename;
    made.parts_.push_back(std::move(part.value()));
    text.remove_prefix(end + 1);
  }
  if (!distinguishes) {
    return refused("gives all messages the same id; it needs {uid}, {guid} or {filename}");
  }
  return made;
}

bool Template::counts_uids() const noexcept {
  return std::none_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return part.field == Field::uidvalidity || part.field == Field::guid ||
           part.field == Field::filename;
  });
}

std::optional<UidForm> Template::uid_form(UidValidity validity, std::uint64_t uid_offset) const {
  UidForm form;
  bool has_uid = false;
  for (const Part& part : parts_) {
    std::string& constant = has_uid ? form.after : form.before;
    switch (part.field) {
      case Field::text:
        constant += part.text;
        break;
      case Field::uidvalidity:
        constant += written(digits_of(part.base), validity, part.width);
        break;
      case Field::uid:
        if (has_uid) return std::nullopt;
        has_uid = true;
        form.base = part.base;
        form.width = part.width;
        break;
      case Field::guid:
      case Field::filename:
      case Field::received:
        return std::nullopt;
    }
  }
  if (!has_uid) return std::nullopt;
  form.offset = counts_uids() ? uid_offset : 0;
  return form;
}

Result<std::optional<std::string>> Template::fill(Facts& facts, std::uint64_t uid_offset) const {
  const std::uint64_t offset = counts_uids() ? uid_offset : 0;
  std::string id;
  for (const Part& part : parts_) {
    std::int64_t number = 0;
    switch (part.field) {
      case Field::text:
        id += part.text;
        continue;
      case Field::guid: {
        const auto guid = facts.guid();
        if (!guid) return guid.error();
        id += guid.value();
        continue;
      }
      case Field::filename: {
        const auto name = facts.file_name();
        if (!name) return name.error();
        if (!name.value()) return std::optional<std::string>{};
        id += *name.value();
        continue;
      }
      case Field::received: {
        const auto received = facts.received();
        if (!received) return received.error();
        number = received.value();
        break;
      }
      case Field::uid:
        number = static_cast<std::int64_t>(facts.uid() + offset);
        break;
      case Field::uidvalidity:
        number = facts.uidvalidity();
        break;
    }
    id += written(digits_of(part.base), number, part.width);
  }
  return std::optional(std::move(id));
}

}  // namespace pop3_legacy::uidl
