#include "plugin/core/uidl/old_list.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pop3_legacy::uidl {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;
using Strings = std::vector<std::string>;

OldList read(std::string_view text) {
  auto list = read_old_list(text);
  if (!list) {
    ADD_FAILURE() << list.error().text;
    return {};
  }
  return std::move(list.value());
}

std::string error(std::string_view text) {
  const auto list = read_old_list(text);
  if (list) return "read as " + std::string(format_name(list.value().format));
  EXPECT_EQ(list.error().kind, Failure::permanent);
  return list.error().text;
}

Strings ids(const OldList& list) {
  Strings found;
  for (const OldEntry& entry : list.entries) found.push_back(entry.id);
  return found;
}

/// What is reported about a list that is accepted all the same.
Strings odd(std::string_view text) {
  return oddities(read(text));
}

Strings accounts(const OldList& list) {
  Strings found;
  for (const OldEntry& entry : list.entries) found.push_back(entry.account);
  return found;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  return out;
}

// --- a UIDL answer ---

TEST(OldListTest, AnAnswerWithOrWithoutWhatIsAroundIt) {
  for (const char* text :
       {"1 UID7-1\n2 .x\n3 33\n", "1 UID7-1\n2 .x\n3 33", "1 UID7-1\r\n2 .x\r\n3 33\r\n.\r\n",
        "+OK\r\n1 UID7-1\r\n2 .x\r\n3 33\r\n.\r\n", "+OK 3 messages\n1 UID7-1\n2 .x\n3 33\n.\n",
        "\n1  UID7-1 \n2\t.x\n\n3 33\n.\n+OK bye\n"}) {
    const OldList list = read(text);
    EXPECT_EQ(list.format, OldListFormat::uidl) << text;
    EXPECT_EQ(ids(list), (Strings{"UID7-1", ".x", "33"})) << text;
    ASSERT_EQ(list.entries.size(), 3U) << text;
    EXPECT_EQ(list.entries[2].number, 3U);
    EXPECT_EQ(list.entries[2].account, "");
    EXPECT_EQ(list.entries[2].guid, "");
  }
  EXPECT_EQ(read("+OK\r\n1 a\r\n2 b\r\n.\r\n").entries[1].line, 3U);
}

// As saved from netcat with piped input: only the answers.
constexpr std::string_view netcat =
    "+OK POP3 test host ready. <9530.3.1795261946@localhost>\r\n"
    "+OK\r\n"
    "+OK Logged in.\r\n"
    "+OK 2 334\r\n"
    "+OK 2 messages:\r\n"
    "1 167\r\n"
    "2 167\r\n"
    ".\r\n"
    "+OK\r\n"
    "1 000000016b0185fa\r\n"
    "2 000000026b0185fa\r\n"
    ".\r\n"
    "-ERR Unknown command.\r\n"
    "+OK 167 octets\r\n"
    "Subject: 1 2 3\r\n"
    "\r\n"
    "1 body\r\n"
    ".\r\n"
    "+OK Logging out.\r\n";

TEST(OldListTest, ASession) {
  const OldList list = read(netcat);
  EXPECT_EQ(list.format, OldListFormat::uidl);
  EXPECT_EQ(ids(list), (Strings{"000000016b0185fa", "000000026b0185fa"}));
  EXPECT_EQ(list.entries[0].line, 10U);
}

TEST(OldListTest, ASessionWithItsCommandsWhereIdsAreNumbers) {
  const OldList list = read(
      "Trying 127.0.0.1...\nConnected to localhost.\nEscape character is '^]'.\n+OK ready\r\n"
      "user a@b c\n+OK\r\npass x\n+OK\r\nuidl\n+OK\r\n1 7\r\n2 9\r\n.\r\nlist\n+OK\r\n1 167\r\n2 "
      "168\r\n.\r\nquit\n+OK\r\nConnection closed by foreign host.\n");
  EXPECT_EQ(ids(list), (Strings{"7", "9"}));
}

