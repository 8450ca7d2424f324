/// Splits a message's header into fields. What is in an address field is left to the host to parse.
#ifndef POP3_LEGACY_CORE_SUBMISSION_HEADER_H
#define POP3_LEGACY_CORE_SUBMISSION_HEADER_H

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"

namespace pop3_legacy::submission {

/// Longer headers are refused, because they are held in memory.
inline constexpr std::size_t max_header_octets = std::size_t{256} * 1024;

struct HeaderField {
  std::string_view name;   ///< without the blanks before the colon of RFC 5322's obsolete syntax
  std::string_view lines;  ///< the whole field as it was sent, with every CRLF

  [[nodiscard]] bool is(std::string_view wanted) const noexcept;
  /// The text after the colon, on one line.
  [[nodiscard]] std::string value() const;
};

/// The fields of `header`, whose lines end with CRLF; they point into it. An Error tells the client
/// why this cannot be a header: if we and the MTA could see different fields in it (a line without
/// a colon, a CR or NUL inside a line), the policy's checks could be evaded.
Result<std::vector<HeaderField>> split_header(std::string_view header);

/// The index after the header's empty line in `text`; npos: the header is not complete yet.
std::size_t end_of_header(std::string_view text, std::size_t from = 0) noexcept;

}  // namespace pop3_legacy::submission

#endif
