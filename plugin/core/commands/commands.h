/// The handlers that the command table names; each stands in a file of its own name.
///
/// A handler is called only when the policy allows its command and the number of arguments
/// is right. It may assume that every earlier command of the session has been answered.
#ifndef POP3_LEGACY_CORE_COMMANDS_COMMANDS_H
#define POP3_LEGACY_CORE_COMMANDS_COMMANDS_H

#include <string_view>

#include "plugin/core/answer.h"

namespace pop3_legacy {
class Session;
struct Command;
namespace policy {
struct XCommand;
}
}  // namespace pop3_legacy

namespace pop3_legacy::commands {

/// RFC 1225 and RFC 1460: `LAST` → `+OK n`.
Answer last(Session& session, std::string_view arguments);
/// No RFC: `HELP [command]`.
Answer help(Session& session, std::string_view arguments);
/// RFC 1082 has the verb, the Berkeley popper the message: `XTND XMIT` → `+OK`, the message up to
/// a lone dot, and a second reply when the MTA has answered.
Answer xtnd_xmit(Session& session, std::string_view arguments);
/// RFC 2449: the host's own answer, with ours added and what is denied taken out.
Answer capa(Session& session, std::string_view arguments);
/// qpopper: `XTND XLST header [msg]` → a header of each message.
Answer xtnd_xlst(Session& session, std::string_view arguments);
/// RFC 1082: `XTND BBOARDS [name]` → the groups with their maxima, or one that is opened.
Answer xtnd_bboards(Session& session, std::string_view arguments);
/// RFC 1082: `XTND ARCHIVE name` → a group's archive is opened.
Answer xtnd_archive(Session& session, std::string_view arguments);
/// RFC 1082: `XTND X-BBOARDS name` → fourteen lines about a group.
Answer xtnd_x_bboards(Session& session, std::string_view arguments);
/// MH: `XTND SCAN width` → LIST has a line of MH's scan behind each size.
Answer xtnd_scan(Session& session, std::string_view arguments);
/// qpopper: `EUIDL [msg]` → `n uid size from`.
Answer euidl(Session& session, std::string_view arguments);
/// Heimdal: `XOVER` → `n<TAB>subject<TAB>from<TAB>date<TAB>msgid<TAB>size<TAB>lines`.
Answer xover(Session& session, std::string_view arguments);
/// Heimdal: `XDELE msg [msg]` deletes from one to the other.
Answer xdele(Session& session, std::string_view arguments);
/// Netscape: `XSENDER msg` → `+OK sender`.
Answer xsender(Session& session, std::string_view arguments);
/// `XLINES [msg]` → LIST with a column for the lines, which GNU Mailutils' LIST has itself.
Answer xlines(Session& session, std::string_view arguments);
/// It answers this line of the host's, too: LIST's.
bool takes_list(const Command& hosts, std::string_view arguments) noexcept;
/// qpopper: `MANGLE(attribute=value;...)` behind RETR, TOP or LIST, which `line` begins with.
Answer mangle(Session& session, std::string_view line);
/// It answers this line of the host's: MANGLE stands in it.
bool takes_mangle(const Command& hosts, std::string_view arguments) noexcept;
/// Netscape: `GURL` → `+OK url` of the page where the account is managed.
Answer gurl(Session& session, std::string_view arguments);

/// A reply or a program of the policy's own, which stands in no table; no alias.
Answer x_command(Session& session, const policy::XCommand& command, std::string_view arguments);
// The host's own, on what RFC 1082 and MH put in the maildrop's place.

/// LIST with the maxima of RFC 1082, or with MH's scan lines.
Answer list(Session& session, std::string_view arguments);
/// RFC 1082: DELE is a no-op on a board.
Answer dele(Session& session, std::string_view arguments);
Answer rset(Session& session, std::string_view arguments);

/// RFC 1939: UIDL where some messages have no id in this session, and so no line.
Answer uidl(Session& session, std::string_view arguments);

}  // namespace pop3_legacy::commands

#endif
