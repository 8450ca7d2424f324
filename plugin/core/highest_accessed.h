/// The "highest number accessed" of RFC 1081/1225 and RFC 1460: what LAST tells.
///
/// In the session it is a message number. Between sessions it is the UID of that message with
/// the UIDVALIDITY it belongs to, so that it stays right when messages go (it moves down to
/// the surviving messages not above it, as MH does) and becomes 0 when the mailbox is a new
/// one. \Seen is read at most once, for a mailbox that has no state yet, and never written;
/// the first session that needs the number leaves a state, whatever happens in it, because the
/// host sets \Seen even for a message that only half arrived.
///
/// The state is one line, "1 UIDVALIDITY UID\n" in decimal, the first 1 being the version.
#ifndef POP3_LEGACY_CORE_HIGHEST_ACCESSED_H
#define POP3_LEGACY_CORE_HIGHEST_ACCESSED_H

#include <optional>
#include <string>

#include "plugin/core/access.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/port.h"

namespace pop3_legacy {

/// How a session ended.
enum class Ending {
  quit,     ///< the client said QUIT, and the host did what it asked for
  dropped,  ///< in any other way
};

class HighestAccessed {
 public:
  /// `port` and `policy` live longer than this.
  HighestAccessed(Port& port, const policy::Policy::Last& policy) : port_(port), policy_(policy) {}

  /// Reads where the session starts, once; the other calls need it. Must first be called
  /// while the maildrop is as it was at login. An error, which is logged once, means that
  /// the state is there and cannot be read: then LAST has no truthful answer, and finish()
  /// stores nothing.
  const Status& start();

  /// What LAST answers: between 0 and the message count. Needs start() to have succeeded.
  [[nodiscard]] MessageNumber number() const noexcept { return highest_.number; }

  /// Under this policy a command like that raises the number.
  [[nodiscard]] bool counts(Access access) const noexcept;

  /// The host has executed a command on message `number`, whose UID is `uid`. No effect
  /// where the command does not count.
  void accessed(Access access, MessageNumber number, Uid uid);
  /// The host has executed RSET.
  void reset();
  /// A message that was retrieved has reached the client: it stays accessed however the session
  /// ends.
  void delivered(MessageNumber number, Uid uid);

  /// Stores what the next session starts with, if it is another than stands there. May be
  /// called again with another ending: the last call holds. Where another session of the user
  /// has meanwhile stored a higher one, that stays, unless this session said RSET.
  Status finish(Ending ending);

 private:
  struct Mark {
    MessageNumber number = 0;
    Uid uid = 0;
  };

  Status read_start();
  [[nodiscard]] Result<bool> surpassed(const Mark& mark) const;
  [[nodiscard]] const Mark& what_stays(Ending ending) const noexcept;
  [[nodiscard]] Mark at(MessageNumber number) const;
  [[nodiscard]] MessageNumber highest_not_above(Uid uid) const;

  Port& port_;
  const policy::Policy::Last& policy_;
  std::optional<Status> started_;
  std::string stored_;    ///< the state as it stands; empty: there is none
  bool written_ = false;  ///< by this session
  bool reset_ = false;    ///< by this session

  Mark start_;
  Mark highest_;
  Mark kept_;  ///< what a session that drops now leaves behind
};

}  // namespace pop3_legacy

#endif
