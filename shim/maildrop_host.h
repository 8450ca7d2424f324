/// What the core asks of its host, answered by a maildrop.
#ifndef POP3_LEGACY_SHIM_MAILDROP_HOST_H
#define POP3_LEGACY_SHIM_MAILDROP_HOST_H

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "plugin/core/host/whole_host.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/state/mailbox_users.h"
#include "plugin/core/tracking/hidden.h"
#include "plugin/core/uidl/assignment.h"
#include "plugin/files/spool_file.h"
#include "plugin/hash/openssl_hasher.h"
#include "plugin/idn/idn2_domain.h"
#include "plugin/process/running_process.h"
#include "shim/environment.h"
#include "shim/inspection.h"
#include "shim/mail_addresses.h"
#include "shim/message_parts.h"
#include "shim/narrowed_maildrop.h"
#include "shim/open_maildrop.h"
#include "shim/replies.h"
#include "shim/uidl_maildrop.h"

namespace pop3_legacy::shim {

/// The states that a maildrop keeps, under their own names.
class MaildropStates : public StateStore {
 public:
  explicit MaildropStates(Maildrop& maildrop) : maildrop_(maildrop) {}

  Result<std::optional<std::string>> load_state(std::string_view name) override {
    return maildrop_.load_state(name);
  }
  Status store_state(std::string_view name, std::string_view content) override {
    return maildrop_.store_state(name, content);
  }

 private:
  Maildrop& maildrop_;
};

/// Answers the core's questions to its host from a maildrop.
class MaildropHost : public host::WholeHost {
 public:
  /// `open` must outlive this.
  MaildropHost(OpenMaildrop& open, std::string user, const policy::Resolution& resolution,
               const shim::Environment& environment, std::function<void(std::string_view)> log)
      : open_(open),
        own_(std::make_shared<NarrowedMaildrop>(open.maildrop)),
        environment_(environment),
        user_(std::move(user)),
        uidl_policy_(resolution.policy.uidl),
        uidl_known_(resolution.uidl_known),
        log_(std::move(log)),
        by_user_(resolution.policy.inbox.shared),
        own_states_(*own_),
        mailbox_users_(states_for_user(own_states_, user_, by_user_, log_)) {}

  /// As in Remembered.
  [[nodiscard]] bool remembers_hidden() const {
    const auto name = by_user_ ? state_of_user(view::hidden_state, user_)
                               : Result<std::string>(std::string(view::hidden_state));
    return !name || own_->has_state(name.value());
  }

  /// The result refers to this object.
  [[nodiscard]] host::Host host() noexcept {
    host::Host made = with(*mailbox_users_, *mailbox_users_);
    if (!environment_.submit) made.outbox = nullptr;
    if (!environment_.run_program) made.programs = nullptr;
    return made;
  }

  [[nodiscard]] MessageNumber message_count() const override { return open_.count(); }
  [[nodiscard]] UidValidity uidvalidity() const override {
    return open_.maildrop ? open_.maildrop->uidvalidity() : 0;
  }
  [[nodiscard]] Uid uid(MessageNumber number) const override { return open_.maildrop->uid(number); }
  // Always true in this host.
  [[nodiscard]] bool numbers_follow_uids() const override { return true; }
  [[nodiscard]] MessageNumber highest_seen() const override {
    MessageNumber number = message_count();
    while (number > 0 && !open_.maildrop->seen(number)) {
      --number;
    }
    return number;
  }
  Result<std::vector<std::optional<std::int64_t>>> received(
      const std::vector<MessageNumber>& numbers) override {
    std::vector<std::optional<std::int64_t>> dates;
    for (const MessageNumber number : numbers) {
      const auto date = open_.maildrop->received(number);
      if (!date && date.error().kind != Failure::gone) {
        return date.error();
      }
      dates.push_back(date ? std::optional(date.value()) : std::nullopt);
    }
    return dates;
  }
  Status narrow(const std::vector<MessageNumber>& numbers) override {
    own_->narrow(numbers);
    open_ = OpenMaildrop(own_);
    return Done{};
  }
  void forget_deletions() override {
    keeps_deleted_ = open_.removed.messages > 0;
    open_.unmark_deleted();
  }
  /// Some messages were deleted that QUIT does not remove.
  [[nodiscard]] bool keeps_deleted() const noexcept { return keeps_deleted_; }
  Status remove_unseen(const std::vector<Uid>& uids) override {
    open_.removes_unseen = own_->remove_unseen(uids);
    return Done{};
  }
  [[nodiscard]] bool deleted(MessageNumber number) const override { return open_.deleted[number]; }
  Status mark_deleted(MessageNumber number) override {
    open_.mark_deleted(number);
    return Done{};
  }
  [[nodiscard]] Tally left() const override { return open_.left(); }
  [[nodiscard]] Tally all() const override { return open_.all; }
  [[nodiscard]] std::string_view deadly_in_verb() const noexcept override { return {}; }
  [[nodiscard]] bool output_acknowledged() const override {
    return !environment_.output_acknowledged || environment_.output_acknowledged();
  }
  [[nodiscard]] std::uint64_t octets(MessageNumber number) const override {
    return open_.sizes[number];
  }
  // This host has no master users.
  void leave_seen_alone() override {}
  Status mark_seen(MessageNumber number) override {
    open_.seen[number] = open_.seen[number] || !open_.maildrop->seen(number);
    return Done{};
  }
  Result<std::unique_ptr<MessageParts>> open_parts(MessageNumber number) override {
    const auto message = open_.maildrop->open_message(number);
    return message ? take_apart(*message.value())
                   : Result<std::unique_ptr<MessageParts>>(message.error());
  }
  Result<std::unique_ptr<host::Inspection>> inspect(std::vector<FieldQuery> queries) override {
    return std::unique_ptr<host::Inspection>(
        std::make_unique<MaildropInspection>(*open_.maildrop, std::move(queries)));
  }