TEST(OldListTest, ASessionWhoseAnswerNamesTheCommand) {
  const OldList list = read(
      "CONNECTED(00000003)\ndepth=0 emailAddress = root@example.org, CN = x\n---\n+OK ready\n+OK\n"
      "+OK uidl command accepted\n1 7\n2 9\n.\n+OK\n1 167\n2 168\n.\n+OK\nclosed\n");
  EXPECT_EQ(ids(list), (Strings{"7", "9"}));
}

TEST(OldListTest, TheListWithNamesIsNotTheOneWithSizesWhicheverCameFirst) {
  EXPECT_EQ(ids(read("+OK\n1 a\n2 3\n.\n+OK\n1 167\n2 168\n.\n")), (Strings{"a", "3"}));
}

TEST(OldListTest, TwoListsOfNumbersAreLeftToTheAdministrator) {
  EXPECT_EQ(error("+OK\n1 10\n2 20\n.\n+OK\n1 167\n2 168\n.\n"),
            "line 6: there is another list of numbers, and neither says that it is the UIDL "
            "answer; keep only that one in the file");
}

TEST(OldListTest, WhatListSaysGoesWithTheMessages) {
  const OldList list = read(netcat);
  ASSERT_EQ(list.entries.size(), 2U);
  EXPECT_EQ(list.entries[0].octets, 167U);
  EXPECT_EQ(read("+OK\n1 a\n2 b\n.\n+OK\n1 167 7\n2 x\n.\n").entries[0].octets, std::nullopt);
  EXPECT_EQ(read("list\n+OK\n1 167 7\n2 168 8\n.\nuidl\n+OK\n1 7\n2 9\n.\n").entries[1].octets,
            168U);
  EXPECT_EQ(read("uidl\n+OK\n1 7\n2 9\n.\nlist\n+OK\n2 168\n.\n").entries[0].octets, std::nullopt);
  EXPECT_EQ(read("1 7\n2 9\n").entries[0].octets, std::nullopt);
}

TEST(OldListTest, AListOfSizesIsNoUidlAnswer) {
  EXPECT_EQ(ids(read("list\n+OK\n1 167\n2 168\n.\n+OK\n1 7\n2 9\n.\n")), (Strings{"7", "9"}));
  EXPECT_EQ(error("list\n+OK 2 messages\n1 167\n2 168\n.\nuidl\n-ERR unknown\n"),
            "this is not a UIDL answer: no list of numbers and ids follows a +OK");
}

TEST(OldListTest, GapsAreToldAndTheNumbersStand) {
  const OldList list = read("+OK\n2 a\n3 b\n5 c\n4 d\n.\n");
  EXPECT_EQ(ids(list), (Strings{"a", "b", "c", "d"}));
  EXPECT_EQ(list.entries[2].number, 5U);
  EXPECT_EQ(oddities(list), (Strings{"line 2: message 2 where message 1 should be",
                                     "line 4: message 5 where message 4 should be",
                                     "line 5: message 4 where message 6 should be"}));
  EXPECT_EQ(list.skipped, 0U);
}

TEST(OldListTest, AnOddLineOfAnAnswerIsToldSkippedAndCounted) {
  const auto skips = [](std::string_view text, const std::string& what) {
    const OldList list = read(text);
    EXPECT_EQ(ids(list), (Strings{"a", "c"})) << text;
    EXPECT_EQ(list.skipped, 1U) << text;
    EXPECT_EQ(oddities(list).front(), what + "; the line is skipped") << text;
    EXPECT_EQ(oddities(list).back(), "1 line is skipped, and 2 are read as a UIDL answer") << text;
  };
  skips("1 a\nb\n3 c\n", "line 2: \"b\" is not a message number and an id");
  skips("1 a\n2\n3 c\n", "line 2: there is no id in \"2\"");
  skips("+OK\n1 \n2 a\n3 c\n.\n", "line 2: there is no id in \"1\"");
  skips("1\n2 a\n3 c\n", "line 1: there is no id in \"1\"");
  skips("1 a\n2 b c\n3 c\n", "line 2: \"b c\" is not an id: an id is ASCII without white space");
  skips("1 a\n2 \xC3\xA9\n3 c\n",
        R"(line 2: "\xc3\xa9" is not an id: an id is ASCII without white space)");
  skips("1 a\n2 " + std::string(513, 'x') + "\n3 c\n", "line 2: an id of 513 octets is too long");
  skips("1 a\n99999999999 b\n3 c\n", "line 2: \"99999999999 b\" is not a message number and an id");
  skips("1 a\n0 b\n3 c\n", "line 2: there is no message 0");
  skips("1 a\n1 b\n3 c\n", "line 2: message 1 is in line 1 already");
  skips("1 a\n2 b\0c\n3 c\n"s, "line 2: there is a NUL in it");
}

