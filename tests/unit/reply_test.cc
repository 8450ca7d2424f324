#include "plugin/core/protocol/reply.h"

#include <gtest/gtest.h>

namespace pop3_legacy {
namespace {

TEST(Reply, HasItsThreeForms) {
  EXPECT_EQ(Reply::ok("3").wire(), "+OK 3\r\n");
  EXPECT_EQ(Reply::err("No.").wire(), "-ERR No.\r\n");
  EXPECT_EQ(Reply::temporary_failure("Later.").wire(), "-ERR [SYS/TEMP] Later.\r\n");
  EXPECT_TRUE(Reply::ok("3").positive());
  EXPECT_FALSE(Reply::err("No.").positive());
  EXPECT_FALSE(Reply::temporary_failure("Later.").positive());
}

TEST(Reply, StuffsDots) {
  EXPECT_EQ(Reply::ok("x").line("a").line(".").line(".b").line("").end().wire(),
            "+OK x\r\na\r\n..\r\n..b\r\n\r\n.\r\n");
}

TEST(Reply, NoLineIsLongerThan512Octets) {
  const std::string endless(5000, 'x');
  EXPECT_EQ(Reply::ok(endless).wire().size(), 512U);
  EXPECT_EQ(Reply::err(endless).wire().size(), 512U);
  EXPECT_EQ(Reply::temporary_failure(endless).wire().size(), 512U);
  const std::string first = Reply::ok("x").wire();
  EXPECT_EQ(Reply::ok("x").line("." + endless).wire().size(), first.size() + 512U);
}

TEST(Reply, AClientsOctetsCannotBreakTheLine) {
  EXPECT_EQ(Reply::err("a\r\n+OK b\x1b[2J\x7f").wire(), "-ERR a??+OK b?[2J?\r\n");
}

}  // namespace
}  // namespace pop3_legacy
