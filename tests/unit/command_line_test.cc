#include "plugin/core/protocol/command_line.h"

#include <gtest/gtest.h>

namespace pop3_legacy {
namespace {

using namespace std::string_view_literals;

TEST(CommandLine, TakesVerbAndArgumentsApart) {
  const auto line = parse_command_line("RETR 12");
  EXPECT_EQ(line.verb, "RETR");
  EXPECT_EQ(line.arguments, "12");
  EXPECT_FALSE(line.has_nul);
}

TEST(CommandLine, SkipsSpacesBeforeArgumentsButKeepsThoseBehind) {
  EXPECT_EQ(parse_command_line("TOP   1  2 ").arguments, "1  2 ");
}

TEST(CommandLine, ALeadingSpaceLeavesNoVerb) {
  EXPECT_EQ(parse_command_line(" LAST").verb, "");
  EXPECT_EQ(parse_command_line("").verb, "");
}

TEST(CommandLine, EndsAtTheFirstNulAsDovecotsStringsDo) {
  const auto line = parse_command_line("DELE\0 1"sv);
  EXPECT_EQ(line.verb, "DELE");
  EXPECT_EQ(line.arguments, "");
  EXPECT_TRUE(line.has_nul);
}

TEST(CommandLine, ALineEndIsNoPartOfIt) {
  // found by a metric that counted only commands with arguments
  EXPECT_EQ(parse_command_line("LAST\r\n").verb, "LAST");
  EXPECT_EQ(parse_command_line("LAST\n").verb, "LAST");
  EXPECT_EQ(parse_command_line("TOP 1 2\r\n").arguments, "1 2");
  EXPECT_EQ(parse_command_line("LAST\r").verb, "LAST\r");
  EXPECT_EQ(parse_command_line("LAST\r\r\n").verb, "LAST\r");
}

TEST(CommandLine, ATabIsNoSeparator) {
  EXPECT_EQ(parse_command_line("DELE\t1").verb, "DELE\t1");
}

TEST(CommandLine, CountsWordsUpToTheLimit) {
  EXPECT_EQ(count_words("", 5), 0U);
  EXPECT_EQ(count_words("   ", 5), 0U);
  EXPECT_EQ(count_words("a  b ", 5), 2U);
  EXPECT_EQ(count_words("a b c d", 2), 2U);
}

TEST(CommandLine, ReadsMessageNumbersAsDovecotDoes) {
  EXPECT_EQ(parse_message_number("12", false), 12U);
  EXPECT_EQ(parse_message_number("0", false), 0U);
  EXPECT_EQ(parse_message_number("12 ", false), std::nullopt);
  EXPECT_EQ(parse_message_number("12x", false), std::nullopt);
  EXPECT_EQ(parse_message_number("-1", false), std::nullopt);
  EXPECT_EQ(parse_message_number("+1", false), std::nullopt);
  EXPECT_EQ(parse_message_number("", false), std::nullopt);
  EXPECT_EQ(parse_message_number("4294967296", false), std::nullopt);
  EXPECT_EQ(parse_message_number("1 10", true), 1U);
  EXPECT_EQ(parse_message_number("1", true), std::nullopt);
}

}  // namespace
}  // namespace pop3_legacy
