/// A host made of variables, for tests of the core.
#ifndef POP3_LEGACY_TESTS_UNIT_FAKE_HOST_H
#define POP3_LEGACY_TESTS_UNIT_FAKE_HOST_H

#include <algorithm>
#include <ctime>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "plugin/core/host/whole_host.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/protocol/answer.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy {

class FakeHost : public host::WholeHost, public StateStore {
 public:
  /// `count` messages with the UIDs 10, 20, 30 …
  explicit FakeHost(MessageNumber count = 0) {
    for (MessageNumber number = 1; number <= count; ++number) {
      uids.push_back(number * 10);
    }
  }

  /// This object as a host that has all facilities.
  operator host::Host() {  // NOLINT(google-explicit-constructor)
    return with(*this, user_store != nullptr ? *user_store : *this);
  }

  [[nodiscard]] MessageNumber message_count() const override {
    return static_cast<MessageNumber>(uids.size());
  }
  [[nodiscard]] UidValidity uidvalidity() const override { return validity; }
  [[nodiscard]] Uid uid(MessageNumber number) const override { return uids.at(number - 1); }
  [[nodiscard]] bool numbers_follow_uids() const override {
    return std::is_sorted(uids.begin(), uids.end());
  }
  [[nodiscard]] MessageNumber highest_seen() const override { return seen; }
  [[nodiscard]] bool has_seen(MessageNumber number) const override { return number <= seen; }
  [[nodiscard]] std::vector<Uid> mailbox_uids() const override {
    std::vector<Uid> sorted = whole.empty() ? uids : whole;
    std::sort(sorted.begin(), sorted.end());
    return sorted;
  }
  Result<std::vector<std::optional<std::string>>> guids(const std::vector<Uid>& of) override {
    if (guid_error) {
      return *guid_error;
    }
    std::vector<std::optional<std::string>> found;
    const std::vector<Uid> there = mailbox_uids();
    for (const Uid uid : of) {
      ++guids_asked;
      const auto known = guid_of.find(uid);
      found.push_back(!std::binary_search(there.begin(), there.end(), uid) ? std::nullopt
                      : known == guid_of.end() ? std::optional("g" + std::to_string(uid))
                                               : std::optional(known->second));
    }
    return found;
  }
  [[nodiscard]] std::string user_name() const override { return user; }
  [[nodiscard]] std::uint64_t octets_sent(Access access) const override {
    return access == Access::top ? topped : retrieved;
  }
  [[nodiscard]] Result<std::string> host_answer(std::string_view command) override {
    asked.emplace_back(command);
    if (host_error) {
      return *host_error;
    }
    return answer;
  }
  [[nodiscard]] Result<std::optional<std::string>> load_state(std::string_view name) override {
    ++loads;
    if (state_error) {
      return *state_error;
    }
    const auto found = states.find(std::string(name));
    return found == states.end() ? std::nullopt : std::optional(found->second);
  }
  Status store_state(std::string_view name, std::string_view content) override {
    ++stores;
    if (state_error) {
      return *state_error;
    }
    states[std::string(name)] = content;
    return Done{};
  }
  Result<bool> prepare_uidls() override {
    ++prepared;
    if (uidl_error) {
      return *uidl_error;
    }
    return uidl_parts == 0 || --uidl_parts == 0;
  }
  [[nodiscard]] bool answers_uidl() override { return false; }
  [[nodiscard]] uidl::Ids* shown_ids() override { return nullptr; }
  [[nodiscard]] bool deleted(MessageNumber number) const override {
    ++looks;
    return deleted_numbers.contains(number);
  }
  [[nodiscard]] Tally left() const override {
    Tally left = all();
    for (const MessageNumber number : deleted_numbers) {
      --left.messages;
      left.octets -= std::uint64_t{100} * number;
    }
    return left;
  }
  [[nodiscard]] Tally all() const override {
    const std::uint64_t count = message_count();
    return {message_count(), 100 * count * (count + 1) / 2};
  }
  [[nodiscard]] std::string_view deadly_in_verb() const noexcept override { return deadly; }
  [[nodiscard]] bool output_acknowledged() const override { return acknowledged; }
  Status mark_deleted(MessageNumber number) override {
    if (delete_error) {
      return *delete_error;
    }
    deleted_numbers.insert(number);
    return Done{};
  }
  [[nodiscard]] Result<std::vector<std::optional<std::int64_t>>> received(
      const std::vector<MessageNumber>& numbers) override {
    std::vector<std::optional<std::int64_t>> found;
    for (const MessageNumber number : numbers) {
      const auto date = dates.find(uid(number));
      found.push_back(date == dates.end() ? std::nullopt : std::optional(date->second));
    }
    asked_for_dates += numbers.size();
    return found;
  }
  Status narrow(const std::vector<MessageNumber>& numbers) override {
    ++narrowed;
    if (whole.empty()) {
      whole = uids;
    }
    std::vector<Uid> left;
    left.reserve(numbers.size());
    for (const MessageNumber number : numbers) {
      left.push_back(uid(number));
    }
    uids = std::move(left);
    return Done{};
  }
  void forget_deletions() override { deleted_numbers.clear(); }
  void leave_seen_alone() override { seen_left_alone = true; }
  Status remove_unseen(const std::vector<Uid>& overdue) override {
    removed = overdue;
    return Done{};
  }
  [[nodiscard]] std::int64_t now() const override { return time; }
  [[nodiscard]] Result<bool> exchange_state(std::string_view name,
                                            const std::optional<std::string>& old,
                                            std::string_view content) override {
    if (before_exchange) {
      std::exchange(before_exchange, nullptr)();
    }
    return StateStore::exchange_state(name, old, content);
  }
  [[nodiscard]] std::uint64_t octets(MessageNumber number) const override {
    ++looks;
    return std::uint64_t{100} * number;
  }
  Status add_uidl(MessageNumber number, std::string& to) override {
    to += "id-" + std::to_string(number);
    return Done{};
  }
  [[nodiscard]] Result<std::unique_ptr<host::Inspection>> inspect(
      std::vector<FieldQuery> queries) override {
    if (inspect_error) {
      return *inspect_error;
    }
    queried = queries;
    return std::unique_ptr<host::Inspection>(
        std::make_unique<FakeInspection>(*this, std::move(queries)));
  }
  [[nodiscard]] Result<Board> look_at_board(std::string_view mailbox) override {
    const auto found = boards.find(std::string(mailbox));
    return found == boards.end() ? Error{Failure::gone, "no such mailbox"} : found->second;
  }
  Result<Board> open_board(std::string_view mailbox) override {
    Result<Board> found = look_at_board(mailbox);
    if (found && close_error) {
      return *close_error;
    }
    if (found) {
      happened.push_back("open " + std::string(mailbox));
      uids = {found.value().maxima - 1, found.value().maxima};
      deleted_numbers.clear();
    }
    return found;
  }
  Status close_maildrop() override {
    if (close_error) {
      return *close_error;
    }
    happened.emplace_back("close");
    uids.clear();
    return Done{};
  }
  void prepare_quit() override { happened.emplace_back("quit"); }
  [[nodiscard]] Result<std::vector<Address>> parse_addresses(std::string_view value,
                                                             std::size_t /*at_most*/) override {
    const std::string_view at = value.substr(std::min(value.find('<') + 1, value.size()));
    const std::size_t sign = at.find('@');
    return std::vector<Address>{{std::string(at.substr(0, sign)),
                                 std::string(at.substr(sign + 1, at.find('>') - sign - 1))}};
  }
  Result<std::unique_ptr<MessageParts>> open_parts(MessageNumber /*number*/) override {
    return Error{Failure::permanent, "no message is taken apart here"};
  }
  Status mark_seen(MessageNumber /*number*/) override {
    return Error{Failure::permanent, "nothing is read here"};
  }
  Result<Hasher*> hasher() override { return Error{Failure::permanent, "nothing is hashed here"}; }
  [[nodiscard]] std::string decoded(std::string_view value) override { return std::string(value); }
  [[nodiscard]] std::string process() const override { return {}; }
  [[nodiscard]] std::optional<bool> is_running(std::string_view /*process*/) const override {
    return std::nullopt;
  }
  [[nodiscard]] std::string host_name() const override { return "localhost"; }
  Result<std::string> ascii_domain(std::string_view /*domain*/) override {
    return Error{Failure::temporary, "there are no international domain names here"};
  }
  Result<std::unique_ptr<Spool>> open_spool() override {
    return Error{Failure::permanent, "no message is taken here"};
  }
  Result<std::unique_ptr<Submission>> submit(Spool& /*spool*/, const Envelope& /*envelope*/,
                                             std::function<void(Outcome)> /*done*/) override {
    return Error{Failure::permanent, "no message is submitted here"};
  }
  Status save_message(Spool& /*spool*/, std::string_view /*mailbox*/) override {
    return Error{Failure::permanent, "no message is saved here"};
  }
  Result<std::unique_ptr<RunningProgram>> run_program(
      const ProgramCall& /*call*/, std::function<void(ProgramResult)> /*done*/) override {
    return Error{Failure::permanent, "no program is run here"};
  }
  void log_error(std::string_view sentence) override { log.emplace_back(sentence); }
  void report(const Event& event) override { events.push_back(event); }

