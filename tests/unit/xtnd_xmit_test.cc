#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "plugin/core/session/session.h"
#include "plugin/core/submission/address_list.h"
#include "plugin/core/submission/composition.h"
#include "plugin/core/submission/dot_reader.h"
#include "plugin/core/submission/header.h"
#include "plugin/core/submission/ledger.h"
#include "plugin/hash/openssl_hasher.h"
#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

using namespace std::string_view_literals;
using submission::count_addresses;
using submission::DotReader;

class MemorySpool : public Spool {
 public:
  MemorySpool(const std::optional<Error>& error, const std::optional<Error>& complete_error)
      : error_(error), complete_error_(complete_error) {}
  Status append(std::string_view octets) override {
    if (error_) return *error_;
    text += octets;
    return Done{};
  }

  Status complete() override { return complete_error_ ? Status(*complete_error_) : Status(Done{}); }

  std::string text;

 private:
  const std::optional<Error>& error_;
  const std::optional<Error>& complete_error_;
};

/// Its addresses are "local@domain" separated by commas, and its MTA answers when told to.
class MailPort : public FakeHost {
 public:
  [[nodiscard]] std::int64_t now() const override { return time; }
  [[nodiscard]] std::string user_name() const override { return user; }
  Result<Hasher*> hasher() override {
    hashed = true;
    if (hasher_error) return *hasher_error;
    return hasher_.get();
  }
  [[nodiscard]] std::string host_name() const override { return "host.example"; }
  [[nodiscard]] std::string process() const override { return process_name; }
  [[nodiscard]] std::optional<bool> is_running(std::string_view process) const override {
    const auto known = processes.find(std::string(process));
    return known == processes.end() ? std::nullopt : std::optional(known->second);
  }
  Result<std::vector<Address>> parse_addresses(std::string_view value,
                                               std::size_t at_most) override {
    std::vector<Address> found;
    while (found.size() < at_most && !value.empty()) {
      std::string_view one = value.substr(0, value.find(','));
      value.remove_prefix(std::min(one.size() + 1, value.size()));
      one = one.substr(one.find_first_not_of(" \t"));
      const auto at = one.find('@');
      found.push_back({std::string(one.substr(0, at)),
                       std::string(at == std::string_view::npos ? "" : one.substr(at + 1))});
    }
    return found;
  }
  Result<std::unique_ptr<Spool>> open_spool() override {
    return std::unique_ptr<Spool>(std::make_unique<MemorySpool>(spool_error, complete_error));
  }
  Result<std::unique_ptr<Submission>> submit(Spool& spool, const Envelope& envelope,
                                             std::function<void(Outcome)> done) override {
    if (submit_error) return *submit_error;
    sent.push_back(static_cast<MemorySpool&>(spool).text);
    envelopes.push_back(envelope);
    if (answer_at_once) {
      done(*answer_at_once);
    } else {
      pending = std::move(done);
    }
    return std::make_unique<Submission>();
  }
  Status save_message(Spool& spool, std::string_view mailbox) override {
    saved.emplace_back(mailbox);
    EXPECT_FALSE(static_cast<MemorySpool&>(spool).text.empty());
    return Error{Failure::temporary, "no room"};
  }

  std::int64_t time = 1'700'000'000;
  std::string user = "anna@example.org";
  std::string process_name = "first";
  std::map<std::string, bool> processes{{"first", true}};
  std::optional<Error> spool_error;
  std::optional<Error> complete_error;
  std::optional<Error> hasher_error;
  bool hashed = false;
  std::optional<Error> submit_error;
  std::optional<Outcome> answer_at_once = Outcome{.accepted = true, .reason = {}};
  std::function<void(Outcome)> pending;
  std::vector<std::string> sent;
  std::vector<Envelope> envelopes;
  std::vector<std::string> saved;

 private:
  std::unique_ptr<Hasher> hasher_ = openssl_hasher();
};

struct Client {
  explicit Client(MailPort& on, policy::Policy::Xmit xmit = {})
      : session(on, [&] {
          auto made = resolution({"XTND XMIT"});
          made.policy.xmit = std::move(xmit);
          return made;
        }()) {}

  /// The second reply, or the first if that refuses; empty while the intake is not done.
  std::string send(std::string_view message) {
    Answer answer = answer_to(session, "XTND XMIT\r\n");
    if (!answer.intake) return answer.reply.wire();
    EXPECT_EQ(answer.reply.wire(), "+OK Start sending message.\r\n");
    intake = std::move(answer.intake);
    const std::string wire = std::string(message) + ".\r\nSTAT\r\n";
    EXPECT_EQ(intake->take(wire), wire.size() - 6);
    return reply();
  }
  [[nodiscard]] std::string reply() const {
    return intake->state() == Intake::State::done ? intake->reply().wire() : "";
  }

