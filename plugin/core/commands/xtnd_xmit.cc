#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "plugin/core/base/hasher.h"
#include "plugin/core/base/text.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"
#include "plugin/core/submission/composition.h"
#include "plugin/core/submission/dot_reader.h"
#include "plugin/core/submission/header.h"
#include "plugin/core/submission/ledger.h"

namespace pop3_legacy::commands {

namespace {

using submission::Ledger;

constexpr std::string_view sent_text = "Message sent successfully";
constexpr std::string_view dry_run_text = "Message checked but not sent: this is a dry run";
constexpr std::string_view unknown_text = "Your sending limits cannot be checked at the moment.";
constexpr std::string_view not_noted_text = "The message cannot be sent at the moment.";
constexpr std::string_view too_many_text = "You have sent too many messages; try again later.";
constexpr std::string_view no_digest_text = "Messages cannot be sent at the moment.";
/// The ledger's key for a message whose delivery nobody will ask about.
constexpr std::string_view no_key = "-";
/// The rest of a message is read and discarded up to twice the limit plus this much.
constexpr std::uint64_t patience_octets = std::uint64_t{1} << 20U;

/// `key`, a literal, is in [xmit].
void limit_reached(Session& session, std::string_view key) {
  session.reports().limit_reached(
      "xmit", key, "XTND XMIT is refused: the user has sent as many messages as allowed");
}

/// One message: the header is held in memory until it is complete; the body goes straight to the
/// spool.
class MessageIntake : public Intake {
 public:
  /// `digest`: nullptr if nobody asks whether the message was sent before.
  MessageIntake(Session& session, host::Outbox& outbox, Address user,
                std::unique_ptr<RunningSha256> digest)
      : session_(session),
        environment_(session.environment()),
        outbox_(outbox),
        policy_(session.policy().xmit),
        user_(std::move(user)),
        digest_(std::move(digest)),
        ledger_(session.environment(), session.user_states(), policy_) {}
  MessageIntake(const MessageIntake&) = delete;
  MessageIntake& operator=(const MessageIntake&) = delete;
  MessageIntake(MessageIntake&&) = delete;
  MessageIntake& operator=(MessageIntake&&) = delete;
  // The submission is destroyed before the spool that it reads. Its outcome is then unknown: the
  // client has received no answer and may send the message again.
  ~MessageIntake() override {
    submission_.reset();
    if (state_ == State::waiting) {
      guarded([&] {
        note("the message may not have been sent, and this could not be recorded: ",
             ledger_.withdraw(key_));
      });
    }
  }

  std::size_t take(std::string_view octets) override {
    std::string text;
    const std::size_t taken = reader_.take(octets, text);
    guarded([&] {
      add(text);
      if (reader_.ended()) {
        finish();
      } else if (octets_ > 2 * policy_.max_octets + patience_octets) {
        ends_session_ = true;
        answer("refused", *refusal_);
      }
    });
    return taken;
  }

  [[nodiscard]] State state() const noexcept override { return state_; }
  [[nodiscard]] Reply reply() const override { return *reply_; }
  [[nodiscard]] bool ends_session() const noexcept override { return ends_session_; }
  void when_done(std::function<void()> wake) override { wake_ = std::move(wake); }

 private:
  // An exception means no memory, or worse: the client is told so and may try again.
  template <class Work>
  void guarded(Work&& work) {
    try {
      std::forward<Work>(work)();
    } catch (const std::exception& failure) {
      environment_.log_error(std::string("XTND XMIT: ") + failure.what());
      answer("failed", Reply::temporary_failure("Internal error."));
      ends_session_ = !reader_.ended();
    }
  }

  /// `why`: the MTA's words; by default those of a negative reply.
  void answer(const char* result, Reply reply, std::string_view why = {}) {
    reply_ = std::move(reply);
    state_ = State::done;
    spool_.reset();
    constexpr std::string_view negative = "-ERR ";
    const bool own_words = why.empty() && !reply_->positive();
    report(result, own_words ? without_line_end(reply_->wire()).substr(negative.size()) : why);
  }

