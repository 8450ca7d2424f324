/// Answers the core's questions to its host for a session of Dovecot's pop3 process.
#ifndef POP3_LEGACY_DOVECOT_DOVECOT_HOST_H
#define POP3_LEGACY_DOVECOT_DOVECOT_HOST_H

#include <ctime>
#include <memory>
#include <string>

#include "plugin/core/host/whole_host.h"
#include "plugin/core/state/mailbox_users.h"
#include "plugin/core/uidl/ids.h"
#include "plugin/dovecot/dovecot_loop.h"
#include "plugin/dovecot/host_hasher.h"
#include "plugin/dovecot/maildrop_switch.h"
#include "plugin/dovecot/pop3_host.h"
#include "plugin/dovecot/user_states.h"

namespace pop3_legacy::dovecot {

/// State is kept with the INBOX (mailbox_state.h), which is opened for it while another maildrop is
/// open. It is kept for each of the INBOX's users or for all of them (mailbox_users.h). What
/// user_states() returns may be in a dict (user_states.h).
class DovecotHost : public host::WholeHost {
 public:
  /// `client` must outlive this. The maildrop may be asked about once it is open. `by_user` is as
  /// in states_for_user().
  DovecotHost(struct client* client, bool by_user)
      : client_(client),
        switch_(client),
        inbox_states_(*this),
        mailbox_users_(states_for_user(inbox_states_, client->user->username, by_user,
                                       [this](std::string_view sentence) {
                                         report({LogLevel::warning, std::string(sentence)});
                                       })),
        user_states_(states_in_dict(client->user, *mailbox_users_)) {}

  /// The result refers to this object.
  [[nodiscard]] host::Host host() noexcept { return with(*mailbox_users_, *user_states_); }

  [[nodiscard]] MessageNumber message_count() const override;
  [[nodiscard]] UidValidity uidvalidity() const override;
  [[nodiscard]] Uid uid(MessageNumber number) const override;
  [[nodiscard]] bool numbers_follow_uids() const override;
  [[nodiscard]] MessageNumber highest_seen() const override;

  [[nodiscard]] Result<std::vector<std::optional<std::int64_t>>> received(
      const std::vector<MessageNumber>& numbers) override;
  Status narrow(const std::vector<MessageNumber>& numbers) override;
  void forget_deletions() override;
  Status remove_unseen(const std::vector<Uid>& uids) override;

  [[nodiscard]] bool deleted(MessageNumber number) const override;
  [[nodiscard]] Tally left() const override;
  [[nodiscard]] Tally all() const override;
  [[nodiscard]] std::string_view deadly_in_verb() const noexcept override;
  [[nodiscard]] bool output_acknowledged() const override;
  Status mark_deleted(MessageNumber number) override;
  Status mark_seen(MessageNumber number) override;
  void leave_seen_alone() override;
  [[nodiscard]] Result<std::unique_ptr<MessageParts>> open_parts(MessageNumber number) override;
  [[nodiscard]] std::uint64_t octets(MessageNumber number) const override;
  Status add_uidl(MessageNumber number, std::string& to) override;
  [[nodiscard]] Result<std::unique_ptr<host::Inspection>> inspect(
      std::vector<FieldQuery> queries) override;

  [[nodiscard]] Result<Board> look_at_board(std::string_view mailbox) override {
    return switch_.look_at_board(mailbox);
  }
  Result<Board> open_board(std::string_view mailbox) override {
    return switch_.open_board(mailbox);
  }
  Status close_maildrop() override { return switch_.close(); }
  void prepare_quit() override { switch_.prepare_quit(); }
  /// To be called when the session ends without QUIT.
  void prepare_end() { switch_.prepare_end(); }

  [[nodiscard]] std::uint64_t octets_sent(Access access) const override;
  Result<bool> prepare_uidls() override;
  [[nodiscard]] bool answers_uidl() override;
  [[nodiscard]] uidl::Ids* shown_ids() override;
  [[nodiscard]] Result<std::string> host_answer(std::string_view command) override;

  [[nodiscard]] bool has_seen(MessageNumber number) const override;
  [[nodiscard]] std::vector<Uid> mailbox_uids() const override;
  [[nodiscard]] Result<std::vector<std::optional<std::string>>> guids(
      const std::vector<Uid>& uids) override;

  [[nodiscard]] Result<Hasher*> hasher() override;
  [[nodiscard]] std::string decoded(std::string_view value) override;
  [[nodiscard]] std::string process() const override;
  [[nodiscard]] std::optional<bool> is_running(std::string_view process) const override;
  [[nodiscard]] std::int64_t now() const override { return ::time(nullptr); }
  [[nodiscard]] std::string user_name() const override;
  [[nodiscard]] Result<std::string> ascii_domain(std::string_view domain) override;
  [[nodiscard]] std::string host_name() const override;
  [[nodiscard]] Result<std::vector<Address>> parse_addresses(std::string_view value,
                                                             std::size_t at_most) override;
  [[nodiscard]] Result<std::unique_ptr<Spool>> open_spool() override;
  [[nodiscard]] Result<std::unique_ptr<Submission>> submit(
      Spool& spool, const Envelope& envelope, std::function<void(Outcome)> done) override;
  Status save_message(Spool& spool, std::string_view mailbox) override;

  [[nodiscard]] Result<std::unique_ptr<RunningProgram>> run_program(
      const ProgramCall& call, std::function<void(ProgramResult)> done) override;

  void log_error(std::string_view sentence) override;
  void report(const Event& event) override;

 private:
  /// The files in the INBOX's control directory, under their own names.
  class InboxStates : public StateStore {
   public:
    explicit InboxStates(DovecotHost& host) : host_(host) {}
    [[nodiscard]] std::string place_of(std::string_view name) const override;
    [[nodiscard]] Result<std::optional<Front>> load_state_front(std::string_view name,
                                                                std::size_t octets) override;
    [[nodiscard]] Result<std::optional<std::string>> load_state(std::string_view name) override;
    Status store_state(std::string_view name, std::string_view content) override;
    [[nodiscard]] Result<bool> exchange_state(std::string_view name,
                                              const std::optional<std::string>& old,
                                              std::string_view content) override;

   private:
    DovecotHost& host_;
  };

  [[nodiscard]] std::uint32_t sequence(MessageNumber number) const;
  [[nodiscard]] bool keeps_uidls() const;
  [[nodiscard]] uidl::Ids* own_uidls() const;
  [[nodiscard]] Result<std::string> hosts_uidl(MessageNumber number);
  [[nodiscard]] Status has_uidl(MessageNumber number) const;

  template <class Work>
  [[nodiscard]] auto with_inbox(Work work) -> decltype(work(static_cast<struct mailbox*>(nullptr)));

  struct client* client_;
  std::string capa_;  ///< Dovecot's answer, once it is known
  HostHasher hasher_;
  DovecotLoop loop_;
  MaildropSwitch switch_;
  InboxStates inbox_states_;
  std::unique_ptr<StateStore> mailbox_users_;
  std::unique_ptr<StateStore> user_states_;
};

}  // namespace pop3_legacy::dovecot

#endif
