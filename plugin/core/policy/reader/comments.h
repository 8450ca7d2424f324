/// Comments of a policy document.
#ifndef POP3_LEGACY_CORE_POLICY_READER_COMMENTS_H
#define POP3_LEGACY_CORE_POLICY_READER_COMMENTS_H

#include <string>
#include <string_view>

namespace pop3_legacy::policy {

/// `text` with its comment lines empty, so lines and columns stay what they are. toml++ reads a
/// comment letter by letter: 6,000 instructions a line at every login. Comments behind a value
/// stay, and so do those with other octets than printable ASCII and tabs, which TOML may forbid,
/// and all of a text that has a string of several lines.
[[nodiscard]] std::string without_comment_lines(std::string_view text);

}  // namespace pop3_legacy::policy

#endif
