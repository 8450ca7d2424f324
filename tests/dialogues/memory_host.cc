#include <map>
#include <optional>
#include <utility>

#include "plugin/core/policy/resolver.h"
#include "plugin/idn/idn2_domain.h"
#include "shim/memory_maildrop.h"
#include "shim/server_session.h"
#include "tests/dialogues/host_under_test.h"

namespace pop3_legacy::dialogue {

namespace {

constexpr UidValidity first_uidvalidity = 1'700'000'000;
constexpr std::string_view the_password = "secret";

/// The settings of every host that dialogues are played against; see README.md.
Authorization before_login() {
  const auto parsed =
      Authorization::parse({.login_help = "long",
                            .login_capabilities = "X-LAST, LOGIN-DELAY 900 USER",
                            .login_unknown_command = "That command is not known here."});
  if (!parsed) {
    throw Trouble(parsed.error().text);
  }
  return parsed.value();
}

class Documents : public policy::DocumentStore {
 public:
  void set(const std::string& name, std::string text) {
    documents_.insert_or_assign(name, std::move(text));
  }

  [[nodiscard]] Result<std::optional<std::string>> read(std::string_view name) override {
    const auto found = documents_.find(name);
    return found == documents_.end() ? std::optional<std::string>{}
                                     : std::optional<std::string>(found->second);
  }

  [[nodiscard]] std::string location(std::string_view name) const override {
    return std::string(name) + ".toml";
  }

 private:
  std::map<std::string, std::string, std::less<>> documents_;
};

/// Input is processed at once: all output that it causes is there when send() returns.
class MemoryConnection : public Connection {
 public:
  explicit MemoryConnection(shim::Environment environment) : session_(std::move(environment)) {}

  void send(std::string_view octets) override {
    if (!dropped_ && !session_.wants_close()) {
      session_.receive(octets);
      take_all();
    }
  }

  std::string receive() override {
    take_all();
    if (output_.empty() && !dropped_ && !session_.wants_close()) {
      throw Trouble("the host does not answer");
    }
    return std::exchange(output_, {});
  }

  void drop() override {
    take_all();
    session_.connection_lost();
    dropped_ = true;
  }

 private:
  // Takes small pieces, so that long replies must continue where they were interrupted.
  void take_all() {
    constexpr std::size_t piece_octets = 1000;
    for (;;) {
      const std::string piece = session_.take_output(piece_octets);
      if (piece.empty()) {
        session_.output_left();
        return;
      }
      output_ += piece;
    }
  }

  shim::ServerSession session_;
  std::string output_;
  bool dropped_ = false;
};

class MemoryAccount final : public Account {
 public:
  MemoryAccount(std::string label, const std::vector<Message>& mails)
      : label_(std::move(label)), mailbox_(maildrops_.mailbox(user())) {
    mailbox_.change_uidvalidity(first_uidvalidity);
    for (const Message& mail : mails) {
      deliver(mail);
    }
  }

  [[nodiscard]] std::string user() const override { return label_ + '@' + domain(); }
  [[nodiscard]] std::string password() const override { return std::string(the_password); }

  void set_policy(const std::string& toml) override { documents_.set("domains/" + domain(), toml); }

  // The other hosts keep these as files; this host does not.
  void put_file(const std::string& name, const std::string& content) override {
    constexpr std::string_view state_prefix = "dovecot-pop3-legacy-";
    if (name == "courierpop3dsizelist") {
      mailbox_.courier_list() = content.empty() ? std::nullopt : std::optional(content);
    } else if (!name.starts_with(state_prefix)) {
      throw Trouble("in memory there is no file " + name);
    } else if (content.empty()) {
      mailbox_.states().erase(name.substr(state_prefix.size()));
    } else {
      mailbox_.states().insert_or_assign(name.substr(state_prefix.size()), content);
    }
  }

  void make_board(const BoardMailbox& board) override {
    shim::MemoryMailbox& made = maildrops_.make_board(user(), board.name);
    made.change_uidvalidity(first_uidvalidity);
    made.skip_to(static_cast<Uid>(board.maxima + 1 - board.messages.size()));
    for (const Message& message : board.messages) {
      deliver_to(made, message);
    }
  }

  void deliver(const Message& message) override { deliver_to(mailbox_, message); }

  static void deliver_to(shim::MemoryMailbox& mailbox, const Message& message) {
    shim::MemoryMailbox::Message& stored =
        *mailbox.find(mailbox.deliver(message.text, message.seen));
    stored.file_name = file_name(message);
    stored.received = message.received;
  }

  void expunge(std::size_t number) override {
    if (number > mailbox_.messages().size()) {
      throw Trouble("there is no message " + std::to_string(number) + " to expunge");
    }
    mailbox_.expunge(mailbox_.messages()[number - 1].uid);
  }

  void change_uidvalidity() override { mailbox_.change_uidvalidity(mailbox_.uidvalidity() + 1); }

  [[nodiscard]] std::unique_ptr<Connection> connect() override {
    shim::Environment environment;
    environment.maildrops = &maildrops_;
    environment.password_of = [this](std::string_view typed) {
      return typed == user() ? std::optional<std::string>(password()) : std::nullopt;
    };
    environment.policy_of = [this](std::string_view typed) {
      return policy::resolve(&documents_, typed, {}, idn2_domain);
    };
    environment.authorization = before_login();
    environment.submit = [](auto&&...) -> Result<std::unique_ptr<Submission>> {
      return Error{Failure::permanent, "there is no mail server in this memory"};
    };
    return std::make_unique<MemoryConnection>(std::move(environment));
  }

 private:
  [[nodiscard]] std::string domain() const { return label_ + ".test"; }

  std::string label_;
  Documents documents_;
  shim::MemoryMaildrops maildrops_;
  shim::MemoryMailbox& mailbox_;
};

class MemoryHost : public HostUnderTest {
 public:
  [[nodiscard]] std::unique_ptr<Account> fresh_account(const std::string& label,
                                                       const std::vector<Message>& mails) override {
    return std::make_unique<MemoryAccount>(label, mails);
  }
};

}  // namespace

std::unique_ptr<HostUnderTest> memory_host() {
  return std::make_unique<MemoryHost>();
}

}  // namespace pop3_legacy::dialogue
