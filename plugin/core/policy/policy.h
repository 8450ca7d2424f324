/// What the administrator decided for one session: the values, and nothing about files.
///
/// The keys that set these values, with their allowed words, are the rows of keys.cc; the
/// files they stand in and their order are resolver.h's.
#ifndef POP3_LEGACY_CORE_POLICY_POLICY_H
#define POP3_LEGACY_CORE_POLICY_POLICY_H

#include <string>
#include <vector>

namespace pop3_legacy::policy {

/// Which commands raise LAST's number and where RSET puts it; the rows are in last.cc.
enum class LastSemantics { rfc1225, rfc1460, uw, popper, dovecot };

/// Where LAST's number starts at login.
enum class LastStart {
  durable,  ///< where the user's previous session left it (kept with the mailbox)
  seen,     ///< at the highest message with \Seen
  session,  ///< at zero; nothing is kept
};

/// What a session that ended without QUIT leaves behind, with LastStart::durable.
enum class LastOnDrop {
  delivered,  ///< messages that RETR delivered completely count
  all,        ///< as after QUIT
  nothing,    ///< as if the session had not been
};

/// The text behind `+OK n`.
enum class LastWording { plain, popper, qpopper, mh };

enum class HelpStyle {
  full,     ///< "long": a line a command, ended by a dot
  rambler,  ///< one line with every command's name
  line,     ///< one fixed line, as hMailServer's
};

/// A default-constructed Policy holds the built-in defaults.
struct Policy {
  struct Commands {
    /// Names from the command table, upper case. Ours that are not here are left to the host.
    std::vector<std::string> allow{"LAST", "HELP"};
    /// Names from the command table, upper case: answered with -ERR, the host's own included.
    /// Stronger than `allow`.
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
};

/// "IMPLEMENTATION " and this many octets stay below 64, which is the line buffer of
/// fetchmail's CAPA parser.
inline constexpr std::size_t max_implementation_octets = 48;

/// The policy of one session as far as it could be found out.
struct Resolution {
  Policy policy;
  /// Nothing was wrong. When false, our commands answer -ERR [SYS/TEMP].
  bool intact = true;
  /// `policy.commands.deny` is what the administrator wrote, even if something else was
  /// wrong. When false, any command may have been denied, and each that can be is refused
  /// for the time being.
  bool deny_known = true;
  /// One sentence a problem for the log, with file, line and column.
  std::vector<std::string> problems;
};

}  // namespace pop3_legacy::policy

#endif
