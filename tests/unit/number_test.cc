#include "plugin/core/base/number.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace pop3_legacy {
namespace {

TEST(NumberTest, IsAllOfTheText) {
  EXPECT_EQ(whole_number<std::uint32_t>("0"), 0U);
  EXPECT_EQ(whole_number<std::uint32_t>("007"), 7U);
  EXPECT_EQ(whole_number<std::int64_t>("-62167219200"), -62167219200);
  EXPECT_EQ(whole_number<std::uint32_t>("1f", 16), 31U);
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "1.0", "0x1", "a"}) {
    EXPECT_EQ(whole_number<std::uint32_t>(text), std::nullopt) << text;
  }
}

TEST(NumberTest, FitsItsType) {
  EXPECT_EQ(whole_number<std::uint32_t>("4294967295"), 4294967295U);
  EXPECT_EQ(whole_number<std::uint32_t>("4294967296"), std::nullopt);
  EXPECT_EQ(whole_number<std::uint64_t>("4294967296"), 4294967296U);
}

TEST(NumberTest, IsTakenFromTheFront) {
  std::string_view text = "12 34";
  EXPECT_EQ(take_number<unsigned>(text), 12U);
  EXPECT_EQ(text, " 34");
  EXPECT_EQ(take_number<unsigned>(text), std::nullopt);
  EXPECT_EQ(text, " 34");
}

TEST(NumberTest, StaysWhereItIsTooLarge) {
  std::string_view text = "4294967296,";
  EXPECT_EQ(take_number<std::uint32_t>(text), std::nullopt);
  EXPECT_EQ(text, "4294967296,");
}

}  // namespace
}  // namespace pop3_legacy
