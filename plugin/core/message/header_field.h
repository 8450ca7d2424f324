/// One header field as the commands that list headers show it.
#ifndef POP3_LEGACY_CORE_MESSAGE_HEADER_FIELD_H
#define POP3_LEGACY_CORE_MESSAGE_HEADER_FIELD_H

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace pop3_legacy {

/// Which field of a header is meant. The letters' case does not matter.
struct FieldQuery {
  std::string name;     ///< without the colon
  bool prefix = false;  ///< `name` is the beginning of the field's name, or all of it
  /// Many clients ask for it: the host may remember what it found in a message. Not for names
  /// that a client may have invented, or it could fill the host's memory.
  bool usual = false;

  bool operator==(const FieldQuery&) const = default;
};

/// No field is shown with more octets than this: a reply line without its CRLF.
inline constexpr std::size_t max_field_octets = 510;

/// The first field of `header` that is meant, on one line: "Name: value" with the name as it
/// stands there, without white space around the value, control characters as blanks, cut at
/// `max_field_octets`. No value: there is none.
std::optional<std::string> first_field(std::string_view header, const FieldQuery& query);

/// What stands behind the colon and the blank of a field that first_field() found.
std::string_view value_of(std::string_view field) noexcept;

/// At most so many octets of `text`, and no part of a UTF-8 character at the end.
std::string_view cut(std::string_view text, std::size_t octets) noexcept;

/// May be a field's name (RFC 5322, section 2.2): printable ASCII but the blank and the colon.
bool is_field_name(std::string_view text) noexcept;

/// A name that clients ask for or that the plugin's own commands need: see FieldQuery::usual.
bool is_usual_field(std::string_view name) noexcept;

}  // namespace pop3_legacy

#endif