  /// As a mail server's log: who to whom, which message, and what became of it.
  void report(const char* result, std::string_view why) {
    constexpr std::size_t names = 5;
    std::string to;
    for (std::size_t i = 0; i < std::min(envelope_.recipients.size(), names); ++i) {
      to += (i == 0 ? " to " : ", ") + submission::shown(envelope_.recipients[i]);
    }
    if (envelope_.recipients.size() > names) {
      to += " and " + std::to_string(envelope_.recipients.size() - names) + " more";
    }
    environment_.report(
        {.text = std::string("XTND XMIT: ") + result + ": from " + submission::shown(user_) + to +
                 (message_id_.empty() ? "" : ", Message-ID " + printable(message_id_)) + ", " +
                 std::to_string(octets_) + " octets" + (why.empty() ? "" : ": " + printable(why)),
         .name = "pop3_legacy_submission_finished",
         .fields = {{"result", result},
                    {"reason", std::string(why)},
                    {"message_id", message_id_},
                    {"recipients", std::uint64_t{envelope_.recipients.size()}},
                    {"octets", octets_}}});
  }

  // Only the first reason counts. Further input is read and discarded.
  void refuse(Reply reply) {
    if (refusal_) return;
    refusal_ = std::move(reply);
    header_ = {};
    spool_.reset();
  }

  void refuse(const Error& failure) {
    environment_.log_error("XTND XMIT: the message cannot be stored: " + failure.text);
    refuse(Reply::temporary_failure("The message cannot be stored at the moment."));
  }

  void add(std::string_view text) {
    octets_ += text.size();
    if (octets_ > policy_.max_octets) {
      refuse(Reply::err("The message is too large: at most " + std::to_string(policy_.max_octets) +
                        " octets are allowed."));
    }
    if (refusal_) return;
    if (digest_) digest_->add(text);
    if (spool_) {
      store(text);
      return;
    }
    const std::size_t known = header_.size();
    header_ += text;
    // Octets already searched are not searched again, except for part of the two line ends.
    const std::size_t end = submission::end_of_header(header_, known < 3 ? 0 : known - 3);
    if (std::min(end, header_.size()) > submission::max_header_octets) {
      refuse(Reply::err("The message header is too large."));
    } else if (end != std::string::npos) {
      begin_spool(end - 2, end);
    }
  }

  void store(std::string_view text) {
    if (const Status stored = spool_->append(text); !stored) refuse(stored.error());
  }

  // The header is the first `header` octets, without its empty line; the body begins at `body`.
  void begin_spool(std::size_t header, std::size_t body) {
    auto composed = submission::compose(std::string_view(header_).substr(0, header), user_,
                                        session_.policy(), environment_);
    if (!composed) {
      refuse(Reply::err(composed.error().text));
      return;
    }
    auto spool = outbox_.open_spool();
    if (!spool) {
      refuse(spool.error());
      return;
    }
    spool_ = std::move(spool.value());
    envelope_ = std::move(composed.value().envelope);
    message_id_ = std::move(composed.value().message_id);
    const std::string rest = std::exchange(header_, {}).substr(body);
    store(composed.value().header + "\r\n" + rest);
  }

  void finish() {
    if (!refusal_ && !spool_) begin_spool(header_.size(), header_.size());
    if (!refusal_) {
      if (const Status stored = spool_->complete(); !stored) refuse(stored.error());
    }
    if (refusal_) {
      answer("refused", *refusal_);
      return;
    }
    if (policy_.dry_run) {
      answer("checked", Reply::ok(dry_run_text));
      return;
    }
    if (!may_be_sent()) return;
    ++session_.messages_submitted();
    state_ = State::waiting;
    auto begun =
        outbox_.submit(*spool_, envelope_, [this](const Outcome& outcome) { settle(outcome); });
    if (!begun) {
      environment_.log_error("XTND XMIT: " + begun.error().text);
      settle({false, Failure::temporary, "The mail server cannot be reached."});
      return;
    }
    if (state_ == State::waiting) submission_ = std::move(begun.value());
    submitting_ = false;
  }

  // False: an answer has already been given.
  bool may_be_sent() {
    if (digest_) {
      const Result<Sha256Digest> digest = digest_->finish();
      if (!digest) {
        environment_.log_error("XTND XMIT: " + digest.error().text);
        answer("failed", Reply::temporary_failure(no_digest_text));
        return false;
      }
      key_ = hex(digest.value());
    }
    const Result<Ledger::Verdict> verdict = ledger_.begin(key_);
    if (!verdict) {
      environment_.log_error("XTND XMIT: the message could not be recorded, so it was not sent: " +
                             verdict.error().text);
      answer("failed", Reply::temporary_failure(not_noted_text));
      return false;
    }
    switch (verdict.value()) {
      case Ledger::Verdict::fresh:
        return true;
      case Ledger::Verdict::sent_before:
        answer("repeated", Reply::ok(sent_text), "it was sent before");
        return false;
      case Ledger::Verdict::under_way:
        answer("refused", Reply::temporary_failure(
                              "The same message is already being sent; try again later."));
        return false;
      case Ledger::Verdict::too_many:
        break;
    }
    limit_reached(session_, "per_hour");
    answer("refused", Reply::temporary_failure(too_many_text));
    return false;
  }