TEST(OldListTest, NoMoreThanTwentyOddLinesAreTold) {
  std::string text;
  for (int number = 1; number <= 25; ++number) text += std::to_string(number) + " a b\n";
  const Strings told = odd(text + "26 a\n");
  ASSERT_EQ(told.size(), 22U);
  EXPECT_TRUE(told[19].starts_with("line 20: "));
  EXPECT_EQ(told[20], "6 more lines are odd");  // one of them is out of order
  EXPECT_EQ(told[21], "25 lines are skipped, and 1 are read as a UIDL answer");
}

TEST(OldListTest, AnAnswerThatIsCutOffOrNotTheOnlyOneIsNotGuessedAt) {
  EXPECT_EQ(error("1 a\n2 b\n.\n1 c\n2 d\n.\n"), "line 4: there is text after the end of the list");
  EXPECT_EQ(
      error("+OK\n1 a\n2 b\n"),
      "line 3: the answer is cut off here: no line with a dot ends it; fetch it again, or add "
      "that line if this is all there is");
  EXPECT_EQ(odd("1 a\n2 b\n.\nConnection closed by foreign host.\n"),
            Strings{"line 4: text after the end of the list is skipped"});
}

TEST(OldListTest, AnIdThatIsThereTwiceIsToldAndStays) {
  const OldList list = read("1 a\n2 b\n3 a\n");
  EXPECT_EQ(ids(list), (Strings{"a", "b", "a"}));
  EXPECT_EQ(oddities(list), Strings{"line 3: the id \"a\" is in line 1 already"});
  EXPECT_EQ(odd("a\nb\nb\n"), Strings{"line 3: the id \"b\" is in line 2 already"});
  EXPECT_EQ(odd("a\nA\n"), Strings{});
}

TEST(OldListTest, IdsLongerThanTheRfcAllowsAreRead) {
  EXPECT_EQ(read("1 " + std::string(512, 'x')).entries.size(), 1U);
  EXPECT_EQ(error("1 " + std::string(513, 'x')), "line 1: an id of 513 octets is too long");
}

TEST(OldListTest, OfAnEmptyMaildropItIsEmpty) {
  for (const char* text :
       {"", "\n", "\r\n \n", "# POP3 State File\n# Do not edit.\n\n", "number\tuid\tguid\tuidl\n",
        "*host user\n", "+OK\r\n.\r\n", ".\n", "+OK ready\r\n+OK\r\n.\r\n+OK\r\n"}) {
    EXPECT_EQ(read(text).entries.size(), 0U) << text;
    EXPECT_EQ(odd(text), Strings{}) << text;
  }
  EXPECT_EQ(error("+OK ready\r\n+OK\r\n-ERR\r\n+OK\r\n"),
            "this is not a UIDL answer: no list of numbers and ids follows a +OK");
}

