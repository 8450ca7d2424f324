/// The "highest number accessed" of RFC 1081/1225 and RFC 1460: what LAST tells.
///
/// In the session it is a message number. Between sessions it is the UID of that message with
/// the UIDVALIDITY it belongs to, so that it stays right when messages go: it moves down to
/// the surviving messages not above it, as MH does. Where the mailbox has other UIDs (a new
/// UIDVALIDITY; or none of the old ones, as in a Maildir that has lost dovecot-uidlist but not its
/// index) the GUID tells which message it was. Where that message is gone, too, nothing is known.
///
/// Where nothing is known it is the highest message with \Seen. \Seen is never written; the first
/// session that needs the number leaves a state, whatever happens in it, because the host sets
/// \Seen even for a message that only half arrived.
///
/// The state is one line, "2 UIDVALIDITY UID[ COUNT GUID]": 2 is the version. UID 0: no message has
/// been accessed. GUID (a word, uidl::as_word()) is that of the highest message that stays at or
/// below the mark, and COUNT how many do; both are missing where none does, or where the storage
/// has no GUIDs. Version 1 was "1 UIDVALIDITY UID"; it is replaced at the end of the first session.
#ifndef POP3_LEGACY_CORE_TRACKING_HIGHEST_ACCESSED_H
#define POP3_LEGACY_CORE_TRACKING_HIGHEST_ACCESSED_H

#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/host/host.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/tracking/tracker.h"

namespace pop3_legacy {

/// In the StateStore.
inline constexpr std::string_view last_state = "last";

class HighestAccessed : public Tracker {
 public:
  /// An Error says what is wrong with a state.
  [[nodiscard]] static Status check(std::string_view text);

  /// `policy` lives longer than this. `stores`: what this session does is kept.
  HighestAccessed(const host::Host& host, const policy::Policy::Last& policy, bool stores = true)
      : host_(host), policy_(policy), stores_(stores) {}

  /// Reads where the session starts, once; the other calls need it. Must first be called
  /// while the maildrop is as it was at login. An error, which is logged once, means that
  /// the state is there and cannot be read: then LAST has no truthful answer, and finish()
  /// stores nothing.
  const Status& start();
  bool ready() override { return start().ok(); }

  /// What LAST answers: between 0 and the message count. Needs start() to have succeeded.
  [[nodiscard]] MessageNumber number() const noexcept { return highest_.number; }

  /// Under this policy a command like that raises the number.
  [[nodiscard]] bool counts(Access access) const noexcept;

  [[nodiscard]] bool minds(const MessageAccess& access) const override {
    return counts(access.kind);
  }
  /// No effect where the command does not count.
  void executed(const MessageAccess& access, const Sent& sent) override;
  void reset() override;
  /// A message that was retrieved stays accessed however the session ends, once it has reached the
  /// client.
  [[nodiscard]] bool minds_delivery(const MessageAccess& access) const override {
    return access.kind == Access::retrieve && counts(access.kind);
  }
  void delivered(const MessageAccess& access) override;

  /// Stores what the next session starts with, if it is another than stands there. May be
  /// called again with another ending, when the numbers may no longer be valid: the last call
  /// holds. Where another session of the user has meanwhile stored a higher one, that stays, unless
  /// this session said RSET; in one step, so that of many that end at the same moment the highest
  /// stays.
  Status finish(Ending ending) override;
  [[nodiscard]] std::string_view not_stored() const noexcept override {
    return "LAST: could not be stored, the next session starts from the old number: ";
  }

 private:
  struct Mark {
    MessageNumber number = 0;
    Uid uid = 0;      ///< of the last message accessed, which may be gone
    Uid message = 0;  ///< of the one with this number; 0: there is none
  };
  /// What is stored.
  struct State {
    bool old = false;  ///< of version 1
    UidValidity uidvalidity = 0;
    Uid uid = 0;
    MessageNumber count = 0;
    std::string guid;
  };

  static std::optional<State> parse(std::string_view text);
  static std::string print(const State& state);
  Status read_start();
  Status start_from(const State& state);
  [[nodiscard]] bool renumbered(const State& state) const;
  [[nodiscard]] Result<Uid> find(const State& state);
  void start_at_seen(std::string_view why);
  [[nodiscard]] MessageNumber cautious(const Mark& mark, const State& state) const;
  [[nodiscard]] State state_of(const Mark& mark, bool before_quit);
  [[nodiscard]] Result<bool> surpassed(const Mark& mark, const std::string& theirs);
  [[nodiscard]] const Mark& what_stays(Ending ending) const noexcept;
  [[nodiscard]] Mark at(MessageNumber number) const;
  [[nodiscard]] Mark not_above(Uid uid) const;
  [[nodiscard]] MessageNumber highest_not_above(Uid uid) const;

  host::Host host_;
  const policy::Policy::Last& policy_;
  bool stores_;
  std::optional<Status> started_;
  std::string stored_;     ///< the state as it stands; empty: there is none
  bool outdated_ = false;  ///< it is to be replaced even where nothing was accessed
  bool written_ = false;   ///< by this session
  bool reset_ = false;     ///< by this session
  bool quit_ = false;      ///< the numbers may no longer be valid
  bool quit_stored_ = false;

  Mark start_;
  Mark highest_;
  Mark kept_;  ///< what a session that drops now leaves behind
};

}  // namespace pop3_legacy

#endif