  Result<Board> look_at_board(std::string_view mailbox) override {
    auto opened = environment_.maildrops->open_board(user_, mailbox);
    return opened ? Result<Board>(board_of(*opened.value())) : opened.error();
  }
  Result<Board> open_board(std::string_view mailbox) override {
    auto opened = environment_.maildrops->open_board(user_, mailbox);
    if (!opened) {
      return opened.error();
    }
    const Board board = board_of(*opened.value());
    const Status replaced =
        replace_by(OpenMaildrop(std::move(opened.value()), /*to_read_only=*/true));
    return replaced ? Result<Board>(board) : replaced.error();
  }
  Status close_maildrop() override { return replace_by(OpenMaildrop()); }
  void prepare_quit() override {}

  [[nodiscard]] std::uint64_t octets_sent(Access access) const override {
    return access == Access::top ? topped_ : retrieved_;
  }
  /// Called when an answer to RETR or TOP of this many octets is complete.
  void sent(Access access, std::uint64_t octets) noexcept {
    (access == Access::top ? topped_ : retrieved_) += octets;
  }
  Result<std::string> host_answer(std::string_view command) override {
    return command == "CAPA" ? Result<std::string>(std::string(capabilities))
                             : Error{Failure::permanent, "this host answers CAPA only"};
  }
  [[nodiscard]] bool has_seen(MessageNumber number) const override {
    return open_.maildrop->seen(number);
  }
  [[nodiscard]] std::vector<Uid> mailbox_uids() const override {
    const shim::Maildrop& whole = own_->whole();
    std::vector<Uid> uids;
    for (MessageNumber number = 1; number <= whole.message_count(); ++number) {
      uids.push_back(whole.uid(number));
    }
    return uids;
  }
  Result<std::vector<std::optional<std::string>>> guids(const std::vector<Uid>& uids) override {
    const shim::Maildrop& whole = own_->whole();
    const std::vector<Uid> all = mailbox_uids();
    std::vector<std::optional<std::string>> found;
    for (const Uid uid : uids) {
      const auto place = std::lower_bound(all.begin(), all.end(), uid);
      found.push_back(place != all.end() && *place == uid
                          ? std::optional(whole.unique_name(
                                static_cast<MessageNumber>(place - all.begin()) + 1))
                          : std::nullopt);
    }
    return found;
  }
  void log_error(std::string_view sentence) override { log_(sentence); }
  void report(const Event& event) override { log_(event.text); }

