/// Which messages of the mailbox are in the maildrop of one session ([view] of the policy), and
/// what becomes of those that it deletes ([delete]).
///
/// It takes away, in this order: what POP3 has deleted and the server has kept, all but the
/// highest `newest` numbers, what was received longer ago than `days`, and what was fetched. So a
/// message that was fetched still counts among the newest: its place does not bring an older one
/// back. What was deleted under "hide" or "keep-days" stays hidden under any later policy.
///
/// The rest is the maildrop, with numbers from 1; the host is told once, before the first
/// command, and all commands agree.
#ifndef POP3_LEGACY_CORE_TRACKING_VIEW_H
#define POP3_LEGACY_CORE_TRACKING_VIEW_H

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/host/host.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/tracking/hidden.h"
#include "plugin/core/tracking/tracker.h"

namespace pop3_legacy::view {

class View : public Tracker {
 public:
  /// `policy` lives longer than this. `remembers`: the mailbox has a hidden_state,
  /// whatever the policy says. `stores`: what this session does is kept.
  View(const host::Host& host, const policy::Policy& policy, bool remembers, bool stores = true);

  /// All of the mailbox is in the maildrop, and DELE is the host's.
  [[nodiscard]] bool idle() const noexcept { return idle_; }

  /// Tells the host which messages are in the maildrop, once. An Error, which is logged once:
  /// that is not known, so no message must be shown.
  const Status& open();

  /// RETR and QUIT matter.
  [[nodiscard]] bool keeps_state() const noexcept {
    return stores_ && (hides_fetched() || keeps_deleted());
  }
  /// A message that was sent whole is hidden from later sessions.
  [[nodiscard]] bool hides_fetched() const noexcept { return policy_.view.hide_fetched; }
  /// The message is sent whole, and as it is.
  [[nodiscard]] bool minds(const MessageAccess& access) const override;
  void executed(const MessageAccess& access, const Sent& sent) override;
  /// Nothing was fetched in this session.
  void reset() override;
  [[nodiscard]] bool minds_delivery(const MessageAccess& access) const override {
    return minds(access);
  }
  void delivered(const MessageAccess& access) override;

  /// Before the host executes QUIT, and at the end of a session without. QUIT: what was fetched is
  /// stored, and the deleted messages with it; then their marks are taken from the host, which is
  /// given those whose days are over. Without, `last.on_drop` says what of the fetched counts. An
  /// Error: nothing is stored, and the host must not execute QUIT, for it would remove what is to
  /// be kept.
  Status finish(Ending ending) override;
  [[nodiscard]] bool holds_quit() const noexcept override { return true; }
  [[nodiscard]] std::string_view not_stored() const noexcept override {
    return "the view: what was fetched could not be stored, and is shown again: ";
  }

 private:
  [[nodiscard]] bool keeps_deleted() const noexcept;
  Status narrow();
  [[nodiscard]] Error damaged(std::string_view text, const Error& why) const;
  [[nodiscard]] Result<bool> learn_guids(const std::vector<Uid>& uids);
  [[nodiscard]] Result<Hidden> read();
  [[nodiscard]] Result<Hidden> read_all(const std::string& text);
  [[nodiscard]] Result<Hidden> translated(const Hidden& hidden);
  [[nodiscard]] Result<std::string> with_marks(const std::string& old,
                                               const std::map<Uid, Mark>& marks);
  [[nodiscard]] std::string with_guids(const Hidden& hidden, const std::map<Uid, Mark>& marks);
  void keep_translated(const std::string& text, const Hidden& old, const Hidden& made);
  [[nodiscard]] Status drop_old(std::vector<MessageNumber>& numbers);
  [[nodiscard]] std::map<Uid, Mark> marks(Ending ending) const;
  Status store(const std::map<Uid, Mark>& marks);
  Status remove_overdue();
  [[nodiscard]] std::int64_t today() const;

  host::Host host_;
  const policy::Policy& policy_;
  bool stores_;
  bool idle_;
  std::optional<Status> opened_;
  std::vector<Uid> mailbox_;  ///< all of it, ascending
  UidValidity found_ = 0;     ///< the state's when this session began; 0: there was none
  Guids guids_;               ///< that were asked for
  std::string no_guids_;      ///< why the host has none
  bool told_ = false;         ///< in the log, that there are none
  std::vector<Uid> overdue_;  ///< kept long enough
  std::vector<Uid> fetched_;
  std::vector<Uid> delivered_;  ///< of the fetched
};

/// The capability that RFC 2449 (section 6.7) has for how long the server keeps the mail that a
/// client leaves on it; empty: the policy does not say, and the host may know.
std::string expire_capability(const policy::Policy& policy);

}  // namespace pop3_legacy::view

#endif