  Session session;
  std::unique_ptr<Intake> intake;
};

constexpr std::string_view message =
    "From: anna@example.org\r\nTo: bob@remote.example\r\nDate: x\r\nMessage-ID: "
    "<1@x>\r\n\r\nHi\r\n";
constexpr std::string_view taken = "+OK Message sent successfully\r\n";

// --- dots ---

TEST(DotReader, ReadsTheSameHoweverItIsCut) {
  const std::string wire = "a\r\n..b\r\n.c\r\n\r\n...\r\nx\ry\n..\n.\r.\r\r\n\r\n.\r\nSTAT\r\n";
  const std::string expected = "a\r\n.b\r\nc\r\n\r\n..\r\nx\r\ny\r\n.\r\n\r\n.\r\n\r\n\r\n";
  const std::size_t end = wire.find("STAT");
  for (std::size_t first = 0; first <= end; ++first) {
    for (std::size_t second = first; second <= end; ++second) {
      DotReader reader;
      std::string text;
      EXPECT_EQ(reader.take(std::string_view(wire).substr(0, first), text), first);
      EXPECT_EQ(reader.take(std::string_view(wire).substr(first, second - first), text),
                second - first);
      EXPECT_EQ(reader.ended(), second == end);
      reader.take(std::string_view(wire).substr(second), text);
      ASSERT_EQ(text, expected) << first << ' ' << second;
      EXPECT_TRUE(reader.ended());
    }
  }
}

TEST(DotReader, LeavesWhatIsBehindTheEnd) {
  for (const std::string_view wire : {".\r\nQUIT\r\n", ".\nQUIT\r\n", "\r\n.\r\nQUIT\r\n"}) {
    DotReader reader;
    std::string text;
    EXPECT_EQ(reader.take(wire, text), wire.size() - 6);
    EXPECT_TRUE(reader.ended());
  }
}

// --- addresses ---

TEST(AddressList, CountsWhatIsOne) {
  const std::vector<std::pair<std::string_view, std::size_t>> lists = {
      {"", 0},
      {" a@b.c", 1},
      {"a@b.c, d@e.f", 2},
      {R"(Anna <a@b.c>, "C, D" <c.d@e.f> (x (y) \) z))", 2},
      {"Friends: a@b.c, x <d@e.f>;, g@h.i", 3},
      {"undisclosed-recipients:;", 0},
      {"a@b.c,, d@e.f,", 2},
      {"<@r.s,@t.u:a@b.c>", 1},
      {"a@[127.0.0.1]", 1},
      {"bob", 1},
      {"J. R. \xc3\xa4 Hacker <j@b.c>", 1},
      {"\"a b\"@c.d", 1},
      {"=?utf-8?q?x?= <a@b.c>", 1},
  };
  for (const auto& [list, count] : lists) EXPECT_EQ(count_addresses(list), count) << list;
}

TEST(AddressList, RefusesEverythingElse) {
  for (const std::string_view list : {"a@b.c>, <x@evil.example"sv,
                                      "a@b c"sv,
                                      "a@b@c"sv,
                                      "<>"sv,
                                      "a@b.c x@y.z"sv,
                                      "a@"sv,
                                      "@b"sv,
                                      "a..b@c"sv,
                                      R"("a)"sv,
                                      "(x"sv,
                                      "a@b.c;"sv,
                                      "g: h: a@b;;"sv,
                                      "g: a@b"sv,
                                      "<a@b.c"sv,
                                      "a@b.c (x)) y"sv,
                                      "a\x01@b.c"sv,
                                      "a@b.c\0x"sv,
                                      R"(a@b\.c)"sv,
                                      "x@y <a@b.c>"sv,
                                      "[x] <a@b>"sv}) {
    EXPECT_EQ(count_addresses(list), std::nullopt) << list;
  }
}

// --- headers ---

TEST(Header, IsTakenApartAtItsFields) {
  const auto fields = submission::split_header("To: a,\r\n\tb\r\nSubject : x\r\nEmpty:\r\n");
  ASSERT_TRUE(fields.ok());
  ASSERT_EQ(fields.value().size(), 3U);
  EXPECT_TRUE(fields.value()[0].is("to"));
  EXPECT_EQ(fields.value()[0].value(), " a,\tb");
  EXPECT_EQ(fields.value()[0].lines, "To: a,\r\n\tb\r\n");
  EXPECT_EQ(fields.value()[1].name, "Subject");
  EXPECT_EQ(fields.value()[2].value(), "");
}

