/// Plays dialogue files against a host: one test for each file and mode, all of a host's in
/// one suite. README.md beside this file says how to call it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <span>
#include <utility>

#include "plugin/core/number.h"
#include "tests/dialogues/dialogue.h"
#include "tests/dialogues/host_under_test.h"

namespace pop3_legacy::dialogue {

namespace {

constexpr std::string_view usage =
    "run_dialogues --host memory FILE...\n"
    "run_dialogues --host NAME --port PORT --homes DIR --policies DIR --owner UID:GID\n"
    "              [--password PASSWORD] [--deadline SECONDS] FILE...\n"
    "run_dialogues --compare PORT_A PORT_B --homes DIR --owner UID:GID [--policies DIR]\n"
    "              [--password PASSWORD] [--deadline SECONDS] FILE...\n"
    "NAME is standalone, dovecot-2.3 or dovecot-2.4. GoogleTest's options work too.\n";

constexpr std::size_t max_label_octets = 63;
/// A dialogue that lost something in a reset is played again, from its beginning.
constexpr unsigned max_attempts = 15;

// --- playing a dialogue ---

/// What the host sent in each session, from behind the login.
using Recording = std::vector<std::string>;

/// The octets from the host, where login needs them by lines.
class Incoming {
 public:
  explicit Incoming(Connection& connection) : connection_(connection) {}

  /// A "+OK" line; `what` brought it about.
  void expect_ok(std::string_view what) {
    std::size_t end = 0;
    while ((end = octets_.find('\n')) == std::string::npos) {
      std::string more = connection_.receive();
      if (more.empty()) {
        throw Trouble("the host closed the connection instead of answering " + std::string(what));
      }
      octets_ += more;
    }
    const std::string line = octets_.substr(0, end + 1);
    octets_.erase(0, end + 1);
    if (!line.starts_with("+OK") || !line.ends_with("\r\n")) {
      throw Trouble("the host answered " + shown(line) + " to " + std::string(what));
    }
  }

  /// Empty: the host has closed.
  std::string next() {
    return octets_.empty() ? connection_.receive() : std::exchange(octets_, {});
  }

 private:
  Connection& connection_;
  std::string octets_;
};

std::unique_ptr<Connection> greeted(Account& account, std::optional<Incoming>& incoming) {
  auto connection = account.connect();
  incoming.emplace(*connection);
  incoming->expect_ok("the connection");
  return connection;
}

/// Connects and logs in, up to the reply to PASS; what follows PASS in the same packet is
/// `with_it`.
std::unique_ptr<Connection> log_in(Account& account, std::optional<Incoming>& incoming,
                                   const std::optional<std::string>& with_it) {
  auto connection = greeted(account, incoming);
  const std::string user = "USER " + account.user() + "\r\n";
  const std::string pass = "PASS " + account.password() + "\r\n";
  if (with_it) {
    connection->send(user + pass + *with_it);
  } else {
    connection->send(user);
  }
  incoming->expect_ok("USER");
  if (!with_it) {
    connection->send(pass);
  }
  return connection;
}

/// One session of a dialogue.
class Play {
 public:
  Play(const Dialogue& dialogue, const Session& session, std::string_view host, Mode mode)
      : session_(session), matcher_(dialogue.file, session, host), mode_(mode) {}

  /// What the host sent. Throws Trouble at the first thing that is not as expected.
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

/// What happens between two sessions.
struct Happening {
  Account& account;
  bool with_policy = true;