TEST(OldListTest, WhatIsNoList) {
  EXPECT_EQ(ids(read("\xEF\xBB\xBF"
                     "1 a\n")),
            Strings{"a"});
  EXPECT_EQ(error("\xFF\xFE"s + "1\0 \0a\0\n\0"s),
            "line 1: the file begins with a byte order mark; save it as plain ASCII");
  EXPECT_EQ(error("\x7F"
                  "ELF\x02\x01\x01\0\0\n"s),
            "line 1: there is a NUL in it");
  EXPECT_EQ(error("\x1F\x8B\x08\n"),
            "line 1: \"\\x1f\\x8b\\x08\" is not an id: an id is ASCII without white space");
  EXPECT_EQ(error("<html lang=\"en\">\n<head><title>Not here</title></head>\n</html>\n"),
            "line 1: \"<html lang=\"en\">\" is not an id: an id is ASCII without white space");
}

// --- files that the clients wrote ---

// fetchmail 6.4.37, two accounts on one host.
constexpr std::string_view fetchids =
    "user@example.org@localhost a/b@c\n"
    "user@example.org@localhost <x@y>\n"
    "user@example.org@localhost it's+\"#\n"
    "user@localhost a/b@c\n"
    "user@localhost 1005914400.2.mx:2,S\n";

TEST(OldListTest, Fetchmail) {
  const OldList list = read(fetchids);
  EXPECT_EQ(list.format, OldListFormat::fetchmail);
  EXPECT_EQ(ids(list), (Strings{"a/b@c", "<x@y>", "it's+\"#", "a/b@c", "1005914400.2.mx:2,S"}));
  EXPECT_EQ(accounts(list),
            (Strings{"user@example.org@localhost", "user@example.org@localhost",
                     "user@example.org@localhost", "user@localhost", "user@localhost"}));
  EXPECT_EQ(list.entries[4].line, 5U);
  EXPECT_FALSE(list.entries[4].number.has_value());
}

TEST(OldListTest, FetchmailsUserMayHaveBlanks) {
  const OldList list = read("Jane Doe/Acme@notes.example 12\n");
  EXPECT_EQ(ids(list), Strings{"12"});
  EXPECT_EQ(accounts(list), Strings{"Jane Doe/Acme@notes.example"});
}

TEST(OldListTest, FetchmailsFaults) {
  EXPECT_EQ(odd("u@h a\nu@h b\nu@h a\n"), Strings{"line 3: the id \"a\" is in line 1 already"});
  for (const char* text : {"u@h a\nb\nu@h c\n", "b\nu@h a\nu@h c\n"}) {
    const OldList list = read(text);
    EXPECT_EQ(list.format, OldListFormat::fetchmail) << text;
    EXPECT_EQ(ids(list), (Strings{"a", "c"})) << text;
    EXPECT_EQ(list.skipped, 1U) << text;
  }
}

// getmail 6.18.11. The server's third id was "a/b@c".
constexpr std::string_view oldmail =
    "1005914400.2.mx:2,S\0"
    "1795262179\n<x@y>\0"
    "1795262179\na-b@c\0"
    "1795262179\n2\0"
    "1795262179\n"sv;

TEST(OldListTest, Getmail) {
  const OldList list = read(oldmail);
  EXPECT_EQ(list.format, OldListFormat::getmail);
  EXPECT_EQ(ids(list), (Strings{"1005914400.2.mx:2,S", "<x@y>", "a-b@c", "2"}));
  EXPECT_EQ(list.entries[3].line, 4U);
}

TEST(OldListTest, GetmailsFaults) {
  const OldList list = read(
      "a\0"
      "12\nb\nc\0x\n\0"
      "12\n"s);
  EXPECT_EQ(list.format, OldListFormat::getmail);
  EXPECT_EQ(ids(list), Strings{"a"});
  EXPECT_EQ(
      oddities(list),
      (Strings{"line 2: \"b\" is not a line of getmail's (an id, NUL and a time); the line is "
               "skipped",
               "line 3: \"c\\x00x\" is not a line of getmail's (an id, NUL and a time); the "
               "line is skipped",
               "line 4: there is no id in \"\\x0012\"; the line is skipped",
               "3 lines are skipped, and 1 are read as getmail's oldmail file"}));
}

