#include "tests/dialogues/player.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "tests/dialogues/login.h"
#include "tests/dialogues/matcher.h"
#include "tests/dialogues/notation.h"

namespace pop3_legacy::dialogue {

namespace {

/// One session of a dialogue.
class Play {
 public:
  Play(const Dialogue& dialogue, const Session& session, std::string_view host, Mode mode)
      : session_(session), matcher_(dialogue.file, session, host), mode_(mode) {}

  /// Returns what the host sent. Throws Trouble at the first thing that is not as expected.
  std::string run(Account& account) {
    try {
      talk(account);
    } catch (const Trouble& trouble) {
      const std::string what =
          std::string(trouble.what()) + "\nreceived so far: " + shown(received_);
      if (connection_ && connection_->was_reset() &&
          !matcher_.answered(session_.exchanges.size())) {
        throw LostInReset(what);
      }
      throw Trouble(what);
    }
    return std::move(received_);
  }

 private:
  void talk(Account& account) {
    const std::size_t all = session_.exchanges.size();
    const bool at_once = mode_ == Mode::pipelined || mode_ == Mode::with_login;
    const bool behind_login = mode_ == Mode::with_login && session_.logs_in;
    std::optional<std::string> with_login;
    if (behind_login) {
      with_login = session_.client_octets();
    }
    connection_ =
        session_.logs_in ? log_in(account, incoming_, with_login) : greeted(account, incoming_);
    if (session_.logs_in && !session_.begins_with_login()) {
      incoming_->expect_ok("PASS");
    }
    if (at_once && !behind_login) {
      connection_->send(session_.client_octets());
    }
    if (at_once) {
      matcher_.sent(all);
      await(all);
    } else {
      for (std::size_t i = 0; i < all; ++i) {
        matcher_.sent(i + 1);
        send(session_.exchanges[i].octets);
        await(i + 1);
      }
    }
    if (session_.dropped) {
      connection_->drop();
    }
    while (take()) {
    }
    check(matcher_.closed());
  }

  void send(std::string_view octets) {
    const std::size_t piece = mode_ == Mode::split ? 1 : std::max<std::size_t>(1, octets.size());
    for (; !octets.empty(); octets.remove_prefix(piece)) {
      connection_->send(octets.substr(0, piece));
    }
  }

  void await(std::size_t exchanges) {
    while (!matcher_.answered(exchanges)) {
      if (!take()) {
        check(matcher_.closed());
      }
    }
  }

  // False: the host has closed.
  bool take() {
    std::string octets;
    try {
      octets = incoming_->next();
    } catch (const Trouble& trouble) {
      throw Trouble(matcher_.failure(trouble.what()).text);
    }
    received_ += octets;
    check(matcher_.feed(octets));
    return !octets.empty();
  }

  static void check(const Status& status) {
    if (!status) {
      throw Trouble(status.error().text);
    }
  }

  const Session& session_;
  Matcher matcher_;
  Mode mode_;
  std::unique_ptr<Connection> connection_;
  std::optional<Incoming> incoming_;
  std::string received_;
};

struct Happening {
  Account& account;
  bool with_policy;

  void operator()(const Session& /*session*/) const {}
  void operator()(const NewMail& mail) const { account.deliver(mail.message); }
  void operator()(const Expunge& expunge) const { account.expunge(expunge.number); }
  void operator()(const UidvalidityChange& /*change*/) const { account.change_uidvalidity(); }
  void operator()(const NewPolicy& policy) const {
    if (with_policy) {
      account.set_policy(policy.toml);
    }
  }
  // What the plugin remembers counts as a policy.
  void operator()(const NewFile& file) const {
    if (with_policy || !file.name.starts_with("dovecot-pop3-legacy-")) {
      account.put_file(file.name, file.content);
    }
  }
};

/// Removes the user's name, with or without domain: each mode has its own user, and a policy may
/// name the user in replies.
std::string without_user(const std::string& user, std::string text) {
  for (const std::string& name : {user, user.substr(0, user.find('@'))}) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
      text.replace(at, name.size(), "USER");
    }
  }
  return text;
}

Recording play_once(const Dialogue& dialogue, HostUnderTest& host, std::string_view host_name,
                    Mode mode, const std::string& label) {
  const auto account = host.fresh_account(label, dialogue.mails);
  if (dialogue.policy) {
    account->set_policy(*dialogue.policy);
  }
  for (const BoardMailbox& board : dialogue.boards) {
    account->make_board(board);
  }
  Recording recording;
  for (const Step& step : dialogue.steps) {
    if (const auto* const session = std::get_if<Session>(&step)) {
      recording.push_back(
          without_user(account->user(), Play(dialogue, *session, host_name, mode).run(*account)));
    } else {
      happen(step, *account);
    }
  }
  return recording;
}

}  // namespace

Recording play(const Dialogue& dialogue, HostUnderTest& host, std::string_view host_name, Mode mode,
               const std::string& label) {
  for (unsigned attempt = 1;; ++attempt) {
    try {
      return play_once(dialogue, host, host_name, mode, label);
    } catch (const LostInReset&) {
      if (attempt == max_attempts) {
        throw;
      }
    }
  }
}

void happen(const Step& step, Account& account, bool with_policy) {
  std::visit(Happening{account, with_policy}, step);
}

}  // namespace pop3_legacy::dialogue
