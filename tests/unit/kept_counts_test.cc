// A command answered with a count costs the same however large the maildrop is; measured by the
// number of messages that the port is asked about.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "plugin/core/session/number_ranges.h"
#include "plugin/core/session/session.h"
#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

constexpr MessageNumber many = 10'000;

policy::Resolution with_commands(const wording::Dialect* dialect = nullptr) {
  policy::Resolution made = resolution({"LAST", "XDELE", "EUIDL", "XTND SCAN", "MANGLE"});
  made.policy.reply.dialect = dialect;
  return made;
}

std::string ask(Session& session, std::string_view line) {
  EXPECT_EQ(session.take(line, 0).taker, Taker::ours) << line;
  return answer_to(session, line).reply.wire();
}

// Found with 100,000 RSETs in one packet: 28 s under a dialect that states the number of messages.
TEST(KeptCounts, ADialectThatCountsAsksAboutNoMessage) {
  for (const wording::Dialect& dialect : wording::dialects()) {
    FakeHost port(many);
    Session session(port, with_commands(&dialect));
    (void)session.logged_in("+OK Logged in.");
    std::uint64_t given = 0;
    for (const std::string line :
         {"STAT\r\n", "LIST\r\n", "UIDL\r\n", "RSET\r\n", "NOOP\r\n", "nonsense\r\n", "QUIT\r\n"}) {
      given += session.take(line, given).octets;
      (void)session.reworded("+OK");
    }
    EXPECT_EQ(port.looks, 0U);
  }
}

TEST(KeptCounts, TheFirstLinesOfListingsAskAboutNoMessage) {
  FakeHost port(many);
  Session session(port, with_commands());
  EXPECT_EQ(ask(session, "LIST MANGLE\r\n"), "+OK 10000 messages (5000500000 octets)\r\n");
  EXPECT_EQ(ask(session, "XTND SCAN 80\r\n").substr(0, 3), "+OK");
  EXPECT_EQ(ask(session, "LIST\r\n"), "+OK 10000 messages (5000500000 octets)\r\n");
  EXPECT_EQ(ask(session, "EUIDL\r\n").substr(0, 3), "+OK");
  EXPECT_LE(port.looks, 1U);  // LIST MANGLE looks for its first line
}

TEST(KeptCounts, XdeleLooksAtAMessageOnceUntilRset) {
  FakeHost port(many);
  Session session(port, with_commands());
  const std::string all = "XDELE 1 10000\r\n";
  EXPECT_EQ(ask(session, "XDELE 100 200\r\n"), "+OK Messages 100-200 has been deleted.\r\n");
  for (int time = 0; time < 100; ++time) {
    EXPECT_EQ(ask(session, all), "+OK Messages 1-10000 has been deleted.\r\n");
  }
  EXPECT_EQ(port.looks, many);
  EXPECT_EQ(port.deleted_numbers.size(), many);

  EXPECT_EQ(session.take("RSET\r\n", 0).taker, Taker::host);
  port.deleted_numbers.clear();
  session.executed(6);
  (void)ask(session, all);
  EXPECT_EQ(port.looks, 2 * many);
  EXPECT_EQ(port.deleted_numbers.size(), many);
}

TEST(KeptCounts, XdeleThatFailsIsTriedAgain) {
  FakeHost port(4);
  Session session(port, with_commands());
  port.delete_error = Error{Failure::temporary, "not now"};
  EXPECT_EQ(ask(session, "XDELE 1 4\r\n").substr(0, 15), "-ERR [SYS/TEMP]");
  port.delete_error.reset();
  EXPECT_EQ(ask(session, "XDELE 1 4\r\n").substr(0, 3), "+OK");
  EXPECT_EQ(port.deleted_numbers.size(), 4U);
}

TEST(NumberRanges, WhatIsAddedIsThere) {
  NumberRanges ranges;
  EXPECT_EQ(ranges.first_missing(1), 1U);
  ranges.add(5, 7);
  ranges.add(1, 2);
  ranges.add(10, 10);
  EXPECT_EQ(ranges.first_missing(1), 3U);
  EXPECT_EQ(ranges.first_missing(4), 4U);
  EXPECT_EQ(ranges.first_missing(6), 8U);
  ranges.add(2, 6);
  EXPECT_EQ(ranges.first_missing(1), 8U);
  ranges.add(1, 12);
  EXPECT_EQ(ranges.first_missing(1), 13U);
  ranges.add(3, 4);
  EXPECT_EQ(ranges.first_missing(2), 13U);
  ranges.clear();
  EXPECT_EQ(ranges.first_missing(2), 2U);
}

}  // namespace
}  // namespace pop3_legacy