  void operator()(const Session& /*session*/) const {}
  void operator()(const NewMail& mail) const { account.deliver(mail.message); }
  void operator()(const Expunge& expunge) const { account.expunge(expunge.number); }
  void operator()(const UidvalidityChange& /*change*/) const { account.change_uidvalidity(); }
  void operator()(const NewPolicy& policy) const {
    if (with_policy) {
      account.set_policy(policy.toml);
    }
  }
  // What the plugin remembers is a policy, too.
  void operator()(const NewFile& file) const {
    if (with_policy || !file.name.starts_with("dovecot-pop3-legacy-")) {
      account.put_file(file.name, file.content);
    }
  }
};

std::string slug_of(const Dialogue& dialogue) {
  return std::filesystem::path(dialogue.file).stem().string();
}

/// A DNS label, as it is in the user's name.
std::string label_of(const Dialogue& dialogue, std::string_view addition) {
  std::string label = slug_of(dialogue) + '-' + std::string(addition);
  std::replace(label.begin(), label.end(), '_', '-');
  return label;
}

/// Each mode has a user of its own, whom a policy may name in replies, with the domain or without.
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
      std::visit(Happening{*account}, step);
    }
  }
  return recording;
}

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

/// Where `a` and `b` differ; empty if they do not.
std::string difference(std::string_view a, std::string_view b) {
  if (a == b) {
    return {};
  }
  const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto offset = static_cast<std::size_t>(in_a - a.begin());
  const auto line = a.substr(0, offset).rfind('\n') + 1;
  return "at octet " + std::to_string(offset) + ":\n  " + shown(a.substr(line)) + "\n  " +
         shown(b.substr(line));
}

void expect_equal(const Recording& expected, const Recording& got, const std::string& what) {
  ASSERT_EQ(expected.size(), got.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::string differs = difference(expected[i], got[i]);
    EXPECT_TRUE(differs.empty()) << what << ", session " << i + 1 << ' ' << differs;
  }
}

// --- the tests ---

/// What all tests of a run share.
struct Plan {
  std::string host_name;
  std::unique_ptr<HostUnderTest> host;
  std::unique_ptr<HostUnderTest> other;  ///< with --compare
  bool write_policies = true;
  std::vector<Dialogue> dialogues;
  std::map<const Dialogue*, Recording> in_line_mode;
};

class DialogueTest : public testing::Test {
 public:
  DialogueTest(Plan& plan, const Dialogue& dialogue, Mode mode)
      : plan_(plan), dialogue_(dialogue), mode_(mode) {}

  void TestBody() override {
    try {
      play_and_compare();
    } catch (const std::exception& failure) {
      FAIL() << failure.what();
    }
  }

 private:
  void play_and_compare() {
    if (mode_ == Mode::line) {
      in_line_mode(label_of(dialogue_, name_of(Mode::line)));
      return;
    }
    const auto recording =
        play(dialogue_, *plan_.host, plan_.host_name, mode_, label_of(dialogue_, name_of(mode_)));
    // Of its own, so that tests may run beside each other in several processes.
    const auto& reference =
        in_line_mode(label_of(dialogue_, std::string(name_of(mode_)) + "-line"));
    expect_equal(reference, recording,
                 "line by line and in mode " + std::string(name_of(mode_)) +
                     " the host answers differently");
  }

  const Recording& in_line_mode(const std::string& label) {
    const auto known = plan_.in_line_mode.find(&dialogue_);
    if (known != plan_.in_line_mode.end()) {
      return known->second;
    }
    return plan_.in_line_mode
        .emplace(&dialogue_, play(dialogue_, *plan_.host, plan_.host_name, Mode::line, label))
        .first->second;
  }

  Plan& plan_;
  const Dialogue& dialogue_;
  Mode mode_;
};

/// The client's side of a dialogue, whatever the answers are; both hosts give the same ones.
class ComparisonTest : public testing::Test {
 public:
  ComparisonTest(Plan& plan, const Dialogue& dialogue) : plan_(plan), dialogue_(dialogue) {}

  void TestBody() override {
    try {
      std::vector<Recording> ones;
      std::vector<Recording> others;
      do {
        reset_ = false;
        ones.push_back(record(*plan_.host, "a"));
        others.push_back(record(*plan_.other, "b"));
      } while (reset_ && ones.size() < max_attempts && !each_session_agrees_once(ones, others));
      if (each_session_agrees_once(ones, others)) {
        return;
      }
      expect_equal(ones.back(), others.back(), "the hosts differ");
    } catch (const std::exception& failure) {
      FAIL() << failure.what();
    }
  }