  void settle(const Outcome& outcome) {
    guarded([&] {
      note(outcome.accepted ? "the message was sent, but this could not be recorded: "
                            : "the message was not sent, and this could not be recorded: ",
           outcome.accepted ? ledger_.sent(key_) : ledger_.withdraw(key_));
      if (outcome.accepted) {
        if (!policy_.save_to.empty()) {
          note("the message was sent, but no copy was saved: ",
               outbox_.save_message(*spool_, policy_.save_to));
        }
        answer("sent", Reply::ok(sent_text), outcome.reason);
      } else if (outcome.kind == Failure::temporary) {
        answer("failed", Reply::temporary_failure("The message was not sent: " + outcome.reason),
               outcome.reason);
      } else {
        answer("failed", Reply::err("The message was not sent: " + outcome.reason), outcome.reason);
      }
    });
    // Moved out first, because it may destroy this object.
    if (const auto wake = submitting_ ? nullptr : std::exchange(wake_, nullptr)) wake();
  }

  void note(const char* what, const Status& status) {
    if (!status) environment_.log_error("XTND XMIT: " + (what + status.error().text));
  }

  Session& session_;
  host::Environment& environment_;
  host::Outbox& outbox_;
  const policy::Policy::Xmit& policy_;
  Address user_;
  std::unique_ptr<RunningSha256> digest_;  ///< of the message as the client sent it
  std::string key_{no_key};
  Ledger ledger_;
  submission::DotReader reader_;
  std::uint64_t octets_ = 0;
  std::string header_;  ///< until it is complete
  Envelope envelope_;
  std::string message_id_;
  std::unique_ptr<Spool> spool_;  ///< once the header is complete
  std::optional<Reply> refusal_;
  std::unique_ptr<Submission> submission_;
  bool submitting_ = true;  ///< take() has not returned yet
  State state_ = State::taking;
  std::optional<Reply> reply_;
  bool ends_session_ = false;
  std::function<void()> wake_;
};

/// nullptr: the policy does not ask whether a message was sent before, so OpenSSL is not loaded.
Result<std::unique_ptr<RunningSha256>> begin_digest(Session& session) {
  const policy::Policy::Xmit& policy = session.policy().xmit;
  if (policy.dedup == 0 || policy.dry_run) return std::unique_ptr<RunningSha256>();
  const Result<Hasher*> hasher = session.environment().hasher();
  if (!hasher) return hasher.error();
  return hasher.value()->begin_sha256();
}

}  // namespace

// Whatever can be refused is refused before the client sends the message.
Answer xtnd_xmit(Session& session, std::string_view arguments, host::Outbox& outbox) {
  if (!arguments.empty()) return Reply::err("Too many arguments for the xtnd xmit command.");
  const policy::Policy::Xmit& policy = session.policy().xmit;
  auto user = submission::address_of_user(session.environment());
  if (!user) return Reply::err(user.error().text);
  if (policy.per_session > 0 && session.messages_submitted() >= policy.per_session) {
    limit_reached(session, "per_session");
    return Reply::err("You cannot send more messages in this session.");
  }
  const Result<bool> exhausted =
      Ledger(session.environment(), session.user_states(), policy).exhausted();
  if (!exhausted) {
    session.environment().log_error(
        "XTND XMIT: the user's sending limits cannot be checked, so nothing is sent: " +
        exhausted.error().text);
    return Reply::temporary_failure(unknown_text);
  }
  if (exhausted.value()) {
    limit_reached(session, "per_hour");
    return Reply::temporary_failure(too_many_text);
  }
  auto digest = begin_digest(session);
  if (!digest) {
    session.environment().log_error("XTND XMIT: " + digest.error().text);
    return Reply::temporary_failure(no_digest_text);
  }
  return {Reply::ok("Start sending message."),
          std::make_unique<MessageIntake>(session, outbox, std::move(user.value()),
                                          std::move(digest.value()))};
}

}  // namespace pop3_legacy::commands