  Result<Hasher*> hasher() override {
    if (!hasher_) {
      hasher_ = openssl_hasher();
    }
    return hasher_.get();
  }
  [[nodiscard]] std::string decoded(std::string_view value) override {
    return decoded_header(value);
  }
  [[nodiscard]] std::string process() const override { return process::this_process(); }
  [[nodiscard]] std::optional<bool> is_running(std::string_view process) const override {
    return process::is_running(process);
  }
  [[nodiscard]] std::int64_t now() const override { return std::time(nullptr); }
  [[nodiscard]] std::string user_name() const override { return user_; }
  [[nodiscard]] std::string host_name() const override { return "localhost"; }
  [[nodiscard]] Result<std::string> ascii_domain(std::string_view domain) override {
    return idn2_domain(domain);
  }
  Result<std::vector<Address>> parse_addresses(std::string_view value,
                                               std::size_t at_most) override {
    return shim::parse_addresses(value, at_most);
  }
  Result<std::unique_ptr<Spool>> open_spool() override {
    std::error_code none;
    auto spool = files::SpoolFile::create(std::filesystem::temp_directory_path(none).string() +
                                          "/pop3-legacy-host.");
    return spool ? Result<std::unique_ptr<Spool>>(std::move(spool.value()))
                 : Result<std::unique_ptr<Spool>>(spool.error());
  }
  Result<std::unique_ptr<Submission>> submit(Spool& spool, const Envelope& envelope,
                                             std::function<void(Outcome)> done) override {
    return environment_.submit(spool, envelope, std::move(done));
  }

  Status save_message(Spool& spool, std::string_view mailbox) override {
    const Result<int> message = static_cast<files::SpoolFile&>(spool).rewound();
    return message ? own_->save_copy(mailbox, message.value()) : Status(message.error());
  }

  Result<std::unique_ptr<RunningProgram>> run_program(
      const ProgramCall& call, std::function<void(ProgramResult)> done) override {
    if (call.service) {
      return Error{Failure::permanent, "this host has no script service for " + call.target};
    }
    return environment_.run_program(call, std::move(done));
  }

  // A failure is tried again, because it may have passed.
  Result<bool> prepare_uidls() override {
    if (uidls_prepared_) {
      return true;
    }
    UidlMaildrop maildrop(own_->whole(), user_, log_);
    auto ids = uidl::assign_ids(maildrop, uidl_policy_, uidl_known_);
    if (!ids) {
      return ids.error();
    }
    uidls_ = std::move(ids.value());
    uidls_prepared_ = true;
    return true;
  }
  bool answers_uidl() override {
    return uidls_ && (uidls_->all_ours() || !uidls_->unnamed().empty());
  }
  uidl::Ids* shown_ids() override { return uidls_ ? &*uidls_ : nullptr; }
  Status add_uidl(MessageNumber number, std::string& to) override {
    const auto ours = uidls_ ? uidls_->find(uid(number)) : std::nullopt;
    if (ours && ours->by == uidl::NamedBy::nobody) {
      return Error{Failure::gone, "the message has no id in this session"};
    }
    to += id(number);
    return Done{};
  }
  /// The policy's id, if it gives one. prepare_uidls() must have succeeded.
  [[nodiscard]] std::string id(MessageNumber number) {
    const auto ours = uidls_ ? uidls_->find(uid(number)) : std::nullopt;
    return ours && ours->by == uidl::NamedBy::plugin ? std::string(ours->text)
                                                     : hosts_uidl(uid(number), uidvalidity());
  }

 private:
  static Board board_of(shim::Maildrop& maildrop) {
    Board board{.maxima = static_cast<Uid>(maildrop.next_uid() - 1), .last_date = std::nullopt};
    if (const MessageNumber last = maildrop.message_count(); last > 0) {
      if (const auto received = maildrop.received(last)) {
        board.last_date = received.value();
      }
    }
    return board;
  }

  Status replace_by(OpenMaildrop next) {
    if (Status committed = open_.commit(OpenMaildrop::marked(open_.deleted)); !committed) {
      return committed;
    }
    open_ = std::move(next);
    // The policy's ids are for the user's own maildrop only.
    uidls_.reset();
    uidls_prepared_ = true;
    keeps_deleted_ = false;
    return Done{};
  }

  OpenMaildrop& open_;
  std::shared_ptr<NarrowedMaildrop> own_;
  bool keeps_deleted_ = false;
  const shim::Environment& environment_;
  std::string user_;
  policy::Policy::Uidl uidl_policy_;
  bool uidl_known_;
  bool uidls_prepared_ = false;
  std::optional<uidl::Ids> uidls_;  ///< of the whole mailbox
  std::function<void(std::string_view)> log_;
  bool by_user_;
  MaildropStates own_states_;
  std::unique_ptr<StateStore> mailbox_users_;
  std::unique_ptr<Hasher> hasher_;
  std::uint64_t retrieved_ = 0;
  std::uint64_t topped_ = 0;
};

}  // namespace pop3_legacy::shim

#endif
