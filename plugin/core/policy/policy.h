/// What the administrator has decided for one session: only the values, nothing about files.
///
/// The keys that set these values are in sections/, with the meaning of each and of each word of an
/// enumeration. resolver.h deals with the files and their order.
///
/// Types used by another folder of the core (uidl::Wanted, wording::ReplyWords) belong to that
/// folder: the policy knows them, and they do not know the policy.
#ifndef POP3_LEGACY_CORE_POLICY_POLICY_H
#define POP3_LEGACY_CORE_POLICY_POLICY_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/uidl/plan.h"
#include "plugin/core/wording/dialects.h"

namespace pop3_legacy::policy {

using UidlPlan = uidl::Plan;
using UidlOnChange = uidl::OnChange;

// The words of keys.

/// last.semantics; highest_accessed.cc has a row for what each counts.
enum class LastSemantics { rfc1225, rfc1460, uw, popper, dovecot };
enum class LastStart { durable, seen, session };        ///< last.start
enum class LastOnDrop { delivered, all, nothing };      ///< last.on_drop
enum class LastWording { plain, popper, qpopper, mh };  ///< last.wording
enum class HelpStyle { full, rambler, line };           ///< help.style (help_style.h); full: "long"
enum class XmitFrom { own_address, own_domain, any };   ///< xmit.from
enum class XlstMatch { prefix, exact };                 ///< xlst.match
enum class XlstMissing { placeholder, omit };           ///< xlst.missing
enum class EuidlOrder { qpopper, cnet };                ///< euidl.order
enum class BoardsWording { rfc1082, mh };               ///< boards.wording
enum class BoardsOnBadName { stay, rfc };               ///< boards.on_bad_name
enum class BoardsDate { rfc5322, rfc822 };              ///< boards.date
enum class DeleteMode { allow, deny, hide, keep_days };  ///< delete.mode

/// A command defined by the administrator.
struct XCommand {
  enum class Kind : std::uint8_t {
    removed,  ///< not available, whatever an earlier document says
    alias,    ///< stands for another command
    reply,    ///< has a fixed answer
    program,  ///< answered by a program that the host runs
    script,   ///< answered by a program that Dovecot's script service runs
  };

  std::string name;  ///< upper case; not one of the command table's names
  Kind kind = Kind::removed;
  /// An alias: the command with its first arguments. A program: its path. A script: its socket.
  std::string target;
  std::vector<std::string> reply;  ///< lines; the first begins with "+OK" or "-ERR"
  // for programs and scripts
  std::uint64_t timeout = 10;                           ///< seconds
  std::uint64_t max_octets = std::uint64_t{64} * 1024;  ///< of output
  bool multi_line = false;  ///< the answer ends with a lone dot, even if it has no lines
  std::string summary;      ///< for HELP; empty: there is none

  bool operator==(const XCommand&) const = default;
};

/// An RFC 1082 discussion group. The members after `aliases` are lines of XTND X-BBOARDS for other
/// systems to read: nothing is opened by these names.
struct BoardName {
  std::string name;                    ///< as clients write it: printable ASCII without blanks
  std::string mailbox;                 ///< the host's name for it
  std::vector<std::string> aliases{};  ///< other names, with the same rules
  std::string maildrop{};              ///< a path
  std::string archive_maildrop{};      ///< a path
  std::string information{};           ///< a path
  std::string maildrop_map{};          ///< a path
  std::vector<std::string> leaders{};  ///< local users, without blanks
  std::string address{};               ///< where the group's members write to
  std::string request{};               ///< the moderator's address
  std::string incoming_feed{};         ///< where the group comes from
  std::vector<std::string> outgoing_feeds{};  ///< where it goes; without blanks
  std::uint64_t flags = 0;

  bool operator==(const BoardName&) const = default;
  /// `typed` is its name or an alias, ignoring case.
  [[nodiscard]] bool answers_to(std::string_view typed) const;
};

/// A default-constructed Policy holds the built-in defaults.
struct Policy {
  struct Commands {
    /// Names from the command table, upper case. Our commands that are not listed are left to the
    /// host.
    std::vector<std::string> allow{"LAST", "HELP"};
    /// Names from the command table, upper case: answered with -ERR, including the host's own
    /// commands. Overrides `allow`.
    std::vector<std::string> deny;
  } commands;

  struct Last {
    LastSemantics semantics = LastSemantics::rfc1225;
    LastStart start = LastStart::durable;
    LastOnDrop on_drop = LastOnDrop::delivered;
    LastWording wording = LastWording::plain;
  } last;

