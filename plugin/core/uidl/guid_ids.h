/// Ids of single messages, by the messages' GUIDs: what pins and kept ids are stored as.
///
/// As text, a line each: `WORD GUID ID`, the GUID with octets outside 0x21 to 0x7E and "%" as
/// %XX. A GUID stays with its message when an index is rebuilt and when a Maildir is copied. Where
/// several messages have one GUID, a kept id may stand under the GUID, LF, `UIDVALIDITY.UID`.
#ifndef POP3_LEGACY_CORE_UIDL_GUID_IDS_H
#define POP3_LEGACY_CORE_UIDL_GUID_IDS_H

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy::uidl {

/// `text` without blanks and line ends: octets outside 0x21 to 0x7E and "%" as %XX.
std::string as_word(std::string_view text);
/// No value: this is no such word.
std::optional<std::string> from_word(std::string_view word);

/// GUID → id. Sorted, so that the same ids always make the same text.
using GuidIds = std::map<std::string, std::string, std::less<>>;

/// The lines, each beginning with `word`.
std::string guid_id_lines(std::string_view word, const GuidIds& ids);

/// Adds the line's `GUID ID` (without the word). An Error says what is wrong with it: no legal id
/// (identifier.h), no GUID, a GUID or more text that has been there.
Status add_guid_id_line(std::string_view line, GuidIds& ids);

/// The imported ids of a mailbox: the state "pins". `text` is a whole file with its first line and
/// its last (lines.h). An Error names the line.
Result<GuidIds> parse_pins(std::string_view text);
std::string pins_text(const GuidIds& pins);

}  // namespace pop3_legacy::uidl

#endif