TEST(Header, WhatTwoReadersMightSeeDifferentlyIsNone) {
  for (const std::string_view header :
       {" To: a\r\n"sv, "To\r\n"sv, "To: a\rFrom: b\r\n"sv, "To: a\0\r\n"sv, ": a\r\n"sv,
        "To a: b\r\n"sv, "From a@b Mon\r\n"sv, "T\xc3\xb6: a\r\n"sv, "To: a\r\n  \r\n b\r\n"sv}) {
    EXPECT_FALSE(submission::split_header(header).ok()) << header;
  }
}

TEST(Composition, ChangesNothingButWhatItShould) {
  MailPort port;
  const auto made = submission::compose(
      "X-A: 1\r\nBcc: x@y.z\r\nfrom: anna@EXAMPLE.org\r\nTo: b@c.d,\r\n b@C.D\r\nresent-bcc:\r\n"
      "Return-Path: <x@y>\r\nDATE: d\r\nMessage-Id: m\r\nTo: e@f.g\r\n",
      {"anna", "example.org"}, {}, port);
  // Resent-Bcc is present, so this is a message resent to nobody.
  EXPECT_FALSE(made.ok());
  const auto plain = submission::compose(
      "X-A: 1\r\nBcc: x@y.z\r\nfrom: anna@EXAMPLE.org\r\nTo: b@c.d,\r\n b@C.D\r\n"
      "Return-Path: <x@y>\r\nDATE: d\r\nMessage-Id: m\r\nTo: e@f.g\r\n",
      {"anna", "example.org"}, {}, port);
  ASSERT_TRUE(plain.ok()) << plain.error().text;
  EXPECT_EQ(plain.value().header,
            "Received: by host.example with POP3 (XTND XMIT, login anna@example.org);\r\n"
            "\tTue, 14 Nov 2023 22:13:20 +0000\r\n"
            "X-A: 1\r\nfrom: anna@EXAMPLE.org\r\nTo: b@c.d,\r\n b@C.D\r\nDATE: d\r\n"
            "Message-Id: m\r\nTo: e@f.g\r\n");
  EXPECT_EQ(plain.value().envelope.recipients,
            (std::vector<Address>{{"x", "y.z"}, {"b", "c.d"}, {"e", "f.g"}}));
}

// What XSENDER reports must come from the mail system itself.
TEST(Composition, AForgedProofOfTheSenderIsLeftOut) {
  MailPort port;
  policy::Policy policy;
  policy.xsender.header = "X-Auth-Sender";
  const auto made = submission::compose(
      "From: anna@example.org\r\nx-auth-sender:\r\n ceo@example.org\r\nTo: b@c.d\r\n",
      {"anna", "example.org"}, policy, port);
  ASSERT_TRUE(made.ok()) << made.error().text;
  EXPECT_EQ(made.value().header.find("ceo"), std::string::npos) << made.value().header;
}

TEST(Composition, ALoginNameThatIsNoAddressIsRefused) {
  MailPort port;
  for (const std::string_view name :
       {"a\rb@x.y"sv, "a b@x.y"sv, "a>b@x.y"sv, R"("a"@x.y)"sv, "@x.y"sv, "a@"sv, "a@x y"sv,
        "a@x\n.y"sv, "\xc3\xa4@x.y"sv, "a(b)@x.y"sv}) {
    port.user = name;
    EXPECT_FALSE(submission::address_of_user(port).ok()) << name;
    EXPECT_EQ(Client(port).send(message), "-ERR Your login name is not a valid mail address.\r\n");
  }
  port.user = "anna";
  EXPECT_EQ(submission::address_of_user(port).value(), (Address{"anna", "host.example"}));
}

// --- the command ---

TEST(XtndXmit, SendsTheMessage) {
  MailPort port;
  Client client(port);
  EXPECT_EQ(client.send(message), taken);
  ASSERT_EQ(port.sent.size(), 1U);
  EXPECT_TRUE(port.sent[0].ends_with(message));
  EXPECT_EQ(port.envelopes[0].sender, (Address{"anna", "example.org"}));
  EXPECT_FALSE(client.intake->ends_session());
}

