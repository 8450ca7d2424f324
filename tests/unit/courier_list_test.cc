#include "plugin/core/uidl/courier_list.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pop3_legacy::uidl {
namespace {

// "n-v" for the message `name`, "none" if it has no number.
std::string numbered(std::string_view list, std::string_view name) {
  const auto found = CourierList::parse(list).find(name);
  return found ? std::to_string(found->number) + "-" + std::to_string(found->validity) : "none";
}

void expect_numbers(std::string_view list,
                    const std::vector<std::pair<std::string_view, std::string_view>>& expected) {
  for (const auto& [name, number] : expected) EXPECT_EQ(numbered(list, name), number) << name;
}

const std::string second = "/2 12 1300000000\n";

TEST(CourierList, HasNumbersByFileName) {
  const std::string list = second +
                           "1.M1.host,S=5 5 10:1300000000\n"
                           "2.M2.host:2,S 7 11:0\n"
                           "with a blank 9 18446744073709551615:3\n";
  expect_numbers(list, {{"1.M1.host,S=5", "10-1300000000"},
                        {"2.M2.host", "11-0"},
                        {"with a blank", "18446744073709551615-3"},
                        {"1.M1.host", "none"},
                        {"", "none"}});
}

TEST(CourierList, TheThirdVersionHasOneNumberMore) {
  EXPECT_EQ(numbered("/3 12 13\n1.M1.host:2,S 5 10:13:1\n", "1.M1.host"), "10-13");
  EXPECT_EQ(numbered("/3 12 13\n1.M1.host 5 10:13\n", "1.M1.host"), "10-13");
}

TEST(CourierList, NamesMayHaveBlanksAndAFolder) {
  EXPECT_EQ(numbered("/3 12 13\ncur/a b  c:2, 5 10:13:0\n", "a b  c"), "10-13");
}

TEST(CourierList, WithoutLinesItIsAsIfThereWereNone) {
  for (const std::string_view list : {std::string_view(second), std::string_view()}) {
    EXPECT_EQ(numbered(list, "x"), "none");
    EXPECT_EQ(CourierList::parse(list).passed_over(), "");
  }
}

TEST(CourierList, OfVersion1TheNumberStandsAlone) {
  const std::string list = "/1 12\n1.M1.host,S=5:2,S 5 10\na b 6 11:13\nc 7 12 \nd 8 13x\n";
  expect_numbers(list, {{"1.M1.host,S=5", "10-0"}, {"a b", "11-13"}, {"c", "none"}, {"d", "13-0"}});
}

TEST(CourierList, WithoutATitleLineTheNamesAreTheIds) {
  for (const std::string_view title : {"", "/\n", "/x 1 2\n", "/0 1 2\n"}) {
    const std::string list = std::string(title) + "1.M1.host,S=5:2,S 5\na b 6\nc 7 1:2\nd x\n";
    EXPECT_EQ(numbered(list, "1.M1.host,S=5"), "0-0") << title;
    EXPECT_EQ(numbered(list, "a b"), "0-0") << title;
    EXPECT_EQ(numbered(list, "d"), "none") << title;
    EXPECT_NE(CourierList::parse(list).passed_over(), "") << title;
  }
}

TEST(CourierList, OfAnotherVersionNoLineCounts) {
  for (const std::string_view title : {"/4 1 2\n", "/3\n", "/2 x\n", "/-1 1 2\n"}) {
    EXPECT_EQ(numbered(std::string(title) + "a 5 10:13:0\n", "a"), "none") << title;
  }
}

TEST(CourierList, AnOddLineIsPassedOverAndTheOthersCount) {
  for (const std::string_view line :
       {"", " ", "name", "name 1", "name 1 ", "name x 1:1", "name 1x 1:1", "name 1 x:1",
        "name 1 1:", "name 1 :1", "name 1 1:1:", "name 1 1", " 1 1:1", "name 1 -1:1",
        "name\t1\t1:1"}) {
    const CourierList list =
        CourierList::parse(second + "a 5 10:13\n" + std::string(line) + "\nb 6 11:13\n");
    EXPECT_EQ(list.find("name"), std::nullopt) << line;
    EXPECT_EQ(list.find("a")->number, 10U) << line;
    EXPECT_EQ(list.find("b")->number, 11U) << line;
    EXPECT_EQ(
        list.passed_over(),
        "1 line is skipped, as Courier does; messages without another line have no number (line 3)")
        << line;
  }
}

// The same as the real courierpop3d, which tests/oracles/test_oracles.py asks.
TEST(CourierList, WhatStandsBehindTheLastNumberDoesNotMatter) {
  const std::string list =
      "/ 3   10\t222 more\r\na 51 4:77:0\r\nb 5 4:78:0:9\nc 5 4:79:1x\nd 5 04:077:0\n"
      "e 5 99999999999999999999:1:0\n";
  expect_numbers(list, {{"a", "4-77"},
                        {"b", "4-78"},
                        {"c", "4-79"},
                        {"d", "4-77"},
                        {"e", "18446744073709551615-1"}});
}

TEST(CourierList, ALineIsNoLongerThanCouriersBuffer) {
  const std::string end = " 5 10:13:0";
  const std::string fits(2027 - end.size(), 'x');
  EXPECT_EQ(numbered(second + fits + end + "\n", fits), "10-13");
  EXPECT_EQ(numbered(second + "x" + fits + end + "\n", "x" + fits), "none");
}

TEST(CourierList, OfAListThatIsCutOffTheWholeLinesCount) {
  const std::string list = second + "a 5 10:13\nb 6 11:13\n";
  for (std::size_t octets = 0; octets <= list.size(); ++octets) {
    const std::string text = list.substr(0, octets);
    EXPECT_EQ(numbered(text, "a"), octets >= second.size() + 10 ? "10-13" : "none") << octets;
    EXPECT_EQ(numbered(text, "b"), octets == list.size() ? "11-13" : "none") << octets;
    EXPECT_EQ(CourierList::parse(text).passed_over().empty(), text.empty() || text.ends_with('\n'))
        << octets;
  }
}

TEST(CourierList, NoMoreThanTwentyOddLinesAreNamed) {
  std::string list = second;
  for (int i = 0; i < 25; ++i) list += "odd\n";
  const std::string told = CourierList::parse(list).passed_over();
  EXPECT_TRUE(told.starts_with("25 lines are skipped, ")) << told;
  EXPECT_TRUE(told.ends_with(", 20, 21 and more)")) << told;
}

}  // namespace
}  // namespace pop3_legacy::uidl
