/// Which messages of the mailbox are in a session's maildrop ([view] of the policy), and what
/// happens to those that the session deletes ([delete]).
///
/// It leaves out, in this order: messages that POP3 has deleted but the server has kept, all but
/// the highest `newest` numbers, those received more than `days` ago, and those already fetched. A
/// fetched message therefore still counts among the newest, and an older one does not take its
/// place. A message deleted under "hide" or "keep-days" stays hidden under any later policy.
///
/// The remaining messages are the maildrop, numbered from 1. The host is told once, before the
/// first command, so all commands agree.
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
  /// `policy` must outlive this object. `remembers`: the mailbox has a hidden_state, whatever the
  /// policy says. `stores`: what this session does is kept.
  View(const host::Host& host, const policy::Policy& policy, bool remembers, bool stores = true);

  /// The whole mailbox is in the maildrop, and DELE is left to the host.
  [[nodiscard]] bool idle() const noexcept { return idle_; }

  /// Tells the host, once, which messages are in the maildrop. An Error, which is logged once,
  /// means that this is not known, so no message may be shown.
  const Status& open() {
    if (!opened_) opened_ = try_to_open();
    return *opened_;
  }

  /// RETR and QUIT matter to the view.
  [[nodiscard]] bool keeps_state() const noexcept {
    return stores_ && (hides_fetched() || keeps_deleted());
  }
  /// A message that was sent whole is hidden from later sessions.
  [[nodiscard]] bool hides_fetched() const noexcept { return policy_.view.hide_fetched; }
  /// The message is sent whole and unmodified.
  [[nodiscard]] bool minds(const MessageAccess& access) const override;
  void executed(const MessageAccess& access, const Sent& sent) override;
  /// Forgets what was fetched in this session.
  void reset() override;
  [[nodiscard]] bool minds_delivery(const MessageAccess& access) const override {
    return minds(access);
  }
  void delivered(const MessageAccess& access) override;

  /// Called before the host executes QUIT, and at the end of a session without QUIT. For QUIT,
  /// stores the fetched and deleted messages, then removes the deletion marks from the host and
  /// gives it the messages whose days are over. Otherwise `last.on_drop` says which fetched
  /// messages count. An Error: nothing is stored, and the host must not execute QUIT, because it
  /// would remove what should be kept.
  Status finish(Ending ending) override;
  [[nodiscard]] bool holds_quit() const noexcept override { return true; }
  [[nodiscard]] std::string_view not_stored() const noexcept override {
    return "the view: fetched messages could not be stored, and are shown again: ";
  }

 private:
  [[nodiscard]] bool keeps_deleted() const noexcept;
  Status try_to_open();
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
  [[nodiscard]] Status drop_old(std::vector<MessageNumber>& numbers) const;
  [[nodiscard]] std::map<Uid, Mark> marks(Ending ending) const;
  Status store(const std::map<Uid, Mark>& marks);
  Status remove_overdue();
  [[nodiscard]] std::int64_t today() const;

  host::Host host_;
  const policy::Policy& policy_;
  bool stores_;
  bool idle_;
  std::optional<Status> opened_;
  std::vector<Uid> mailbox_;  ///< the whole mailbox, ascending
  UidValidity found_ = 0;     ///< of the state when this session began; 0: there was none
  Guids guids_;               ///< those asked for so far
  std::string no_guids_;      ///< why the host has none
  bool told_ = false;         ///< logged that there are none
  std::vector<Uid> overdue_;  ///< kept long enough, now to be removed
  std::vector<Uid> fetched_;
  std::vector<Uid> delivered_;  ///< the fetched ones that have reached the client
};

/// RFC 2449's capability (section 6.7) for how long the server keeps mail that a client leaves on
/// it; empty: the policy does not say, but the host may know.
std::string expire_capability(const policy::Policy& policy);

}  // namespace pop3_legacy::view

#endif
