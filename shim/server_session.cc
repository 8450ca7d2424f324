#include "shim/server_session.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <thread>
#include <utility>

#include "plugin/core/base/text.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/session/conversation.h"
#include "plugin/core/session/session.h"
#include "shim/long_answer.h"
#include "shim/replies.h"
#include "shim/transaction.h"

namespace pop3_legacy::shim {

namespace {

constexpr std::size_t max_waiting_input = std::size_t{16} * 1024;
constexpr std::size_t apop_digest_digits = 32;

constexpr std::string_view greeting = "+OK POP3 test host ready.";
/// RFC 1939's APOP digest in lower case; empty if OpenSSL has no MD5 (FIPS).
std::string apop_digest(const std::string& timestamp, const std::string& secret) {
  const std::string hashed = timestamp + secret;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  std::string hex;
  if (EVP_Digest(hashed.data(), hashed.size(), digest.data(), &length, EVP_md5(), nullptr) == 1) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (unsigned i = 0; i < length; ++i) {
      hex += digits[digest.at(i) / 16U];
      hex += digits[digest.at(i) % 16U];
    }
  }
  return hex;
}

bool is_hex(std::string_view text) noexcept {
  return text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

}  // namespace

class ServerSession::Worker final : public Recipient {
 public:
  explicit Worker(Environment environment) : environment_(std::move(environment)) {
    output_ += greeting;
    if (!environment_.apop_timestamp.empty()) {
      output_.append(" ").append(environment_.apop_timestamp);
    }
    output_ += "\r\n";
  }

  void receive(std::string_view octets) {
    if (over_ || octets.empty()) {
      return;
    }
    input_.erase(0, std::exchange(consumed_, 0));
    input_ += octets;
    advance();
  }

  [[nodiscard]] bool wants_input() const noexcept {
    return !over_ && input_.size() - consumed_ < max_waiting_input;
  }

  std::string take_output(std::size_t at_most, std::size_t unread) {
    advance();
    std::string piece = output_.substr(0, at_most);
    output_.erase(0, piece.size());
    if (over_ && all_taken()) {
      connection_lost();
    }
    if (transaction_ && !piece.empty() && transaction_->core().awaits_departure()) {
      transaction_->core().leaving(input().size() - host_lines_ + unread);
    }
    return piece;
  }

  void output_left() {
    if (transaction_ && all_taken()) {
      transaction_->core().all_left();
    }
  }

  [[nodiscard]] bool waits() const noexcept {
    return conversation_ && conversation_->state() == Conversation::State::waiting;
  }

  [[nodiscard]] bool waits_for_client_only() const noexcept {
    return waits() && conversation_->waits_for_client_only();
  }

  [[nodiscard]] bool has_input() const noexcept { return !input().empty(); }

  [[nodiscard]] bool wants_close() const noexcept { return over_; }

  void connection_lost() {
    end();
    if (transaction_) {
      transaction_->drop();
    }
  }

  // --- for the conversation ---

  void reply(const Reply& reply, bool client_erred) override { send(reply.wire(), client_erred); }
  void lines(std::string_view lines) override { output_ += lines; }
  void end(const char* /*why*/) override { end(); }
  [[nodiscard]] bool over() const override { return over_; }
  void wake() override {
    if (environment_.wake) {
      environment_.wake();
    }
  }
  void answered(const Command& /*command*/, bool /*positive*/) override {}

 private:
  [[nodiscard]] bool all_taken() const noexcept {
    return !long_answer_ && output_.empty() &&
           !(conversation_ && conversation_->state() == Conversation::State::answering);
  }

  /// Does what the available input and the room for output allow.
  void advance() {
    while (!over_ && output_.size() < max_pending_output && step()) {
    }
  }