TEST(XtndXmit, ReportsWhatBecameOfAMessage) {
  MailPort port;
  EXPECT_EQ(Client(port).send(message), taken);
  ASSERT_EQ(port.events.size(), 1U);
  EXPECT_STREQ(port.events[0].name, "pop3_legacy_submission_finished");
  EXPECT_EQ(field(port.events[0], "result"), "sent");
  EXPECT_EQ(field(port.events[0], "recipients"), "1");
  EXPECT_TRUE(port.events[0].text.starts_with("XTND XMIT: sent: from anna@example.org to "))
      << port.events[0].text;
  EXPECT_EQ(Client(port).send("To: b@c.d\r\n\r\n"), "-ERR The message has no From.\r\n");
  EXPECT_EQ(field(port.events.back(), "result"), "refused");
  EXPECT_EQ(port.events.back().text,
            "XTND XMIT: refused: from anna@example.org, 13 octets: The message has no From.");
}

TEST(XtndXmit, WaitsForTheMta) {
  MailPort port;
  port.answer_at_once.reset();
  Client client(port);
  int woken = 0;
  Answer answer = answer_to(client.session, "xtnd xmit");
  client.intake = std::move(answer.intake);
  client.intake->when_done([&] { ++woken; });
  for (const char c : std::string(message)) {
    EXPECT_EQ(client.intake->take(std::string_view(&c, 1)), 1U);
  }
  client.intake->take(".\r\n");
  EXPECT_EQ(client.intake->state(), Intake::State::waiting);
  port.pending({.accepted = false, .kind = Failure::permanent, .reason = "550 no"});
  EXPECT_EQ(woken, 1);
  EXPECT_EQ(client.reply(), "-ERR The message was not sent: 550 no\r\n");
  // The message is not recorded as sent.
  port.answer_at_once = Outcome{.accepted = true, .reason = {}};
  EXPECT_EQ(client.send(message), taken);
}

TEST(XtndXmit, ADroppedIntakeSendsNothing) {
  MailPort port;
  Client client(port);
  client.intake = answer_to(client.session, "XTND XMIT").intake;
  client.intake->take(message);
  client.intake.reset();
  EXPECT_TRUE(port.sent.empty());
  EXPECT_TRUE(port.states.empty());
}

TEST(XtndXmit, TheSameMessageIsSentOnce) {
  MailPort port;
  policy::Policy::Xmit xmit;
  xmit.per_hour = 1;  // what is not sent does not count
  EXPECT_EQ(Client(port, xmit).send(message), taken);
  xmit.per_hour = 5;
  EXPECT_EQ(Client(port, xmit).send(message), taken);
  EXPECT_EQ(port.sent.size(), 1U);
  port.time += 601;
  EXPECT_EQ(Client(port, xmit).send(message), taken);
  EXPECT_EQ(port.sent.size(), 2U);
}

TEST(XtndXmit, WhatWasSentIsKnownByItsSha256) {
  MailPort port;
  EXPECT_EQ(Client(port).send("From: anna@example.org\r\nTo: a@b.c\r\n\r\n..\r\n"), taken);
  EXPECT_EQ(port.states["xmit"],
            "dovecot-pop3-legacy xmit 1\n1700000000 "
            "cc79765729597763d7f0e9b5901cb2900470bb787df38534627952b20d8ac19b sent\n");
}

TEST(XtndXmit, HashesOnlyWhereThePolicyAsksForIt) {
  MailPort port;
  policy::Policy::Xmit xmit;
  xmit.dedup = 0;
  xmit.per_hour = 2;
  port.answer_at_once = Outcome{.accepted = false, .reason = "no"};
  EXPECT_EQ(Client(port, xmit).send(message).substr(0, 4), "-ERR");
  port.answer_at_once = Outcome{.accepted = true, .reason = {}};
  EXPECT_EQ(Client(port, xmit).send(message), taken);
  EXPECT_EQ(Client(port, xmit).send(message), taken);
  EXPECT_EQ(Client(port, xmit).send(message),
            "-ERR [SYS/TEMP] You have sent too many messages; try again later.\r\n");
  EXPECT_EQ(port.sent.size(), 3U);
  xmit.dry_run = true;
  xmit.dedup = 600;
  xmit.per_hour = 0;
  EXPECT_EQ(Client(port, xmit).send(message).substr(0, 3), "+OK");
  EXPECT_FALSE(port.hashed);
}

