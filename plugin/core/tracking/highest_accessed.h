/// The "highest number accessed" of RFC 1081/1225 and RFC 1460, which LAST shows.
///
/// Within the session it is a message number. Between sessions it is stored as that message's UID
/// with its UIDVALIDITY, so that it stays right when messages are removed: it moves down to the
/// next surviving message, as in MH. If the mailbox's UIDs have changed (a new UIDVALIDITY; or none
/// of the old UIDs are left, as in a Maildir that has lost dovecot-uidlist but not its index), the
/// GUID identifies the message. If that message is gone too, nothing is known.
///
/// If nothing is known, the number is the highest message with \Seen. \Seen is never written. The
/// first session that needs the number stores a state in any case, because the host sets \Seen even
/// for a message that only partly arrived.
///
/// The state is one line, "2 UIDVALIDITY UID[ COUNT GUID]", where 2 is the version. UID 0: no
/// message has been accessed. GUID (a word, uidl::as_word()) is that of the highest message that
/// remains at or below the mark, and COUNT is how many do. Both are missing if none does, or if the
/// storage has no GUIDs. Version 1 was "1 UIDVALIDITY UID"; it is replaced at the end of the first
/// session.
#ifndef POP3_LEGACY_CORE_TRACKING_HIGHEST_ACCESSED_H
#define POP3_LEGACY_CORE_TRACKING_HIGHEST_ACCESSED_H

#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/host/host.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/tracking/tracker.h"

namespace pop3_legacy {

/// The state's name in the StateStore.
inline constexpr std::string_view last_state = "last";

class HighestAccessed : public Tracker {
 public:
  /// An Error says what is wrong with a state.
  [[nodiscard]] static Status check(std::string_view text);

  /// `policy` must outlive this object. `stores`: what this session does is kept.
  HighestAccessed(const host::Host& host, const policy::Policy::Last& policy, bool stores = true)
      : host_(host), policy_(policy), stores_(stores) {}

  /// Determines where the session starts; the other calls require it. The first call must be made
  /// while the maildrop is as it was at login; later calls return the same. An error, which is
  /// logged once, means that the state exists but cannot be read: LAST then has no truthful answer,
  /// and finish() stores nothing.
  const Status& start();
  bool ready() override { return start().ok(); }

  /// LAST's answer: between 0 and the message count. Requires a successful start().
  [[nodiscard]] MessageNumber number() const noexcept { return highest_.number; }

  /// Under this policy, a command of this kind raises the number.
  [[nodiscard]] bool counts(Access access) const noexcept;

  [[nodiscard]] bool minds(const MessageAccess& access) const override {
    return counts(access.kind);
  }
  /// Does nothing if the command does not count.
  void executed(const MessageAccess& access, const Sent& sent) override;
  void reset() override;
  /// Once a retrieved message has reached the client, it stays accessed however the session ends.
  [[nodiscard]] bool minds_delivery(const MessageAccess& access) const override {
    return access.kind == Access::retrieve && counts(access.kind);
  }
  void delivered(const MessageAccess& access) override;

  /// Stores where the next session starts, if that has changed. May be called again with another
  /// ending, when the numbers may no longer be valid: the last call counts. If another session of
  /// the user has stored a higher number in the meantime, that stays, unless this session used
  /// RSET. The exchange is atomic, so if many sessions end at the same moment the highest number
  /// stays.
  Status finish(Ending ending) override;
  [[nodiscard]] std::string_view not_stored() const noexcept override {
    return "LAST: the number could not be stored, so the next session starts from the old one: ";
  }

 private:
  struct Mark {
    MessageNumber number = 0;
    Uid uid = 0;      ///< of the last message accessed, which may be gone
    Uid message = 0;  ///< of the message with this number; 0: there is none
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
  std::string stored_;     ///< the state as stored; empty: there is none
  bool outdated_ = false;  ///< to be replaced even if nothing was accessed
  bool written_ = false;   ///< by this session
  bool reset_ = false;     ///< by this session
  bool quit_ = false;      ///< the numbers may no longer be valid
  bool quit_stored_ = false;

  Mark start_;
  Mark highest_;
  Mark kept_;  ///< what is stored if the session is dropped now
};

}  // namespace pop3_legacy

#endif