  /// False: nothing can be done before more input arrives.
  bool step() {
    if (long_answer_) {
      continue_long_answer();
      return true;
    }
    if (conversation_ && conversation_->state() != Conversation::State::idle) {
      return go_on();
    }
    if (host_lines_ == 0 && transaction_ && !front_line_too_long()) {
      Decision decision = transaction_->core().take(input(), given_);
      if (decision.taker == Taker::later) {
        std::this_thread::sleep_for(decision.pause);
        return true;
      }
      if (decision.taker == Taker::ours) {
        consume(decision.octets);
        conversation_->answer(std::move(decision));
        return true;
      }
      host_lines_ = decision.octets;
      if (!decision.rewritten.empty()) {
        input_.replace(consumed_, decision.octets, decision.rewritten);
        host_lines_ = decision.rewritten.size();
      }
      given_ += host_lines_;
    }
    if (front_line_too_long()) {
      output_ += err("Input line too long.");
      end();
      return true;
    }
    const auto line_feed = input().find('\n');
    if (line_feed == std::string_view::npos) {
      return false;
    }
    execute(line_feed + 1);
    return true;
  }

  void continue_long_answer() {
    const std::size_t before = output_.size();
    const auto progress = long_answer_->advance(output_);
    long_answer_octets_ += output_.size() - before;
    if (!progress) {
      // The reply has begun, so only the missing lone dot can still tell the client.
      log(progress.error().text);
      end();
    } else if (progress.value() == LongAnswer::Progress::complete) {
      long_answer_.reset();
      transaction_->long_answer_sent(std::exchange(long_answer_octets_, 0));
      transaction_->core().executed(executed_);
    }
  }

  bool go_on() {
    switch (conversation_->state()) {
      case Conversation::State::answering:
        conversation_->step();
        return true;
      case Conversation::State::taking:
        if (!input().empty()) {
          consume(conversation_->take(input()));
          return true;
        }
        return false;
      default:
        return false;
    }
  }

  /// Executes a line of `octets`, line end included, at the front of the input.
  void execute(std::size_t octets) {
    std::string_view line = input().substr(0, octets - 1);
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (!transaction_) {
      const std::string reply = authorize(line.substr(0, line.find('\0')));
      consume(octets);
      send(reply);
      return;
    }
    transaction_->core().begins(executed_ + octets);
    const std::string reply = in_policys_words(transaction_->execute(line));
    consume(octets);
    host_lines_ -= octets;
    executed_ += octets;
    long_answer_ = transaction_->take_long_answer();
    over_ = transaction_->over();
    send(reply);
    if (!over_ && !long_answer_) {
      transaction_->core().executed(executed_);
    }
  }

  /// The same reply, with its first line worded by the policy.
  std::string in_policys_words(const std::string& reply) {
    const std::size_t end = reply.find("\r\n");
    return transaction_->core().reworded(std::string_view(reply).substr(0, end)) +
           reply.substr(end);
  }

  void send(const std::string& reply, bool client_erred = true) {
    output_ += reply;
    bad_commands_ = reply.starts_with('+') ? 0 : bad_commands_ + (client_erred ? 1 : 0);
    if (bad_commands_ > max_bad_commands && !over_) {
      output_ += err("Too many bad commands.");
      end();
    }
  }

  /// The session is over for the client. The maildrop is told once the output has left, because it
  /// matters what was delivered.
  void end() {
    over_ = true;
    long_answer_.reset();
    if (conversation_) {
      conversation_->drop();
    }
  }

  // --- the AUTHORIZATION state ---

  std::string authorize(std::string_view line) {
    const std::string_view verb = line.substr(0, line.find(' '));
    // Only one space is skipped: a password may begin with a space.
    const std::string_view argument = line.substr(std::min(verb.size() + 1, line.size()));
    if (equals_ignoring_case(verb, "USER")) {
      user_ = argument;
      return std::string(ok);
    }
    if (equals_ignoring_case(verb, "PASS")) {
      return pass(argument);
    }
    if (equals_ignoring_case(verb, "APOP")) {
      return apop(argument);
    }
    const Authorization& authorization = environment_.authorization;
    if (equals_ignoring_case(verb, "CAPA")) {
      return authorization.capa(capabilities).wire();
    }
    if (equals_ignoring_case(verb, "HELP") && authorization.has_help()) {
      return authorization
          .help({.password = true, .apop = !environment_.apop_timestamp.empty()},
                parse_command_line(line).arguments)
          .wire();
    }
    if (equals_ignoring_case(verb, "QUIT")) {
      over_ = true;  // the reply is still sent
      return "+OK Logging out\r\n";
    }
    const auto unknown = authorization.unknown_command();
    return unknown ? unknown->wire() : err("Unknown command.");
  }

