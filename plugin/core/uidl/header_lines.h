/// A header as the old servers saw it: line by line, in a file with LF line ends.
#ifndef POP3_LEGACY_CORE_UIDL_HEADER_LINES_H
#define POP3_LEGACY_CORE_UIDL_HEADER_LINES_H

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/message/header_lines.h"

namespace pop3_legacy::uidl {

/// `text` with CRLF changed to LF if every line ends with CRLF, as Dovecot stores mail under
/// mail_save_crlf: the old server's file had LF. If some lines end with LF, the old file contained
/// the CRs too; all servers covered here treated them as ordinary octets.
std::string with_lf(std::string text);

/// The lines of a header as seen by the servers descended from Berkeley's popper: pieces of at most
/// 1023 octets, as from fgets(). The header ends at the first piece that is only a LF, even if it
/// is the rest of a line of 1023 octets.
LineRange popper_lines(std::string_view header);

/// Adds `line` to the pieces of a text, merging it with the last piece if it directly follows.
void add_piece(std::vector<std::string_view>& pieces, std::string_view line);

/// `line` begins with `name` (which includes the colon), ignoring case.
bool begins(std::string_view line, std::string_view name) noexcept;

/// The value of the first field with that name (which includes the colon), its lines joined,
/// without surrounding white space. No value: there is no such field.
std::optional<std::string> first_value(std::string_view header, std::string_view name);

}  // namespace pop3_legacy::uidl

#endif
