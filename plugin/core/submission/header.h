/// A message's header, taken apart into fields and no further: what stands in an address field is
/// the host's to parse.
#ifndef POP3_LEGACY_CORE_SUBMISSION_HEADER_H
#define POP3_LEGACY_CORE_SUBMISSION_HEADER_H

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"

namespace pop3_legacy::submission {

/// Longer headers are refused; they are held in memory.
inline constexpr std::size_t max_header_octets = std::size_t{256} * 1024;

struct HeaderField {
  std::string_view name;   ///< without blanks before the colon, which RFC 5322 once allowed
  std::string_view lines;  ///< all of it as it was sent, with every CRLF

  [[nodiscard]] bool is(std::string_view wanted) const noexcept;
  /// What stands behind the colon, in one line.
  [[nodiscard]] std::string value() const;
};

/// The fields of `header`, whose lines end with CRLF; they point into it. An Error says for the
/// client what cannot be a header: where we and the MTA might see different fields in it (a line
/// without a colon, a CR or NUL inside a line), somebody might get past what the policy checks.
Result<std::vector<HeaderField>> split_header(std::string_view header);

/// Where the header of `text` ends, behind the empty line; npos: not yet.
std::size_t end_of_header(std::string_view text, std::size_t from = 0) noexcept;

}  // namespace pop3_legacy::submission

#endif