 private:
  // A reset takes the end of an answer with it, sometimes on the one side, sometimes on the other:
  // then any two equal answers will do.
  static bool each_session_agrees_once(const std::vector<Recording>& ones,
                                       const std::vector<Recording>& others) {
    for (std::size_t session = 0; session < ones.front().size(); ++session) {
      const bool agrees = std::any_of(ones.begin(), ones.end(), [&](const Recording& one) {
        return std::any_of(others.begin(), others.end(),
                           [&](const Recording& other) { return one[session] == other[session]; });
      });
      if (!agrees) {
        return false;
      }
    }
    return true;
  }

  Recording record(HostUnderTest& host, std::string_view which) {
    const auto account = host.fresh_account(label_of(dialogue_, which), dialogue_.mails);
    if (plan_.write_policies) {
      account->set_policy("[commands]\nallow = []\n");
    }
    Recording recording;
    for (const Step& step : dialogue_.steps) {
      if (const auto* const session = std::get_if<Session>(&step)) {
        recording.push_back(converse(*account, session->client_octets(), session->logs_in));
      } else {
        std::visit(Happening{*account, false}, step);
      }
    }
    return recording;
  }

  std::string converse(Account& account, std::string octets, bool logs_in) {
    if (!octets.ends_with("QUIT\r\n")) {
      octets += "QUIT\r\n";
    }
    std::optional<Incoming> incoming;
    const auto connection =
        logs_in ? log_in(account, incoming, std::nullopt) : greeted(account, incoming);
    if (logs_in) {
      incoming->expect_ok("PASS");
    }
    connection->send(octets);
    std::string received;
    for (;;) {
      const std::string more = incoming->next();
      if (more.empty()) {
        reset_ = reset_ || connection->was_reset();
        return received;
      }
      received += more;
    }
  }

  Plan& plan_;
  const Dialogue& dialogue_;
  bool reset_ = false;  ///< one of the connections was
};