// mpop 1.4.18, two accounts on one host.
constexpr std::string_view mpop_uidls =
    "# This file was generated by mpop version 1.4.18.\n"
    "#\n"
    "# Lines starting with a space begin a new UID list and have\n"
    "# the following format: \" number-of-uids hostname user\".\n"
    "# The list of UIDs follows in ascending order, with one UID per line.\n"
    "#\n"
    " 3 localhost user@example.org\n"
    "#hash\n"
    "2\n"
    "UID7-1005914400\n"
    " 1 localhost user\n"
    "#hash\n";

TEST(OldListTest, Mpop) {
  const OldList list = read(mpop_uidls);
  EXPECT_EQ(list.format, OldListFormat::mpop);
  EXPECT_EQ(ids(list), (Strings{"#hash", "2", "UID7-1005914400", "#hash"}));
  EXPECT_EQ(accounts(list), (Strings{"user@example.org@localhost", "user@example.org@localhost",
                                     "user@example.org@localhost", "user@localhost"}));
  EXPECT_EQ(list.entries[3].line, 12U);
}

TEST(OldListTest, MpopsFaults) {
  EXPECT_EQ(odd(" 2 host user\na\n"),
            Strings{"line 2: the list of \"user@host\" ends here; ids missing: 1"});
  const OldList longer = read(" 1 host user\na\nb\n 1 host other\nc\n");
  EXPECT_EQ(ids(longer), (Strings{"a", "c"}));
  EXPECT_EQ(oddities(longer).front(),
            "line 3: \"b\" does not begin a list of mpop's (a blank, the number of ids, host and "
            "user); the line is skipped");
  EXPECT_EQ(error(" 1 host\na\n"),
            "line 1: \" 1 host\" does not begin a list of mpop's (a blank, the number of ids, host "
            "and user)");
  const OldList shorter = read(" 2 host user\na\n 1 host other\nb\n");
  EXPECT_EQ(ids(shorter), (Strings{"a", "b"}));
  EXPECT_EQ(accounts(shorter), (Strings{"user@host", "other@host"}));
  EXPECT_EQ(oddities(shorter),
            Strings{"line 2: the list of \"user@host\" ends here; ids missing: 1"});
}

// As written by Thunderbird's Pop3Client; older versions wrote no time.
TEST(OldListTest, Thunderbird) {
  const std::string on_unix =
      "# POP3 State File\n# This is a generated file!  Do not edit.\n\n"
      "*pop.example.org jane@example.org\nk UID7-1005914400 1795262179\nd #hash 1795262180\nb *2\n"
      "*pop.example.net jane\nf UID7-1005914400 1795262179\n";
  for (const std::string& text : {on_unix, with_crlf(on_unix)}) {
    const OldList list = read(text);
    EXPECT_EQ(list.format, OldListFormat::thunderbird);
    EXPECT_EQ(ids(list), (Strings{"UID7-1005914400", "#hash", "*2", "UID7-1005914400"}));
    EXPECT_EQ(accounts(list),
              (Strings{"jane@example.org@pop.example.org", "jane@example.org@pop.example.org",
                       "jane@example.org@pop.example.org", "jane@pop.example.net"}));
    EXPECT_EQ(list.entries[0].line, 5U);
  }
}

TEST(OldListTest, ThunderbirdsFaults) {
  constexpr std::string_view end =
      " is not a line of Thunderbird's (a flag, an id and a time); the line is skipped";
  for (const std::string line : {"x a 1", "ka 1", "k", "kd a 1"}) {
    const OldList list = read("*host user\n" + line + "\nk b 1\n");
    EXPECT_EQ(ids(list), Strings{"b"}) << line;
    EXPECT_EQ(oddities(list).front(), "line 2: \"" + line + '"' + std::string(end));
  }
  // The id was on the server nevertheless.
  for (const std::string time : {"b", "1 2", "yesterday"}) {
    const OldList list = read("*host user\nk a " + time + "\nk b 1\n");
    EXPECT_EQ(ids(list), (Strings{"a", "b"})) << time;
    EXPECT_EQ(oddities(list),
              Strings{"line 2: \"" + time + "\" is not a time in seconds, and is skipped"});
  }
  EXPECT_EQ(odd("*host user\n*host\nk a 1\n").front(),
            "line 2: host or user is missing; the line is skipped");
}

