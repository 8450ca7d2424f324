#include "plugin/core/uidl/guid_ids.h"

#include <cstdint>
#include <optional>
#include <utility>

#include "plugin/core/base/text.h"
#include "plugin/core/uidl/identifier.h"
#include "plugin/core/uidl/lines.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::string_view pins_title = "dovecot-pop3-legacy pins 1";
constexpr std::string_view hex_digits = "0123456789ABCDEF";

bool stays(char c) noexcept {
  return c > ' ' && c <= '~' && c != '%';
}

}  // namespace

std::string as_word(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (stays(c)) {
      out += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out += '%';
    out += hex_digits[octet >> 4U];
    out += hex_digits[octet & 0xFU];
  }
  return out;
}

std::optional<std::string> from_word(std::string_view word) {
  std::string out;
  out.reserve(word.size());
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (stays(word[at])) {
      out += word[at];
      continue;
    }
    if (word[at] != '%' || at + 2 >= word.size()) {
      return std::nullopt;
    }
    const auto high = hex_digits.find(word[at + 1]);
    const auto low = hex_digits.find(word[at + 2]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      return std::nullopt;
    }
    out += static_cast<char>(high << 4U | low);
    at += 2;
  }
  return out;
}

std::string guid_id_lines(std::string_view word, const GuidIds& ids) {
  std::string out;
  for (const auto& [guid, id] : ids) {
    out.append(word).append(" ").append(as_word(guid)).append(" ").append(id).append("\n");
  }
  return out;
}

Status add_guid_id_line(std::string_view line, GuidIds& ids) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) {
    return refused("a GUID and an id are expected here");
  }
  const std::optional<std::string> guid = from_word(line.substr(0, space));
  if (!guid || guid->empty()) {
    return refused("this is not a GUID: " + in_quotes(line.substr(0, space)));
  }
  const std::string_view id = line.substr(space + 1);
  if (!is_identifier(id)) {
    return refused("POP3 does not allow this id: " + in_quotes(id));
  }
  if (!ids.emplace(*guid, id).second) {
    return refused("there is a second id for the message with the GUID " + in_quotes(*guid));
  }
  return Done{};
}

std::string pins_text(const GuidIds& pins) {
  return with_end(std::string(pins_title) + "\n" + guid_id_lines("pin", pins), pins.size());
}

bool has_pins(std::string_view text) noexcept {
  return text.find("\npin ") != std::string_view::npos;
}

Result<GuidIds> parse_pins(std::string_view text) {
  GuidIds pins;
  constexpr std::string_view word = "pin ";
  const Status read =
      read_lines(text, {.title = pins_title,
                        .what = "list of pins",
                        .add =
                            [&](std::string_view line) {
                              if (!line.starts_with(word)) {
                                return Result<bool>(false);
                              }
                              const Status added = add_guid_id_line(line.substr(word.size()), pins);
                              return added ? Result<bool>(true) : Result<bool>(added.error());
                            },
                        .count = [&] { return pins.size(); }});
  return read ? Result<GuidIds>(std::move(pins)) : Result<GuidIds>(read.error());
}

}  // namespace pop3_legacy::uidl