TEST(XtndXmit, WhatIsRememberedStaysShort) {
  MailPort port;
  policy::Policy::Xmit xmit;
  xmit.per_session = 0;
  xmit.per_hour = 0;
  Client client(port, xmit);
  std::size_t longest = 0;
  for (int i = 0; i < 1200; ++i) {
    EXPECT_EQ(client.send(std::string(message) + std::to_string(i) + "\r\n"), taken);
    longest = std::max(longest, port.states["xmit"].size());
  }
  EXPECT_EQ(port.sent.size(), 1200U);
  EXPECT_LT(longest, 1001U * 81);
  // The newest ones are recorded.
  EXPECT_EQ(client.send(std::string(message) + "1199\r\n"), taken);
  EXPECT_EQ(port.sent.size(), 1200U);
}

constexpr std::string_view sent_already =
    "-ERR [SYS/TEMP] The same message is already being sent; try again later.\r\n";

TEST(XtndXmit, WhatASessionWaitsForIsNotBegunTwice) {
  MailPort port;
  port.answer_at_once.reset();
  Client client(port);
  EXPECT_EQ(client.send(message), "");
  EXPECT_EQ(Client(port).send(message), sent_already);
  port.time += 599;
  EXPECT_EQ(Client(port).send(message), sent_already);
}

TEST(XtndXmit, WhatASessionWaitedForIsOverWithIt) {
  MailPort port;
  port.answer_at_once.reset();
  {
    Client client(port);
    EXPECT_EQ(client.send(message), "");
  }
  port.answer_at_once = Outcome{.accepted = true, .reason = {}};
  EXPECT_EQ(Client(port).send(message), taken);
  EXPECT_EQ(port.sent.size(), 2U);
}

// The state that a killed process has left.
std::string begun_by(MailPort& port, const std::string& process) {
  port.process_name = process;
  port.answer_at_once.reset();
  Client client(port);
  EXPECT_EQ(client.send(message), "");
  port.answer_at_once = Outcome{.accepted = true, .reason = {}};
  port.process_name = "second";
  return port.states["xmit"];
}

TEST(XtndXmit, WhatAProcessHasBegunIsOverWithIt) {
  MailPort port;
  const std::string left = begun_by(port, "first");
  port.states["xmit"] = left;
  EXPECT_EQ(Client(port).send(message), sent_already);
  port.processes["first"] = false;
  EXPECT_EQ(Client(port).send(message), taken);
  EXPECT_EQ(port.sent.size(), 2U);
  // And it is recorded once, as sent.
  EXPECT_EQ(Client(port).send(message), taken);
  EXPECT_EQ(port.sent.size(), 2U);
  EXPECT_EQ(port.states["xmit"].find("begun"), std::string::npos);
}

TEST(XtndXmit, WhatAnotherMachineHasBegunIsOverInFiveMinutes) {
  for (const char* const process : {"elsewhere", ""}) {
    MailPort port;
    const std::string left = begun_by(port, process);
    port.states["xmit"] = left;
    port.time += 299;
    EXPECT_EQ(Client(port).send(message), sent_already);
    port.time += 1;
    EXPECT_EQ(Client(port).send(message), taken);
    EXPECT_EQ(port.sent.size(), 2U);
  }
}

TEST(XtndXmit, LimitsHold) {
  MailPort port;
  policy::Policy::Xmit xmit;
  xmit.dedup = 0;
  xmit.per_session = 2;
  xmit.per_hour = 3;
  xmit.max_octets = 1024;
  xmit.max_recipients = 2;
  Client client(port, xmit);
  EXPECT_EQ(client.send(std::string(message) + std::string(1000, 'x') + "\r\n"),
            "-ERR The message is too large: at most 1024 octets are allowed.\r\n");
  EXPECT_EQ(client.send("From: anna@example.org\r\nTo: a@b.c, d@e.f\r\nCc: g@h.i\r\n\r\n"),
            "-ERR Too many recipients: at most 2 are allowed.\r\n");
  EXPECT_EQ(client.send(message), taken);
  EXPECT_EQ(client.send(message), taken);
  EXPECT_EQ(client.send(message), "-ERR You cannot send more messages in this session.\r\n");
  Client second(port, xmit);
  EXPECT_EQ(second.send(message), taken);
  EXPECT_EQ(second.send(message),
            "-ERR [SYS/TEMP] You have sent too many messages; try again later.\r\n");
  port.time += 3600;
  EXPECT_EQ(second.send(message), taken);
}

