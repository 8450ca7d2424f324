/// Ids of single messages by GUID: the form in which pins and kept ids are stored.
///
/// As text, one line each: `WORD GUID ID`, where octets of the GUID outside 0x21 to 0x7E, and "%",
/// are written as %XX. A GUID stays with its message when an index is rebuilt or a Maildir is
/// copied. If several messages have the same GUID, a kept id may be stored under the GUID, LF,
/// `UIDVALIDITY.UID`.
#ifndef POP3_LEGACY_CORE_UIDL_GUID_IDS_H
#define POP3_LEGACY_CORE_UIDL_GUID_IDS_H

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy::uidl {

/// `text` without blanks and line ends: octets outside 0x21 to 0x7E, and "%", become %XX.
std::string as_word(std::string_view text);
/// No value: this is not such a word.
std::optional<std::string> from_word(std::string_view word);

/// GUID → id. Sorted, so that the same ids always give the same text.
using GuidIds = std::map<std::string, std::string, std::less<>>;

/// The lines, each beginning with `word`.
std::string guid_id_lines(std::string_view word, const GuidIds& ids);

/// Adds the `GUID ID` of a line (without the word). An Error says what is wrong: the id is not
/// legal (identifier.h), the GUID is missing or already known, or there is more text.
Status add_guid_id_line(std::string_view line, GuidIds& ids);

/// The imported ids of a mailbox: the state "pins". `text` is a whole file including its first and
/// last lines (lines.h). An Error names the line.
Result<GuidIds> parse_pins(std::string_view text);
/// The text has a pin. For one that is known to be intact.
bool has_pins(std::string_view text) noexcept;
std::string pins_text(const GuidIds& pins);

}  // namespace pop3_legacy::uidl

#endif
