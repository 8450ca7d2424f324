#include "plugin/core/message/header_field.h"

#include <algorithm>
#include <array>

#include "plugin/core/base/text.h"
#include "plugin/core/message/header_lines.h"

namespace pop3_legacy {

namespace {

constexpr char blank_for_control(char c) noexcept {
  const auto octet = static_cast<unsigned char>(c);
  return octet < 0x20 || octet == 0x7F ? ' ' : c;
}

bool is_meant(std::string_view name, const FieldQuery& query) noexcept {
  if (name.empty()) return false;
  return equals_ignoring_case(query.prefix ? name.substr(0, query.name.size()) : name, query.name);
}

}  // namespace

std::optional<std::string> first_field(std::string_view header, const FieldQuery& query) {
  const std::string_view found = find_field(
      header, [&query](std::string_view line) { return is_meant(field_name(line), query); });
  if (found.empty()) return std::nullopt;
  std::string value = unfolded(found.substr(found.find(':') + 1));
  std::transform(value.begin(), value.end(), value.begin(), blank_for_control);
  std::string field(field_name(found));
  field.append(": ").append(trimmed(value));
  field.resize(cut(field, max_field_octets).size());
  return field;
}

std::string_view value_of(std::string_view field) noexcept {
  return field.substr(std::min(field.find(':') + 2, field.size()));
}

std::string_view cut(std::string_view text, std::size_t octets) noexcept {
  if (text.size() <= octets) return text;
  constexpr std::size_t longest_character = 4;
  constexpr unsigned mark = 0xC0U;
  constexpr unsigned continuation = 0x80U;
  std::size_t end = octets;
  while (end > 0 && octets - end < longest_character &&
         (static_cast<unsigned char>(text[end]) & mark) == continuation) {
    --end;
  }
  // Text that is not UTF-8 is cut anywhere.
  const bool inside = (static_cast<unsigned char>(text[end]) & mark) == mark;
  return text.substr(0, inside ? end : octets);
}

bool is_field_name(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_printable(c) && c != ' ' && c != ':';
  });
}

bool is_usual_field(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 15> usual = {
      "From",       "To",          "Cc",       "Subject",      "Date",
      "Message-Id", "In-Reply-To", "Reply-To", "References",   "Sender",
      "X-Sender",   "Return-Path", "X-Mailer", "Content-Type", "X-UIDL"};
  return std::any_of(usual.begin(), usual.end(),
                     [&](std::string_view row) { return equals_ignoring_case(row, name); });
}

}  // namespace pop3_legacy