TEST(XtndXmit, DataWithoutAnEndEndsTheSession) {
  MailPort port;
  policy::Policy::Xmit xmit;
  xmit.max_octets = 1024;
  Client client(port, xmit);
  client.intake = answer_to(client.session, "XTND XMIT").intake;
  const std::string piece(4096, 'x');
  int pieces = 0;
  while (client.intake->state() == Intake::State::taking && pieces < 1000) {
    client.intake->take(piece);
    ++pieces;
  }
  EXPECT_LT(pieces, 300);
  EXPECT_TRUE(client.intake->ends_session());
  EXPECT_EQ(client.reply(), "-ERR The message is too large: at most 1024 octets are allowed.\r\n");
}

TEST(XtndXmit, FailuresHaveReasons) {
  MailPort port;
  port.spool_error = Error{Failure::temporary, "disk full"};
  EXPECT_EQ(Client(port).send(message),
            "-ERR [SYS/TEMP] The message cannot be stored at the moment.\r\n");
  port.spool_error.reset();
  port.complete_error = Error{Failure::temporary, "disk full"};
  EXPECT_EQ(Client(port).send(message),
            "-ERR [SYS/TEMP] The message cannot be stored at the moment.\r\n");
  EXPECT_TRUE(port.states.empty());
  port.complete_error.reset();
  port.hasher_error = Error{Failure::permanent, "no module"};
  EXPECT_EQ(Client(port).send(message),
            "-ERR [SYS/TEMP] Messages cannot be sent at the moment.\r\n");
  port.hasher_error.reset();
  port.submit_error = Error{Failure::permanent, "nowhere to go"};
  EXPECT_EQ(Client(port).send(message),
            "-ERR [SYS/TEMP] The message was not sent: The mail server cannot be reached.\r\n");
  port.state_error = Error{Failure::temporary, "locked"};
  EXPECT_EQ(Client(port).send(message),
            "-ERR [SYS/TEMP] Your sending limits cannot be checked at the moment.\r\n");
  EXPECT_EQ(port.log.size(), 5U);
  EXPECT_TRUE(port.sent.empty());
}

TEST(XtndXmit, ACopyThatFailsIsForTheLogOnly) {
  MailPort port;
  policy::Policy::Xmit xmit;
  xmit.save_to = "Sent";
  EXPECT_EQ(Client(port, xmit).send(message), taken);
  EXPECT_EQ(port.saved, std::vector<std::string>{"Sent"});
  EXPECT_EQ(port.log.size(), 1U);
}

TEST(XtndXmit, ADamagedLedgerRefusesAndIsLeftAlone) {
  for (const char* const text :
       {"", "something else", "dovecot-pop3-legacy xmit 2\n", "dovecot-pop3-legacy xmit 1\nx\n",
        "dovecot-pop3-legacy xmit 1\n\n", "dovecot-pop3-legacy xmit 1\n12 k\n",
        "dovecot-pop3-legacy xmit 1\n12  sent\n", "dovecot-pop3-legacy xmit 1\n12 k seen\n",
        "dovecot-pop3-legacy xmit 1\n12 k sent"}) {
    MailPort port;
    port.states["xmit"] = text;
    EXPECT_EQ(Client(port).send(message),
              "-ERR [SYS/TEMP] Your sending limits cannot be checked at the moment.\r\n")
        << text;
    EXPECT_EQ(port.states["xmit"], text);
    EXPECT_TRUE(port.sent.empty());
    ASSERT_EQ(port.log.size(), 1U);
    EXPECT_NE(port.log[0].find(", so XTND XMIT is refused: the state \"xmit\""), std::string::npos)
        << port.log[0];
  }
}

TEST(XtndXmit, WhatIsOldOrAheadOfTheClockIsForgotten) {
  MailPort port;
  port.states["xmit"] = "dovecot-pop3-legacy xmit 1\n99999999999999 k sent\n12 k sent\n";
  EXPECT_EQ(Client(port).send(message), taken);
  EXPECT_EQ(port.states["xmit"].find(" k "), std::string::npos);
}

// It can be read but not written.
TEST(XtndXmit, ALedgerThatCannotBeWrittenIsToldAsSuch) {
  MailPort port;
  port.before_exchange = [&] { port.state_error = Error{Failure::temporary, "disk full"}; };
  EXPECT_EQ(Client(port).send(message),
            "-ERR [SYS/TEMP] The message cannot be sent at the moment.\r\n");
  EXPECT_EQ(port.log,
            std::vector<std::string>{
                "XTND XMIT: the message could not be recorded, so it was not sent: disk full"});
}

}  // namespace
}  // namespace pop3_legacy
