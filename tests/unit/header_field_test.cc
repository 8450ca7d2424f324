#include "plugin/core/message/header_field.h"

#include <gtest/gtest.h>

namespace pop3_legacy {
namespace {

std::string found(std::string_view header, const std::string& name, bool prefix = false) {
  return first_field(header, {.name = name, .prefix = prefix}).value_or("none");
}

TEST(HeaderField, IsTheFirstOfItsName) {
  constexpr std::string_view header = "Received: x\nsubject: one\nSubject: two\n";
  EXPECT_EQ(found(header, "Subject"), "subject: one");
  EXPECT_EQ(found(header, "SUBJECT"), "subject: one");
  EXPECT_EQ(found(header, "Sub"), "none");
  EXPECT_EQ(found(header, "Subjects"), "none");
  EXPECT_EQ(found("", "Subject"), "none");
  EXPECT_EQ(found("Subject", "Subject"), "none");
  EXPECT_EQ(found("Subject:", "Subject"), "Subject: ");
}

TEST(HeaderField, MayBeMeantByTheBeginningOfItsName) {
  constexpr std::string_view header = "Message-Context: text\nMessage-ID: <1@a>\n";
  EXPECT_EQ(found(header, "message-i", true), "Message-ID: <1@a>");
  EXPECT_EQ(found(header, "mess", true), "Message-Context: text");
  EXPECT_EQ(found(header, "Message-IDs", true), "none");
}

TEST(HeaderField, IsOneLineWithoutControlCharacters) {
  EXPECT_EQ(found("Subject: one\r\n two\r\n\tthree\r\nTo: x\r\n", "Subject"),
            "Subject: one two three");
  EXPECT_EQ(found("Subject :\n  folded\n", "Subject"), "Subject: folded");
  EXPECT_EQ(found("Subject: a\rb\x1b[2J\x7f"
                  "c\td  \n",
                  "Subject"),
            "Subject: a b [2J c d");
  EXPECT_EQ(found(std::string("Subject: a\0b\n", 13), "Subject"), "Subject: a b");
}

TEST(HeaderField, ALineOfTheBodyOrWithoutANameIsNone) {
  EXPECT_EQ(found("From user@host Mon Jan 1 00:00:00 2001\nFrom: a@b\n", "From", true),
            "From: a@b");
  EXPECT_EQ(found(": x\n continued\nSubject: s\n", "", true), "Subject: s");
  EXPECT_EQ(found("Not a name: x\n", "Not", true), "none");
  EXPECT_EQ(found("To: x\n Subject: y\n", "Subject"), "none");
}

TEST(HeaderField, IsCutBeforeACharacterThatWouldBeHalf) {
  const std::string endless(2000, 'x');
  EXPECT_EQ(found("Subject: " + endless, "Subject").size(), max_field_octets);
  EXPECT_EQ(cut("abc\xC3\xA4", 4), "abc");
  EXPECT_EQ(cut("abc\xC3\xA4", 5), "abc\xC3\xA4");
  EXPECT_EQ(cut("abc\xC3\xA4x", 5), "abc\xC3\xA4");
  EXPECT_EQ(cut("a\xF0\x9F\x92\xA9", 4), "a");
  EXPECT_EQ(cut("a\xE4\xF6\xFC", 2), "a\xE4");
  EXPECT_EQ(cut("\x80\x80\x80\x80\x80\x80\x80", 6).size(), 6U);
  EXPECT_EQ(cut("abc", 0), "");
}

TEST(HeaderField, HasAValueBehindItsName) {
  EXPECT_EQ(value_of("Subject: a: b"), "a: b");
  EXPECT_EQ(value_of("Subject: "), "");
  EXPECT_EQ(value_of("x"), "");
}

TEST(HeaderField, NamesArePrintableWithoutBlankAndColon) {
  EXPECT_TRUE(is_field_name("X-%!9"));
  EXPECT_FALSE(is_field_name(""));
  EXPECT_FALSE(is_field_name("a b"));
  EXPECT_FALSE(is_field_name("a:"));
  EXPECT_FALSE(is_field_name("\xC3\xA4"));
  EXPECT_TRUE(is_usual_field("message-ID"));
  EXPECT_FALSE(is_usual_field("X-Invented"));
}

}  // namespace
}  // namespace pop3_legacy
