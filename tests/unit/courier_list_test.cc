#include "plugin/core/uidl/courier_list.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace pop3_legacy::uidl {
namespace {

// "n-v" for the message `name`, "none" where it has no number, or what is wrong with the list.
std::string numbered(std::string_view list, std::string_view name) {
  const auto parsed = CourierList::parse(list);
  if (!parsed) return parsed.error().text;
  const auto found = parsed.value().find(name);
  return found ? std::to_string(found->number) + "-" + std::to_string(found->validity) : "none";
}

const std::string second = "/2 12 1300000000\n";

TEST(CourierList, HasNumbersByFileName) {
  const std::string list = second +
                           "1.M1.host,S=5 5 10:1300000000\n"
                           "2.M2.host:2,S 7 11:0\n"
                           "with a blank 9 18446744073709551615:3\n";
  EXPECT_EQ(numbered(list, "1.M1.host,S=5"), "10-1300000000");
  EXPECT_EQ(numbered(list, "2.M2.host"), "11-0");
  EXPECT_EQ(numbered(list, "with a blank"), "18446744073709551615-3");
  EXPECT_EQ(numbered(list, "1.M1.host"), "none");
  EXPECT_EQ(numbered(list, ""), "none");
}

TEST(CourierList, TheThirdVersionHasOneNumberMore) {
  EXPECT_EQ(numbered("/3 12 13\n1.M1.host:2,S 5 10:13:1\n", "1.M1.host"), "10-13");
  EXPECT_EQ(numbered("/3 12 13\n1.M1.host 5 10:13\n", "1.M1.host"), "10-13");
}

TEST(CourierList, NamesMayHaveBlanksAndAFolder) {
  EXPECT_EQ(numbered("/3 12 13\ncur/a b  c:2, 5 10:13:0\n", "a b  c"), "10-13");
}

TEST(CourierList, MayBeEmpty) {
  EXPECT_EQ(numbered(second, "x"), "none");
  EXPECT_EQ(numbered("", "x"),
            "line 1: this is no list of Courier's, for it does not begin with /3 or /2");
}

TEST(CourierList, WhatIsDamagedIsNotGuessedAt) {
  for (const std::string_view line :
       {"", " ", "name", "name 1", "name 1 ", "name x 1:1", "name 1 x:1", "name 1 1:", "name 1 :1",
        "name 1 1:1:", "name 1 1", " 1 1:1", "name 1 -1:1", "name 1 18446744073709551616:1",
        "name\t1\t1:1"}) {
    const std::string list = second + std::string(line) + "\n";
    EXPECT_TRUE(numbered(list, "name")
                    .starts_with("line 2: a file name, a size and a number belong here, not "))
        << line;
  }
  EXPECT_EQ(numbered("/1 1 1\n", "x"),
            "line 1: this is no list of Courier's, for it does not begin with /3 or /2");
}

TEST(CourierList, ACutLineIsAnError) {
  const std::string list = second + "a 5 10:13\nb 6 11:13\n";
  for (std::size_t octets = 0; octets < list.size(); ++octets) {
    if (octets > 0 && list[octets - 1] == '\n') continue;
    EXPECT_FALSE(CourierList::parse(std::string_view(list).substr(0, octets))) << octets;
  }
}

}  // namespace
}  // namespace pop3_legacy::uidl
