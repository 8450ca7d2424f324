/// Reads what remains of an old server's UIDL answers: a saved answer, or a client's record of the
/// messages it has. Pure text, no I/O. The format is recognized from the text:
///
///  uidl         `NUMBER ID` lines, with or without the `+OK` line and the `.`, LF or CRLF; or a
///               whole session as shown by netcat, telnet or openssl s_client. If a session has
///               several lists (LIST, UIDL), the one after a line with "UIDL" is used, which may be
///               the command or the +OK; otherwise the last one with an id that is not a number.
///               If that does not decide, it is an Error. An answer with its +OK but without its
///               "." is cut off, which is an Error. LIST's answer in the same session is also used.
///  fetchmail    .fetchids: `USER@HOST ID` (fetchmail's uid.c: the id begins after the first blank
///               after the first "@", so USER may contain blanks and "@", and ID may contain "@")
///  getmail      oldmail-HOST-PORT-USER: `ID NUL SECONDS`, in no order. getmail has written "-" for
///               every "/" of the id.
///  mpop         ` COUNT HOST USER`, followed by COUNT lines with an id each, sorted. A line that
///               begins with "#" is a comment before and between the lists, and an id in a list.
///  thunderbird  popstate.dat: `*HOST USER`, then `FLAG ID [SECONDS]`; FLAG is k (kept), d (to be
///               deleted), b (too big) or f (body to be fetched): all of them were on the server
///  own          the output of `doveadm pop3-legacy uidl list`: the line with the columns' names,
///               then `NUMBER TAB UID TAB GUID TAB ID`
///  plain        one id per line
///
/// Trailing blanks and empty lines are ignored. A line that does not fit the format is skipped and
/// reported; only a text that is no list at all is an Error.
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

/// The first line of our own list: doveadm prints nothing before the names of its columns.
inline constexpr std::string_view own_list_first_line = "number\tuid\tguid\tuidl";

/// Some servers gave ids longer than RFC 1939's 70 octets. Anything longer than this is not an id.
inline constexpr std::size_t max_old_id_octets = 512;

enum class OldListFormat : std::uint8_t { uidl, fetchmail, getmail, mpop, thunderbird, own, plain };

struct OldEntry {
  std::optional<std::uint32_t> number;  ///< in the old maildrop, from 1; formats uidl and own
  std::string id;                       ///< 1 to max_old_id_octets octets, each 0x21 to 0x7E
  std::string guid;                     ///< Dovecot's, in our own list; otherwise empty
  std::string account;                  ///< USER@HOST as in the client's file; otherwise empty
  unsigned line = 0;                    ///< counted from 1
  std::optional<std::uint64_t> octets;  ///< shown by LIST in the same session
};

/// The first so many oddities are reported in a sentence each; the others are only counted.
inline constexpr std::size_t told_oddities = 20;

/// Empty if the maildrop was empty. No number and no GUID occurs twice. An id may: some servers
/// gave equal messages equal ids, and clients write lines twice.
struct OldList {
  OldListFormat format = OldListFormat::plain;
  std::vector<OldEntry> entries;  ///< in the order of the text
  std::vector<std::string> odd;   ///< "line N: …", the first told_oddities of them
  std::size_t odd_count = 0;      ///< all oddities
  std::size_t skipped = 0;        ///< those that are lines not in the format
};

/// An Error (permanent) says "line N: …", or what is wrong with the whole text.
[[nodiscard]] Result<OldList> read_old_list(std::string_view text);

/// Sentences for the administrator: the oddities, then how many more there are.
[[nodiscard]] std::vector<std::string> oddities(const OldList& list);

/// For log messages: "a UIDL answer", "fetchmail's .fetchids", …
[[nodiscard]] std::string_view format_name(OldListFormat format) noexcept;

}  // namespace pop3_legacy::uidl

#endif
