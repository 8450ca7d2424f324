#include "plugin/core/base/text.h"

#include <gtest/gtest.h>

namespace pop3_legacy {
namespace {

TEST(Text, ComparesAsciiLettersOnly) {
  EXPECT_TRUE(equals_ignoring_case("LaSt", "last"));
  EXPECT_FALSE(equals_ignoring_case("LAST", "LASTS"));
  EXPECT_FALSE(equals_ignoring_case("\xC4", "\xE4"));
  EXPECT_FALSE(equals_ignoring_case("@", "`"));
}

TEST(Text, WhatIsNotPrintableIsSpelledOut) {
  EXPECT_EQ(printable("a b\r\n\x1b\xC3\xA4~"), "a b\\x0d\\x0a\\x1b\\xc3\\xa4~");
  EXPECT_EQ(in_quotes("a\n"), "\"a\\x0a\"");
  EXPECT_EQ(in_quotes(std::string(81, 'x')), '"' + std::string(80, 'x') + "...\"");
}

TEST(Text, OctalDigits) {
  EXPECT_EQ(octal(0), "0");
  EXPECT_EQ(octal(0755), "755");
}

TEST(Text, TrimmedIsWhatStandsBetweenTheWhiteSpace) {
  EXPECT_EQ(trimmed(" \ta \r\nb\r\n"), "a \r\nb");
  EXPECT_EQ(trimmed(" \t\r\n"), "");
  EXPECT_EQ(trimmed(""), "");
  EXPECT_EQ(trimmed(" \ta\n ", " "), "\ta\n");
}

TEST(Text, TakesWhatStandsBeforeAnEnd) {
  std::string_view text = "a b\n\nlast";
  EXPECT_EQ(take_until(text, '\n'), "a b");
  EXPECT_EQ(text, "\nlast");
  EXPECT_EQ(take_until(text, '\n'), "");
  EXPECT_EQ(take_until(text, '\n'), "last");
  EXPECT_EQ(text, "");
  EXPECT_EQ(take_until(text, '\n'), "");
}

TEST(Text, NearnessToleratesASlipOrTwo) {
  EXPECT_TRUE(near("denny", "deny"));
  EXPECT_TRUE(near("dney", "deny"));
  EXPECT_TRUE(near("DENY", "deny"));
  EXPECT_TRUE(near("comand", "commands"));
  EXPECT_FALSE(near("days", "deny"));
  EXPECT_FALSE(near("allow", "deny"));
  EXPECT_FALSE(near("", "mh"));
}

}  // namespace
}  // namespace pop3_legacy