  std::map<std::string, Result<Board>> boards;  ///< by mailbox
  std::vector<Event> events;                    ///< what was reported
  std::optional<Error> close_error;
  std::vector<std::string> happened;
  std::map<MessageNumber, std::string> headers;
  std::map<MessageNumber, Error> unreadable;
  std::set<MessageNumber> deleted_numbers;
  mutable std::size_t looks = 0;  ///< at one message's mark or size
  std::string deadly;
  bool acknowledged = true;
  std::map<Uid, std::int64_t> dates;  ///< messages missing here were removed
  std::size_t asked_for_dates = 0;
  int narrowed = 0;
  std::vector<Uid> removed;  ///< by remove_unseen()
  bool seen_left_alone = false;
  std::int64_t time = std::time(nullptr);  ///< what now() returns
  std::function<void()> before_exchange;   ///< runs once: what another session does meanwhile
  std::vector<FieldQuery> queried;         ///< by the last inspect()
  int inspections = 0;                     ///< that exist now
  std::optional<Error> inspect_error;
  std::optional<Error> delete_error;
  std::string user = "joe@example.org";
  std::vector<Uid> uids;
  UidValidity validity = 7;
  MessageNumber seen = 0;
  std::vector<Uid> whole;              ///< all UIDs, if there are more than `uids`, which are shown
  std::map<Uid, std::string> guid_of;  ///< if it is not "g" and the UID
  std::optional<Error> guid_error;
  std::size_t guids_asked = 0;
  std::uint64_t retrieved = 0;
  std::uint64_t topped = 0;
  std::string answer = "+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nPIPELINING\r\n.\r\n";
  std::optional<Error> host_error;
  std::optional<Error> state_error;
  std::map<std::string, std::string> states;
  StateStore* user_store = nullptr;  ///< the user's states, if they are kept apart from the others
  std::optional<Error> uidl_error;
  unsigned uidl_parts = 0;  ///< parts in which the ids are prepared
  int prepared = 0;
  int loads = 0;
  int stores = 0;
  std::vector<std::string> asked;
  std::vector<std::string> log;