/// As GoogleTest's filters and CTest can take it.
std::string test_name(std::string_view text) {
  std::string name(text);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

template <class Make>
void register_test([[maybe_unused]] const std::string& suite,
                   [[maybe_unused]] const std::string& name,
                   [[maybe_unused]] const Dialogue& dialogue, [[maybe_unused]] Make make) {
#ifndef __clang_analyzer__  // which takes what GoogleTest keeps for a leak
  testing::RegisterTest(suite.c_str(), name.c_str(), nullptr, nullptr, dialogue.file.c_str(), 1,
                        [make]() -> testing::Test* { return make().release(); });
#endif
}

void register_tests(Plan& plan) {
  const std::string suite = plan.other ? "compare" : test_name(plan.host_name);
  for (const Dialogue& dialogue : plan.dialogues) {
    const std::string name = test_name(slug_of(dialogue));
    if (plan.other) {
      if (!dialogue.compared) continue;
      register_test(suite, name, dialogue, [&plan, &dialogue] {
        return std::make_unique<ComparisonTest>(plan, dialogue);
      });
      continue;
    }
    for (const Mode mode : modes) {
      if (dialogue.plays_in(mode)) {
        register_test(suite, name + '/' + std::string(name_of(mode)), dialogue,
                      [&plan, &dialogue, mode] {
                        return std::make_unique<DialogueTest>(plan, dialogue, mode);
                      });
      }
    }
  }
}

// --- the command line ---

class CommandLine {
 public:
  explicit CommandLine(std::span<char* const> arguments)
      : arguments_(arguments.begin(), arguments.end()) {}

  /// False, after a message: it makes no sense.
  bool read(Plan& plan) {
    try {
      while (!arguments_.empty()) {
        take(plan);
      }
      finish(plan);
      return true;
    } catch (const Trouble& trouble) {
      std::cerr << "run_dialogues: " << trouble.what() << '\n' << usage;
      return false;
    }
  }

 private:
  void take(Plan& plan) {
    const std::string_view option = next("");
    if (option == "--host") {
      plan.host_name = next(option);
    } else if (option == "--port") {
      options_.port = number<std::uint16_t>(next(option));
    } else if (option == "--compare") {
      options_.port = number<std::uint16_t>(next(option));
      other_port_ = number<std::uint16_t>(next(option));
    } else if (option == "--homes") {
      options_.homes = next(option);
    } else if (option == "--policies") {
      options_.policies = next(option);
    } else if (option == "--owner") {
      const std::string_view owner = next(option);
      const auto colon = std::min(owner.find(':'), owner.size() - 1);
      options_.owner = number<uid_t>(owner.substr(0, colon));
      options_.group = number<gid_t>(owner.substr(colon + 1));
    } else if (option == "--password") {
      options_.password = next(option);
    } else if (option == "--deadline") {
      options_.deadline = std::chrono::seconds(number<unsigned>(next(option)));
    } else if (option.starts_with('-')) {
      throw Trouble("there is no option " + std::string(option));
    } else {
      add_dialogue(plan, std::string(option));
    }
  }

  void finish(Plan& plan) const {
    if (plan.dialogues.empty()) {
      throw Trouble("no dialogues");
    }
    if (other_port_) {
      if (!plan.host_name.empty() || options_.homes.empty()) {
        throw Trouble("--compare needs --homes and goes without --host");
      }
      TcpOptions other = options_;
      other.port = *other_port_;
      plan.write_policies = !options_.policies.empty();
      plan.host = tcp_host(options_);
      plan.other = tcp_host(other);
      return;
    }
    if (std::find(host_names.begin(), host_names.end(), plan.host_name) == host_names.end()) {
      throw Trouble("there is no host \"" + plan.host_name + '"');
    }
    if (plan.host_name == "memory") {
      plan.host = memory_host();
    } else if (options_.port == 0 || options_.homes.empty()) {
      throw Trouble("--port and --homes are needed");
    } else {
      plan.host = tcp_host(options_);
    }
  }

  static void add_dialogue(Plan& plan, const std::string& path) {
    auto dialogue = read_dialogue(path);
    if (!dialogue) {
      throw Trouble(dialogue.error().text);
    }
    const std::string slug = slug_of(dialogue.value());
    const bool plain = std::all_of(slug.begin(), slug.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    // The longest addition to it is "-with-login-line".
    if (!plain || slug.starts_with('-') || slug.size() + 16 > max_label_octets) {
      throw Trouble(path + ": the name has to be a short DNS label in lower case");
    }
    plan.dialogues.push_back(std::move(dialogue.value()));
  }

  std::string_view next(std::string_view option) {
    if (arguments_.empty()) {
      throw Trouble(std::string(option) + " needs a value");
    }
    const std::string_view argument = arguments_.front();
    arguments_.erase(arguments_.begin());
    return argument;
  }

  template <class Number>
  static Number number(std::string_view text) {
    const auto value = whole_number<Number>(text);
    if (!value) throw Trouble('"' + std::string(text) + "\" is not a number, or too large");
    return *value;
  }

  std::vector<std::string_view> arguments_;
  TcpOptions options_;
  std::optional<std::uint16_t> other_port_;
};

}  // namespace

}  // namespace pop3_legacy::dialogue

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  pop3_legacy::dialogue::Plan plan;
  const auto arguments = std::span<char* const>(argv, static_cast<std::size_t>(argc)).subspan(1);
  if (!pop3_legacy::dialogue::CommandLine(arguments).read(plan)) {
    return EXIT_FAILURE;
  }
  pop3_legacy::dialogue::register_tests(plan);
  return RUN_ALL_TESTS();
}