  struct Help {
    HelpStyle style = HelpStyle::full;
  } help;

  struct Capa {
    /// Shown as IMPLEMENTATION after login; empty: not shown. Printable ASCII, at most
    /// `max_implementation_octets`.
    std::string implementation;
  } capa;

  using Uidl = uidl::Wanted;
  Uidl uidl;

  struct Xlst {
    XlstMatch match = XlstMatch::prefix;
    XlstMissing missing = XlstMissing::placeholder;
    /// Header names: XTND XLST shows only these, and only if asked for by the whole name. Empty:
    /// all.
    std::vector<std::string> headers;
  } xlst;

  struct Euidl {
    EuidlOrder order = EuidlOrder::qpopper;
  } euidl;

  struct Xsender {
    /// The header in which the mail system records the authenticated sender; empty: none does.
    std::string header;
  } xsender;

  struct Gurl {
    std::string url;  ///< printable ASCII without blanks; empty: none
  } gurl;

  struct Boards {
    BoardsWording wording = BoardsWording::rfc1082;
    BoardsOnBadName on_bad_name = BoardsOnBadName::stay;
    BoardsDate date = BoardsDate::rfc5322;
    std::string zone = "+0000";  ///< for that date, in the form zone_minutes() reads
    /// In the order of the policy. Names and aliases differ by more than case.
    std::vector<BoardName> bboards;
    /// The groups' archives: name and mailbox only. A group's aliases also apply to its archive.
    std::vector<BoardName> archive;
  } boards;

  struct Xmit {
    XmitFrom from = XmitFrom::own_address;
    std::uint64_t max_octets = std::uint64_t{25} << 20U;
    std::uint64_t max_recipients = 100;
    std::uint64_t per_session = 20;  ///< 0: no limit
    std::uint64_t per_hour = 100;    ///< 0: no limit
    std::uint64_t dedup = 600;       ///< seconds; 0: a repeated message is sent again
    std::string save_to;             ///< a mailbox; empty: no copy is kept
    bool dry_run = false;
  } xmit;

  struct Pace {
    std::uint64_t login_delay = 0;       ///< seconds; 0: no delay
    std::uint64_t burst = 2;             ///< logins at once, at least 1
    std::uint64_t retr_per_session = 0;  ///< messages; 0: no limit
    std::uint64_t octets_per_hour = 0;   ///< 0: no limit
  } pace;

  /// What clients may write although Dovecot would refuse it.
  struct Lenient {
    std::uint64_t top_lines = 0;  ///< body lines for TOP with one argument; 0: it is refused
    bool spaces = false;          ///< spaces before the command and after its arguments are ignored
  } lenient;

  using Reply = wording::ReplyWords;
  Reply reply;

  struct View {
    std::uint64_t newest = 0;  ///< messages; 0: all
    std::uint64_t days = 0;    ///< days since they were received; 0: all
    bool hide_fetched = false;
  } view;

  struct Delete {
    DeleteMode mode = DeleteMode::allow;
    std::uint64_t days = 0;  ///< for DeleteMode::keep_days, where it is not 0
  } deletion;

  struct Inbox {
    /// Several users have it as their INBOX: each has LAST and so on separately (mailbox_users.h).
    bool shared = false;
  } inbox;

  /// Each name once, including removed ones.
  std::vector<XCommand> x_commands;
};

/// A login may be refused because it comes too soon after another.
inline bool delays_logins(const Policy& policy) noexcept {
  return policy.pace.login_delay > 0;
}

/// "IMPLEMENTATION " plus this many octets stay below 64, the line buffer of fetchmail's CAPA
/// parser.
inline constexpr std::size_t max_implementation_octets = 48;

/// The policy of one session, as far as it could be determined.
struct Resolution {
  Policy policy;
  /// Nothing was wrong. If false, our commands answer -ERR [SYS/TEMP].
  bool intact = true;
  /// `policy.commands.deny` is what the administrator wrote, even if something else was wrong. If
  /// false, any command may have been denied, so each that can be denied is refused for now.
  bool deny_known = true;
  /// The same for `policy.uidl`. If false, only a mailbox that remembers its plan has ids.
  bool uidl_known = true;
  /// One sentence per problem for the log, with file, line and column.
  std::vector<std::string> problems;
  /// What the administrator should know although it does not affect anything; one sentence each.
  std::vector<std::string> notes;
};

}  // namespace pop3_legacy::policy

#endif
