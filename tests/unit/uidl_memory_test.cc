// What is stored about a mailbox's UIDLs, memory and pins, and what damage does to it.

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/lines.h"
#include "plugin/core/uidl/memory.h"

namespace pop3_legacy::uidl {
namespace {

using namespace std::string_literals;

Memory full_memory() {
  Memory memory;
  memory.plan.chain = {"xuidl", "template", "hmac-sha256"};
  memory.plan.cutovers = {{-86400, {"qmail"}}, {1772323200, {"courier", "uw"}}};
  memory.plan.form = "{uidvalidity:08x}{uid:08x}";
  memory.plan.key_file = "/etc/dovecot/a key";
  memory.key_mark = "0123456789abcdef";
  memory.kept = {{"1000.M1P2.host", "UID1-2"}, {"odd %\x01\xff\n1.2", "!~"}};
  memory.max_length = 495;
  memory.pinned = true;
  memory.given = true;
  memory.dovecot_last = true;
  memory.count = UidCount{.validity = 1700000000, .offset = 2000, .reserved = 3005};
  return memory;
}

const GuidIds some_pins = {{"g1", "UID1-2"}, {"g2", "UID2-2"}, {"%\n\xc3\xbc", "a%20b"}};

std::string error_of(std::string_view memory) {
  const auto parsed = parse_memory(memory);
  return parsed ? "" : parsed.error().text;
}
std::string pins_error_of(std::string_view pins) {
  const auto parsed = parse_pins(pins);
  return parsed ? "" : parsed.error().text;
}

TEST(UidlLines, TheSumIsTheUsualCrc32) {
  EXPECT_EQ(crc32("123456789"), 0xCBF43926U);
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(with_end("", 0), "end 0 a7d8c6e9\n");
}

TEST(UidlMemory, IsReadAsItWasWritten) {
  const Memory memory = full_memory();
  const auto parsed = parse_memory(memory_text(memory));
  ASSERT_TRUE(parsed) << parsed.error().text;
  EXPECT_EQ(parsed.value().plan.chain, memory.plan.chain);
  EXPECT_EQ(parsed.value().plan.cutovers, memory.plan.cutovers);
  EXPECT_EQ(parsed.value().plan.form, memory.plan.form);
  EXPECT_EQ(parsed.value().plan.key_file, memory.plan.key_file);
  EXPECT_EQ(parsed.value().key_mark, memory.key_mark);
  EXPECT_EQ(parsed.value().kept, memory.kept);
  EXPECT_EQ(parsed.value().max_length, memory.max_length);
  EXPECT_TRUE(parsed.value().pinned);
  EXPECT_TRUE(parsed.value().given);
  EXPECT_TRUE(parsed.value().dovecot_last);
  EXPECT_EQ(parsed.value().count->validity, memory.count->validity);
  EXPECT_EQ(parsed.value().count->offset, memory.count->offset);
  EXPECT_EQ(parsed.value().count->reserved, memory.count->reserved);
  EXPECT_EQ(memory_text(parsed.value()), memory_text(memory));
}

TEST(UidlMemory, TheHostsPlanIsReadAsItWasWritten) {
  for (const bool given : {false, true}) {
    Memory memory;
    memory.pinned = true;
    memory.given = given;
    const auto parsed = parse_memory(memory_text(memory));
    ASSERT_TRUE(parsed) << parsed.error().text;
    EXPECT_TRUE(parsed.value().plan.host());
    EXPECT_TRUE(parsed.value().pinned);
    EXPECT_EQ(parsed.value().given, given);
    EXPECT_FALSE(is_hosts_mark(memory_text(memory)));
    memory.pinned = false;
    EXPECT_EQ(is_hosts_mark(memory_text(memory)), given);
  }
}

// Ids given when every chain ended with "dovecot" stay.
TEST(UidlMemory, TheFirstVersionEndedWithDovecot) {
  const auto parsed =
      parse_memory(with_end("dovecot-pop3-legacy uidl 1\nscheme courier\nkept a UID1-2\n", 1));
  ASSERT_TRUE(parsed) << parsed.error().text;
  const Memory& memory = parsed.value();
  EXPECT_EQ(memory.plan.chain, std::vector<std::string>{"courier"});
  EXPECT_TRUE(memory.given);
  EXPECT_TRUE(memory.dovecot_last);
  Plan wanted;
  for (const std::vector<std::string>& same : std::vector<std::vector<std::string>>{
           {"courier"}, {"courier", "host"}, {"courier", "dovecot"}}) {
    wanted.chain = same;
    EXPECT_TRUE(has_plan(memory, bare_plan(wanted))) << same.back();
  }
  wanted.chain = {"courier", "uw"};
  EXPECT_FALSE(has_plan(memory, bare_plan(wanted)));
  EXPECT_EQ(
      memory_text(memory),
      with_end("dovecot-pop3-legacy uidl 2\nscheme courier\nrest dovecot\nkept a UID1-2\n", 1));
}

// It was written for mailboxes with pins and said nothing about their other messages.
TEST(UidlMemory, TheHostsPlanOfTheFirstVersionHasGivenNothing) {
  const auto parsed =
      parse_memory(with_end("dovecot-pop3-legacy uidl 1\nscheme host\npinned\n", 0));
  ASSERT_TRUE(parsed) << parsed.error().text;
  EXPECT_FALSE(parsed.value().given);
  EXPECT_FALSE(parsed.value().dovecot_last);
  EXPECT_TRUE(parsed.value().pinned);
}

TEST(UidlMemory, WhatMakesNoDifferenceIsNoPartOfAPlan) {
  Plan plan;
  plan.chain = {"courier", "host"};
  plan.cutovers = {{5, {"host"}}, {9, {"uw", "host"}}};
  plan.form = "{uid}";
  plan.key_file = "/key";
  plan = bare_plan(plan);
  EXPECT_EQ(plan.chain, std::vector<std::string>{"courier"});
  EXPECT_EQ(plan.cutovers, (std::vector<Plan::Cutover>{{5, {"host"}}, {9, {"uw"}}}));
  EXPECT_EQ(plan.form + plan.key_file, "");
  plan.chain = {"host"};
  plan.cutovers = {{5, {"host"}}};
  EXPECT_TRUE(plan.host());
  EXPECT_TRUE(bare_plan(plan).cutovers.empty());
  plan.cutovers = {{5, {"courier"}}};
  EXPECT_FALSE(plan.host());
}

TEST(UidlMemory, HasThisForm) {
  Memory memory;
  memory.plan.chain = {"qmail", "uw"};
  memory.given = true;
  memory.count = UidCount{.validity = 7, .offset = 5, .reserved = 9};
  memory.kept = {{"a b", "x"}};
  EXPECT_EQ(memory_text(memory),
            with_end("dovecot-pop3-legacy uidl 2\nscheme qmail uw\nuids 7 5 9\nkept a%20b x\n", 1));
}

TEST(UidlMemory, NoPrefixIsTakenForTheWhole) {
  const std::string whole = memory_text(full_memory());
  for (std::size_t octets = 0; octets < whole.size(); ++octets) {
    EXPECT_FALSE(parse_memory(std::string_view(whole).substr(0, octets))) << octets;
  }
}

TEST(UidlMemory, NoChangedOctetGoesUnnoticed) {
  std::string text = memory_text(full_memory());
  for (char& at : text) {
    const char before = at;
    for (int octet = 0; octet < 256; ++octet) {
      at = static_cast<char>(octet);
      ASSERT_EQ(parse_memory(text).ok(), at == before) << text;
    }
    at = before;
  }
}

TEST(UidlMemory, NoOctetMoreOrLessGoesUnnoticed) {
  const std::string whole = memory_text(full_memory());
  for (std::size_t at = 0; at <= whole.size(); ++at) {
    for (const char more : {'\n', ' ', 'x', '\0'}) {
      EXPECT_FALSE(parse_memory(std::string(whole).insert(at, 1, more))) << at;
    }
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    EXPECT_FALSE(parse_memory(std::string(whole).erase(at, 1))) << at;
  }
}

TEST(UidlMemory, WhatIsWrongIsSaidWithItsLine) {
  const std::string title = "dovecot-pop3-legacy uidl 2\n";
  EXPECT_EQ(error_of(""),
            "line 1: this is not a memory of UIDLs: it does not begin with "
            "\"dovecot-pop3-legacy uidl 2\"");
  EXPECT_EQ(error_of(title), "line 2: the memory of UIDLs ends too early");
  EXPECT_EQ(error_of(with_end(title, 0)), "the file names no scheme");
  EXPECT_EQ(error_of(with_end(title + "scheme nosuch\n", 0)),
            "line 2: this does not belong here: \"scheme nosuch\"");
  EXPECT_EQ(error_of(with_end(title + "scheme uw host\n", 0)),
            "line 2: this does not belong here: \"scheme uw host\"");
  for (const std::string& uids : {"1 2"s, "1 2 3 "s, "1 2 x"s, "-1 2 3"s, "4294967296 0 0"s}) {
    std::string text = title;
    text.append("scheme uw\nuids ").append(uids).append("\n");
    EXPECT_EQ(error_of(with_end(std::move(text), 0)),
              "line 3: this does not belong here: \"uids " + uids + "\"");
  }
  EXPECT_EQ(error_of(with_end(title + "scheme uw\ncutover 1x uw\n", 0)),
            "line 3: this does not belong here: \"cutover 1x uw\"");
  EXPECT_EQ(error_of(with_end(title + "scheme uw\ncutover 9000000000000000000 uw\n", 0)),
            "line 3: this does not belong here: \"cutover 9000000000000000000 uw\"");
  EXPECT_EQ(error_of(with_end(title + "scheme uw\nkept a\n", 1)),
            "line 3: a GUID and an id are expected here");
  EXPECT_EQ(error_of(with_end(title + "scheme uw\nkept a b\nkept a c\n", 2)),
            "line 4: there is a second id for the message with the GUID \"a\"");
  EXPECT_EQ(error_of(title + "scheme uw\nkept a b\nend 1 00000000\n"),
            "line 4: the last line does not match the text before it: the file was changed, or "
            "part of it is missing");
  EXPECT_EQ(error_of(with_end(title + "scheme uw\nkept a b\n", 2)),
            "line 4: the last line does not match the text before it: the file was changed, or "
            "part of it is missing");
}

TEST(UidlMemory, PlansAreTheSameWhereTheyNameMessagesAlike) {
  Plan plan = full_memory().plan;
  Plan other = plan;
  other.key_file = "/elsewhere";
  EXPECT_TRUE(same_plan(plan, other));
  other.form = "{uid}";
  EXPECT_FALSE(same_plan(plan, other));
  other = plan;
  other.cutovers[0].before += 86400;
  EXPECT_FALSE(same_plan(plan, other));
  EXPECT_EQ(plan_words(plan),
            "scheme xuidl template hmac-sha256, before 1969-12-31 qmail, before 2026-03-01 "
            "courier uw, template \"{uidvalidity:08x}{uid:08x}\"");
}

TEST(UidlPins, AreReadAsTheyWereWritten) {
  EXPECT_EQ(parse_pins(pins_text(some_pins)).value(), some_pins);
  EXPECT_EQ(parse_pins(pins_text({})).value(), GuidIds());
  EXPECT_EQ(pins_text({{"a b", "x"}}), with_end("dovecot-pop3-legacy pins 1\npin a%20b x\n", 1));
}

TEST(UidlPins, NoDamageGoesUnnoticed) {
  const std::string whole = pins_text(some_pins);
  for (std::size_t octets = 0; octets < whole.size(); ++octets) {
    EXPECT_FALSE(parse_pins(std::string_view(whole).substr(0, octets))) << octets;
    EXPECT_FALSE(parse_pins(std::string(whole).erase(octets, 1))) << octets;
  }
  std::string text = whole;
  for (char& at : text) {
    const char before = at;
    for (int octet = 0; octet < 256; ++octet) {
      at = static_cast<char>(octet);
      ASSERT_EQ(parse_pins(text).ok(), at == before) << text;
    }
    at = before;
  }
  EXPECT_FALSE(parse_pins(whole + whole));
  EXPECT_FALSE(parse_pins(whole + "pin"));
}

TEST(UidlPins, NoLineCanBeLeftOut) {
  // As an editor might do it: one line removed, and even the count corrected.
  const std::string title = "dovecot-pop3-legacy pins 1\n";
  const std::string sum = pins_text({{"a", "1"}, {"b", "2"}}).substr(43);
  EXPECT_FALSE(parse_pins(title + "pin a 1\nend 1 " + sum));
}

TEST(UidlPins, WhatIsWrongIsSaidWithItsLine) {
  const std::string title = "dovecot-pop3-legacy pins 1\n";
  EXPECT_EQ(pins_error_of("pin a b\n"),
            "line 1: this is not a list of pins: it does not begin with \"dovecot-pop3-legacy "
            "pins 1\"");
  EXPECT_EQ(pins_error_of(title + "pin a b\n"), "line 3: the list of pins ends too early");
  EXPECT_EQ(pins_error_of(title + "kept a b\n"), "line 2: this does not belong here: \"kept a b\"");
  for (const std::string& guid : {"%"s, "%4"s, "%4g"s, "%aa"s, ""s, "\x80"s}) {
    EXPECT_TRUE(pins_error_of(std::string(title).append("pin ").append(guid).append(" b\n"))
                    .starts_with("line 2: this is not a GUID"))
        << guid;
  }
  for (const std::string& id : {""s, "a b"s, "\x7f"s, std::string(496, 'x')}) {
    EXPECT_TRUE(pins_error_of(std::string(title).append("pin a ").append(id).append("\n"))
                    .starts_with("line 2: POP3 does not allow this id"))
        << id;
  }
  EXPECT_EQ(pins_error_of(with_end(title + "pin %41 1\npin A 2\n", 2)),
            "line 3: there is a second id for the message with the GUID \"A\"");
}

}  // namespace
}  // namespace pop3_legacy::uidl