// --- our own, and plain ---

TEST(OldListTest, Own) {
  const OldList list = read(std::string(own_list_first_line) +
                            "\n1\t7\t0123456789abcdef0123456789abcdef\tUID7-1\n"
                            "2\t9\t1005914400.M2P1.mx\t2\n");
  EXPECT_EQ(list.format, OldListFormat::own);
  EXPECT_EQ(ids(list), (Strings{"UID7-1", "2"}));
  EXPECT_EQ(list.entries[0].guid, "0123456789abcdef0123456789abcdef");
  EXPECT_EQ(list.entries[1].guid, "1005914400.M2P1.mx");
  EXPECT_EQ(list.entries[1].number, 2U);
  EXPECT_EQ(list.entries[1].line, 3U);
}

TEST(OldListTest, OwnsFaults) {
  const std::string head = std::string(own_list_first_line) + "\n";
  EXPECT_EQ(error("number\tuid\tuidl\n1\t7\ta\n"),
            "line 1: the columns are not number, uid, guid and uidl");
  EXPECT_EQ(error("Username\tnumber\tuid\tguid\tuidl\nanna\t1\t7\tg\ta\n"),
            "line 1: this is a list of many users; make one for each user (-u)");
  for (const std::string line :
       {"1 7 g a", "1\t7\tg", "1\t7\t\ta", "1\tx\tg\ta", "1\t7\tg\ta\tb"}) {
    const Strings told = odd(head + line + "\n2\t8\th\tc\n");
    EXPECT_TRUE(told.front().starts_with("line 2: \"1")) << line;
    EXPECT_TRUE(told.front().ends_with(
        " is not number, UID, GUID and id, separated by tabs; the line is skipped"))
        << line;
    EXPECT_TRUE(error(head + line).starts_with("line 2: \"1")) << line;
  }
  EXPECT_EQ(odd(head + "1\t7\tg\ta\n3\t9\th\tb\n"),
            Strings{"line 3: message 3 where message 2 should be"});
  EXPECT_EQ(odd(head + "1\t7\tg\ta\n2\t9\tg\tb\n").front(),
            "line 3: the GUID \"g\" is in line 2 already; the line is skipped");
  EXPECT_EQ(odd(head + "1\t7\tg\ta\n2\t9\th\ta\n"),
            Strings{"line 3: the id \"a\" is in line 2 already"});
}

TEST(OldListTest, Plain) {
  const OldList list = read("#hash\r\n17\r\n<x@y>\r\n+OK5n,\"!i7k\r\n");
  EXPECT_EQ(list.format, OldListFormat::plain);
  EXPECT_EQ(ids(list), (Strings{"#hash", "17", "<x@y>", "+OK5n,\"!i7k"}));
  EXPECT_EQ(list.entries[3].line, 4U);
  EXPECT_EQ(ids(read("#a\n#b")), (Strings{"#a", "#b"}));
}

TEST(OldListTest, EveryBeginningOfEveryFormatIsReadOrRefused) {
  for (const std::string_view whole : {netcat, fetchids, oldmail, mpop_uidls}) {
    for (std::size_t octets = 0; octets <= whole.size(); ++octets) {
      const auto list = read_old_list(whole.substr(0, octets));
      EXPECT_TRUE(list || !list.error().text.empty()) << octets;
    }
  }
}

TEST(OldListTest, FormatsHaveNames) {
  EXPECT_EQ(format_name(OldListFormat::uidl), "a UIDL answer");
  EXPECT_EQ(format_name(OldListFormat::plain), "a list of ids");
}

}  // namespace
}  // namespace pop3_legacy::uidl