  std::string pass(std::string_view password) {
    if (!user_) {
      return err("No username given.");
    }
    const std::string user = *std::exchange(user_, std::nullopt);
    const auto right = environment_.password_of(user);
    return right && *right == password ? log_in(user) : err("[AUTH] Authentication failed.");
  }

  std::string apop(std::string_view arguments) {
    if (environment_.apop_timestamp.empty()) {
      return err("APOP not enabled.");
    }
    const auto space = arguments.find(' ');
    if (space == std::string_view::npos || arguments.size() - space - 1 != apop_digest_digits) {
      return err("Invalid parameters.");
    }
    const std::string_view digest = arguments.substr(space + 1);
    if (!is_hex(digest)) {
      return err("Invalid characters in MD5 response.");
    }
    const std::string user(arguments.substr(0, space));
    const auto secret = environment_.password_of(user);
    return secret && equals_ignoring_case(apop_digest(environment_.apop_timestamp, *secret), digest)
               ? log_in(user)
               : err("[AUTH] Authentication failed.");
  }

  std::string log_in(const std::string& user) {
    who_ = "user " + user + ": ";
    auto opened = environment_.maildrops->open(user);
    if (!opened) {
      log(opened.error().text);
      return storage_error(opened.error());
    }
    policy::Resolution resolution =
        environment_.policy_of ? environment_.policy_of(user) : policy::Resolution{};
    for (const std::string& problem : resolution.problems) {
      log(problem);
    }
    transaction_ = std::make_unique<Transaction>(
        std::move(opened.value()), user, std::move(resolution), environment_,
        [this](std::string_view sentence) { log(sentence); });
    conversation_.emplace(transaction_->core(), *this);
    const LoginReply reply = transaction_->core().logged_in("+OK Logged in.");
    if (reply.refused) {
      end();
    }
    return reply.line + "\r\n";
  }

  void log(std::string_view sentence) const {
    if (environment_.log) {
      std::string line = who_ + std::string(sentence);
      std::replace_if(
          line.begin(), line.end(), [](char c) { return c >= '\0' && c < ' '; }, '?');
      environment_.log(line);
    }
  }

  // --- the input ---

  [[nodiscard]] std::string_view input() const noexcept {
    return std::string_view(input_).substr(consumed_);
  }
  void consume(std::size_t octets) noexcept { consumed_ += octets; }
  [[nodiscard]] bool front_line_too_long() const noexcept {
    return input().size() > max_line_octets &&
           input().substr(0, max_line_octets).find('\n') == std::string_view::npos;
  }

  Environment environment_;
  std::string who_;
  std::string input_;
  std::size_t consumed_ = 0;  ///< octets at the front of input_
  std::string output_;
  unsigned bad_commands_ = 0;
  bool over_ = false;

  std::optional<std::string> user_;  ///< from USER
  std::unique_ptr<Transaction> transaction_;
  std::optional<Conversation> conversation_;  ///< with the transaction
  std::unique_ptr<LongAnswer> long_answer_;
  std::uint64_t long_answer_octets_ = 0;
  std::size_t host_lines_ = 0;  ///< octets at the front of the input that the core left to us
  std::uint64_t given_ = 0;     ///< octets that the core has left to us so far
  std::uint64_t executed_ = 0;  ///< of these, up to the last command begun
};

ServerSession::ServerSession(Environment environment)
    : worker_(std::make_unique<Worker>(std::move(environment))) {}

ServerSession::~ServerSession() = default;

void ServerSession::receive(std::string_view octets) {
  worker_->receive(octets);
}

bool ServerSession::wants_input() const noexcept {
  return worker_->wants_input();
}

std::string ServerSession::take_output(std::size_t at_most, std::size_t unread) {
  return worker_->take_output(at_most, unread);
}

void ServerSession::output_left() {
  worker_->output_left();
}

bool ServerSession::waits() const noexcept {
  return worker_->waits();
}

bool ServerSession::waits_for_client_only() const noexcept {
  return worker_->waits_for_client_only();
}

bool ServerSession::has_input() const noexcept {
  return worker_->has_input();
}

bool ServerSession::wants_close() const noexcept {
  return worker_->wants_close();
}

void ServerSession::connection_lost() {
  worker_->connection_lost();
}

}  // namespace pop3_legacy::shim
