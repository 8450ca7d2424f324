#include "plugin/core/message/header_lines.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "plugin/core/base/text.h"

namespace pop3_legacy {
namespace {

using Strings = std::vector<std::string>;

Strings lines_of(const LineRange& range) {
  Strings found;
  for (const std::string_view line : range) found.emplace_back(line);
  return found;
}

std::string_view field(std::string_view header, std::string_view name) {
  return find_field(header, [name](std::string_view line) { return field_name(line) == name; });
}

TEST(HeaderLinesTest, LinesHaveTheirEndsWhichTheLastMayLack) {
  EXPECT_EQ(lines_of(lines("a\r\n\nb")), (Strings{"a\r\n", "\n", "b"}));
  EXPECT_EQ(lines_of(lines("a\n")), Strings{"a\n"});
  EXPECT_EQ(lines_of(lines("")), Strings{});
}

TEST(HeaderLinesTest, LongLinesComeInPiecesUpToTheLastLine) {
  EXPECT_EQ(lines_of(LineRange("abcdef\nx\n\ny\n", 4, "\n")), (Strings{"abcd", "ef\n", "x\n"}));
}

TEST(HeaderLinesTest, TheNameStandsBeforeTheColon) {
  EXPECT_EQ(field_name("Subject: a: b\r\n"), "Subject");
  EXPECT_EQ(field_name("Subject \t: x"), "Subject");
  EXPECT_EQ(field_name("Subject:"), "Subject");
  for (const char* line : {"Subject\n", " Subject: x\n", ": x\n", " : x\n", "Sub ject: x\n", ""}) {
    EXPECT_EQ(field_name(line), "") << line;
  }
}

TEST(HeaderLinesTest, AFieldGoesOnWhereALineBeginsWithABlank) {
  const std::string_view header = " x: 1\nA: 1\r\n\t2\r\n 3\r\nB: 4\nA: 5\nC: 6";
  const std::map<std::string_view, std::string_view> fields{
      {"A", "A: 1\r\n\t2\r\n 3\r\n"}, {"B", "B: 4\n"}, {"C", "C: 6"}, {"D", ""}};
  for (const auto& [name, lines] : fields) EXPECT_EQ(field(header, name), lines) << name;
}

TEST(HeaderLinesTest, UnfoldedTheLinesAreOne) {
  EXPECT_EQ(unfolded(" 1\r\n\t2\n 3"), " 1\t2 3");
  EXPECT_EQ(trimmed(unfolded(" 1\r\n\t2 \r\n")), "1\t2");
}

}  // namespace
}  // namespace pop3_legacy
