/// A header as the old servers saw it: line by line, in a file with LF line ends.
#ifndef POP3_LEGACY_CORE_UIDL_HEADER_LINES_H
#define POP3_LEGACY_CORE_UIDL_HEADER_LINES_H

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/message/header_lines.h"

namespace pop3_legacy::uidl {

/// `text` with LF for CRLF if every line ends so, as Dovecot stores mail with mail_save_crlf: the
/// old server's file had LF. Where LF lines are among them, a CR was in the old file, too; all of
/// the servers here took it as any other octet.
std::string with_lf(std::string text);

/// The lines of a header as the servers that descend from Berkeley's popper saw them: pieces of
/// at most 1023 octets, as from fgets(), and the header ends at the first that is only a LF, also
/// where it is the rest of a line of 1023.
LineRange popper_lines(std::string_view header);

/// Adds `line` to the pieces of a text, as part of the last where it stands right behind it.
void add_piece(std::vector<std::string_view>& pieces, std::string_view line);

/// `line` begins with `name` (in which the colon is), whatever the letters' case.
bool begins(std::string_view line, std::string_view name) noexcept;

/// The value of the first field of that name (in which the colon is), its lines joined, without
/// white space around it. No value: there is no such field.
std::optional<std::string> first_value(std::string_view header, std::string_view name);

}  // namespace pop3_legacy::uidl

#endif
