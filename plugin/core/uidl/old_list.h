/// Reads what remains of an old server's UIDL answers: a saved answer, or a client's memory of
/// what it has. Pure text, no I/O; which of the formats it is, the text itself tells.
///
///   uidl         `NUMBER ID` lines, with or without the `+OK` line and the `.`, LF or CRLF; or a
///                whole session as netcat, telnet or openssl s_client show it. Of several lists in
///                a session (LIST, UIDL) the one is taken that a line with "UIDL" stands before,
///                be it the command or the +OK; else the last one with an id that is no number.
///                Where that does not decide, it is an Error. An answer with its +OK and without
///                its "." is cut off, an Error. What LIST says in the same session goes with it.
///   fetchmail    .fetchids: `USER@HOST ID` (fetchmail's uid.c: the id begins behind the first
///                blank behind the first "@", so USER may have blanks and "@", and ID may have "@")
///   getmail      oldmail-HOST-PORT-USER: `ID NUL SECONDS`, in no order. Where the id had a "/",
///                getmail has written "-".
///   mpop         ` COUNT HOST USER`, then so many lines with an id each, sorted. What begins with
///                "#" is a comment before and between the lists, and an id in one.
///   thunderbird  popstate.dat: `*HOST USER`, then `FLAG ID [SECONDS]`; FLAG is k (kept), d (to be
///                deleted), b (too big) or f (body to be fetched): all of them were on the server
///   own          what `doveadm pop3-legacy uidl list` prints: the line with the columns' names,
///                then `NUMBER TAB UID TAB GUID TAB ID`
///   plain        one id a line
///
/// Blanks at the end of a line and empty lines do not count. A line that is none of the format's is
/// skipped and told; only a text that is no list at all is an Error.
#ifndef POP3_LEGACY_CORE_UIDL_OLD_LIST_H
#define POP3_LEGACY_CORE_UIDL_OLD_LIST_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"

namespace pop3_legacy::uidl {

/// The first line of our own list: doveadm prints no line before the names of its columns.
inline constexpr std::string_view own_list_first_line = "number\tuid\tguid\tuidl";

/// Some servers gave longer ids than RFC 1939's 70 octets. What is longer than this is no id.
inline constexpr std::size_t max_old_id_octets = 512;

enum class OldListFormat : std::uint8_t { uidl, fetchmail, getmail, mpop, thunderbird, own, plain };

struct OldEntry {
  std::optional<std::uint32_t> number;  ///< in the old maildrop, from 1; formats uidl and own
  std::string id;                       ///< 1 to max_old_id_octets octets, each 0x21 to 0x7E
  std::string guid;                     ///< Dovecot's, in our own list; else empty
  std::string account;                  ///< USER@HOST as the client's file has it; else empty
  unsigned line = 0;                    ///< counted from 1
  std::optional<std::uint64_t> octets;  ///< as LIST has them in the same session
};

/// So many odd things are told, each in a sentence; of the others only how many there are.
inline constexpr std::size_t told_oddities = 20;

/// May have no entries: the maildrop was empty. No number is there twice, and no GUID. An id may
/// be: some servers gave equal messages equal ids, and clients write lines twice.
struct OldList {
  OldListFormat format = OldListFormat::plain;
  std::vector<OldEntry> entries;  ///< in the order of the text
  std::vector<std::string> odd;   ///< "line N: …", the first told_oddities of what is odd
  std::size_t odd_count = 0;      ///< all that is odd
  std::size_t skipped = 0;        ///< of that, lines that are none of the format's
};

/// An Error (permanent) says "line N: …", or what is wrong with the whole.
[[nodiscard]] Result<OldList> read_old_list(std::string_view text);

/// Sentences for the administrator: what is odd in the list, then how much of it was not told.
[[nodiscard]] std::vector<std::string> oddities(const OldList& list);

/// For messages: "a UIDL answer", "fetchmail's .fetchids", …
[[nodiscard]] std::string_view format_name(OldListFormat format) noexcept;

}  // namespace pop3_legacy::uidl

#endif
