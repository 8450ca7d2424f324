/// One header field, as the commands that list headers show it.
#ifndef POP3_LEGACY_CORE_MESSAGE_HEADER_FIELD_H
#define POP3_LEGACY_CORE_MESSAGE_HEADER_FIELD_H

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pop3_legacy {

/// Which field of a header is meant. Names are compared without regard to case.
struct FieldQuery {
  std::string name;     ///< without the colon
  bool prefix = false;  ///< `name` is the beginning of the field's name, or all of it
  /// Many clients ask for it, so the host may cache what it finds. Not for names that a client may
  /// have invented: those could fill the host's memory.
  bool usual = false;

  bool operator==(const FieldQuery&) const = default;
};

/// The most octets shown of a field: a reply line without its CRLF.
inline constexpr std::size_t max_field_octets = 510;

/// The first matching field of `header` on one line: "Name: value" with the name as it is written
/// there, no white space around the value, and control characters as blanks; cut at
/// `max_field_octets`. No value: there is none.
std::optional<std::string> first_field(std::string_view header, const FieldQuery& query);

/// What follows the colon and the blank of a field that first_field() found.
std::string_view value_of(std::string_view field) noexcept;

/// At most `octets` octets of `text`, without a partial UTF-8 character at the end.
std::string_view cut(std::string_view text, std::size_t octets) noexcept;

/// `text` is a valid field name (RFC 5322, section 2.2): printable ASCII except blank and colon.
bool is_field_name(std::string_view text) noexcept;

/// Clients or the plugin's own commands often ask for this name: see FieldQuery::usual.
bool is_usual_field(std::string_view name) noexcept;

}  // namespace pop3_legacy

#endif
