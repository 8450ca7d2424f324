// Schemes that use an id found in the header.

#include <algorithm>

#include "plugin/core/base/text.h"
#include "plugin/core/uidl/header_lines.h"
#include "plugin/core/uidl/identifier.h"
#include "plugin/core/uidl/schemes.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::string_view xuidl_name = "X-UIDL:";
constexpr std::string_view message_id_name = "Message-Id:";
constexpr std::size_t qpopper_shortest = 12;
constexpr std::size_t qpopper_longest = 32;

/// What follows `name` and blanks in `line`, without the line end.
std::string_view behind_name(std::string_view line, std::string_view name) noexcept {
  line.remove_prefix(name.size());
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return line.substr(0, line.find('\n'));
}

}  // namespace

/// The first X-UIDL field, if its value is a legal id.
RawId xuidl(Facts& facts, const Context& /*context*/) {
  const auto header = facts.header();
  if (!header) return header.error();
  // The mailbox's limit for ids is not checked here, because a cached result is valid for any
  // limit.
  auto value = first_value(header.value(), xuidl_name);
  if (value && !is_identifier(*value)) value.reset();
  return value;
}

/// The first X-UIDL line whose value has 12 to 32 octets, trailing blanks included.
RawId xuidl_qpopper(Facts& facts, const Context& /*context*/) {
  auto header = facts.header();
  if (!header) return header.error();
  std::string text = with_lf(std::move(header.value()));
  std::replace(text.begin(), text.end(), '\0', ' ');
  for (const std::string_view line : popper_lines(text)) {
    if (!begins(line, xuidl_name)) continue;
    // Qpopper counts the LF: 13 to 33 octets, if neither of its two readers is strict.
    const std::string_view value = behind_name(line, xuidl_name);
    if (value.size() >= qpopper_shortest && value.size() <= qpopper_longest) {
      return std::optional(std::string(trimmed(value)));
    }
  }
  return std::optional<std::string>{};
}

/// The last X-UIDL line, or else the first Message-Id line; no value if that is empty (folded).
RawId heimdal(Facts& facts, const Context& /*context*/) {
  auto header = facts.header();
  if (!header) return header.error();
  const std::string text = with_lf(std::move(header.value()));
  std::optional<std::string> xuidl_value;
  std::optional<std::string> message_id;
  for (std::string_view line : popper_lines(text)) {
    line = line.substr(0, line.find('\0'));  // a C string ends there
    if (line.empty()) break;                 // an empty one is taken for the end of the header
    line = line.substr(0, line.find('\r'));  // a value also ends there
    if (begins(line, xuidl_name)) {
      xuidl_value = trimmed(behind_name(line, xuidl_name));
    } else if (!message_id && begins(line, message_id_name)) {
      message_id = trimmed(behind_name(line, message_id_name));
    }
  }
  auto value = xuidl_value ? std::move(xuidl_value) : std::move(message_id);
  // Heimdal's no-message-id-N depends on the message's number, and an empty id names nothing.
  if (value && value->empty()) value.reset();
  return value;
}

}  // namespace pop3_legacy::uidl