 private:
  class FakeInspection : public host::Inspection {
   public:
    FakeInspection(FakeHost& port, std::vector<FieldQuery> queries)
        : port_(port), queries_(std::move(queries)) {
      ++port_.inspections;
    }
    FakeInspection(const FakeInspection&) = delete;
    FakeInspection& operator=(const FakeInspection&) = delete;
    FakeInspection(FakeInspection&&) = delete;
    FakeInspection& operator=(FakeInspection&&) = delete;
    ~FakeInspection() override { --port_.inspections; }

    Status fields(MessageNumber number, Fields& found) override {
      if (port_.unreadable.contains(number)) {
        return port_.unreadable.at(number);
      }
      found.clear();
      for (const FieldQuery& query : queries_) {
        found.push_back(first_field(port_.headers[number], query));
      }
      return Done{};
    }
    Result<std::uint64_t> lines(MessageNumber number) override {
      if (port_.unreadable.contains(number)) {
        return port_.unreadable.at(number);
      }
      return std::uint64_t{number} + 5;
    }

   private:
    FakeHost& port_;
    std::vector<FieldQuery> queries_;
  };
};

/// A field of `event` as text; "(none)" if it has no such field.
inline std::string field(const Event& event, std::string_view name) {
  for (const EventField& field : event.fields) {
    if (field.name != name) continue;
    const auto* const number = std::get_if<std::uint64_t>(&field.value);
    return number == nullptr ? std::get<std::string>(field.value) : std::to_string(*number);
  }
  return "(none)";
}

/// Everything a client gets for `answer`; "broken: …" if it cannot be completed.
inline std::string whole(Answer answer) {
  std::string wire = answer.reply.wire();
  for (std::optional<Reply> reply; answer.slow_reply && !reply;) {
    reply = answer.slow_reply->step();
    if (reply) wire += reply->wire();
  }
  while (answer.listing) {
    const Result<std::string> lines = answer.listing->next();
    if (!lines) {
      return wire + "broken: " + lines.error().text;
    }
    if (lines.value().empty() && !answer.listing->unfinished()) {
      return wire + ".\r\n";
    }
    wire += lines.value();
  }
  return wire;
}

/// The session's answer to one of its own lines; the line end may be omitted.
template <class AnySession>
Answer answer_to(AnySession&& session, std::string_view line) {  // NOLINT: it lives on
  const std::string whole_line = std::string(line) + (line.ends_with('\n') ? "" : "\r\n");
  Decision decision = session.take(whole_line, 0);
  if (decision.taker != Taker::ours) return Reply::verbatim("not ours: " + whole_line);
  return session.answer(std::move(decision));
}

/// An intact policy that allows `allow` and denies `deny`.
inline policy::Resolution resolution(std::vector<std::string> allow = {"LAST", "HELP"},
                                     std::vector<std::string> deny = {}) {
  policy::Resolution made;
  made.policy.commands.allow = std::move(allow);
  made.policy.commands.deny = std::move(deny);
  return made;
}

}  // namespace pop3_legacy

#endif
