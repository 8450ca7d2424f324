// The ids of whole maildrops: where they come from, that no two are the same, and that none
// changes.

#include "plugin/core/uidl/assignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/core/base/text.h"
#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/identifier.h"
#include "plugin/core/uidl/lines.h"
#include "plugin/core/uidl/memory.h"
#include "plugin/core/uidl/notation.h"
#include "plugin/core/uidl/template.h"
#include "tests/unit/fake_maildrop.h"

namespace pop3_legacy::uidl {
namespace {

using Strings = std::vector<std::string>;

Wanted by(Strings chain, OnChange on_change = OnChange::keep) {
  Wanted wanted;
  wanted.plan.chain = std::move(chain);
  wanted.on_change = on_change;
  return wanted;
}

class UidlAssignmentTest : public testing::Test {
 protected:
  /// The ids of one session, "" for a message without one, {"host"}, or {"error: …"}.
  Strings ids(const Wanted& wanted, bool known = true) {
    auto made = assign_ids(drop_, wanted, known);
    if (!made) return {"error: " + made.error().text};
    if (!made.value()) return {"host"};
    Strings texts;
    for (std::uint32_t place = 0; place < drop_.message_count(); ++place) {
      texts.emplace_back(made.value()->find(drop_.uid(place))->text);
    }
    return texts;
  }
  void pin(const GuidIds& pins) { drop_.states["pins"] = pins_text(pins); }
  [[nodiscard]] Memory memory() const { return parse_memory(drop_.states.at("uidl")).value(); }
  /// What is appended to the second of two equal ids.
  [[nodiscard]] std::string mark(const std::string& guid) {
    return "-" + hex(std::span(drop_.hasher().value()->sha256(guid).value()).first(5));
  }

  FakeMaildrop drop_;
  const Wanted xuidl_ = by({"xuidl"});
};

// --- whose id it is ---

TEST_F(UidlAssignmentTest, WithoutASchemeTheHostNamesItsMessages) {
  drop_.deliver("a");
  drop_.messages[0]->stored = "stored";
  EXPECT_EQ(ids(by({"host"})), Strings{"host"});
  EXPECT_TRUE(is_hosts_mark(drop_.states.at("uidl")));
  EXPECT_EQ(ids(by({"host"})), Strings{"host"});
  EXPECT_EQ(drop_.stores, 1);
}

TEST_F(UidlAssignmentTest, AnEmptyMaildropHasNoIdsButAPlan) {
  EXPECT_EQ(ids(xuidl_), Strings{});
  EXPECT_EQ(memory().plan.chain, Strings{"xuidl"});
  EXPECT_EQ(ids(xuidl_), Strings{});
  EXPECT_EQ(drop_.stores, 1);
}

TEST_F(UidlAssignmentTest, PinsComeBeforeKeptThenStoredThenTheChainThenTheHost) {
  for (int i = 0; i < 5; ++i) drop_.deliver("x" + std::to_string(i));
  drop_.deliver().file = "file";
  drop_.deliver().file.reset();
  Memory remembered;
  remembered.plan.chain = {"xuidl", "qmail"};
  remembered.given = true;
  remembered.kept = {{"guid-1", "kept1"}, {"guid-2", "kept2"}, {"guid-9", "gone"}};
  drop_.states["uidl"] = memory_text(remembered);
  pin({{"guid-1", "pin1"}, {"guid-3", "pin3"}, {"guid-8", "gone-too"}});
  for (const std::size_t place : {0U, 1U, 2U, 3U}) drop_.messages[place]->stored = "stored";
  EXPECT_EQ(ids(by({"xuidl", "qmail"})),
            (Strings{"pin1", "kept2", "pin3", "stored", "x4", "file", "000000074fe12d90"}));
}

TEST_F(UidlAssignmentTest, PinsAreShownWithoutASchemeToo) {
  drop_.deliver("a");
  drop_.deliver("b");
  pin({{"guid-2", "imported"}});
  const Strings expected{"000000014fe12d90", "imported"};  // the host's own id, and the pin
  EXPECT_EQ(ids(by({"host"})), expected);
  EXPECT_EQ(ids(by({"host"})), expected);
  EXPECT_EQ(drop_.stores, 1);
  drop_.states.erase("pins");
  EXPECT_EQ(ids(by({"host"})),
            Strings{"error: the mailbox had imported ids, and the file with them is missing: "
                    "pins"});
  pin({{"guid-2", "imported"}});
  EXPECT_EQ(ids(xuidl_), expected);  // a client has seen them
  EXPECT_TRUE(drop_.logged.empty());
}

// --- two messages with one id ---

TEST_F(UidlAssignmentTest, OfEqualIdsTheLowestUidHasItAsItIs) {
  for (int i = 0; i < 3; ++i) drop_.deliver("same");
  const Strings all{"same", "same" + mark("guid-2"), "same" + mark("guid-3")};
  EXPECT_EQ(ids(xuidl_), all);
  EXPECT_EQ(ids(xuidl_), all);
  EXPECT_EQ(drop_.stores, 1);
}

TEST_F(UidlAssignmentTest, OtherEqualOnesMayBeDeletedAndArrive) {
  for (std::size_t removed = 0; removed < 3; ++removed) {
    drop_.messages.clear();
    drop_.states.clear();
    drop_.cache.clear();
    drop_.last_uid = 0;
    for (int i = 0; i < 3; ++i) drop_.deliver("same");
    Strings expected = ids(xuidl_);
    drop_.remove(removed);
    expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(removed));
    EXPECT_EQ(ids(xuidl_), expected) << removed;
    drop_.deliver("same");
    // A kept id stays taken after its message is gone; one that was not kept may come again from
    // the formula.
    expected.push_back(removed == 0 ? "same" : "same" + mark("guid-4"));
    EXPECT_EQ(ids(xuidl_), expected) << removed;
    drop_.remove(0);
    expected.erase(expected.begin());
    EXPECT_EQ(ids(xuidl_), expected) << removed;
  }
}

// The session that began without it has given the other message its id.
TEST_F(UidlAssignmentTest, AFirstOneThatIsRemovedMeanwhileMakesNoOtherSecond) {
  drop_.deliver("same");
  drop_.deliver("same");
  drop_.deliver("c");
  drop_.removed_places = {0};
  EXPECT_EQ(ids(xuidl_), (Strings{"", "same", "c"}));
  EXPECT_TRUE(memory().kept.empty());
  drop_.removed_places.clear();
  const Strings both = ids(xuidl_);
  EXPECT_EQ(both, (Strings{"same", "same" + mark("guid-2"), "c"}));
  drop_.removed_places = {0};
  EXPECT_EQ(ids(xuidl_), both);  // it is already the second
}

TEST_F(UidlAssignmentTest, ManyCopiesOfOneMessageTakeNoLongerEach) {
  constexpr std::size_t many = 20000;
  for (std::size_t i = 0; i < many; ++i) {
    drop_.deliver("same");
    drop_.messages.back()->guid_value = "guid";
  }
  const Strings all = ids(xuidl_);
  EXPECT_EQ(std::set<std::string>(all.begin(), all.end()).size(), many);
  EXPECT_EQ(all.back(), "same" + mark("guid") + "." + std::to_string(many - 1));
}

TEST_F(UidlAssignmentTest, AnIdOf70OctetsOrMoreMakesRoomForTheMark) {
  const std::string longest(max_identifier_octets, 'x');
  drop_.deliver(longest);
  drop_.deliver(longest);
  drop_.deliver(longest.substr(0, 60));
  drop_.deliver(longest.substr(0, 60));
  EXPECT_EQ(ids(xuidl_), (Strings{longest, longest.substr(0, 59) + mark("guid-2"),
                                  longest.substr(0, 60), longest.substr(0, 59) + mark("guid-4")}));
}

TEST_F(UidlAssignmentTest, AMarkThatIsThereAlreadyIsNumbered) {
  const std::string marked = "same" + mark("guid-3");
  drop_.deliver(marked);
  drop_.deliver("same");
  drop_.deliver("same");
  const Strings all{marked, "same", marked + ".2"};
  EXPECT_EQ(ids(xuidl_), all);
  drop_.remove(0);
  EXPECT_EQ(ids(xuidl_), (Strings{all[1], all[2]}));
}

TEST_F(UidlAssignmentTest, AnImportedIdIsNotGivenToAnother) {
  drop_.deliver("same");
  drop_.deliver("other");
  pin({{"guid-2", "same"}, {"guid-9", "third"}});
  drop_.deliver("third");
  const Strings all{"same" + mark("guid-1"), "same", "third" + mark("guid-3")};
  EXPECT_EQ(ids(xuidl_), all);
  drop_.remove(1);
  EXPECT_EQ(ids(xuidl_), (Strings{all[0], all[2]}));
  drop_.deliver("whatever").guid_value = "guid-9";
  EXPECT_EQ(ids(xuidl_), (Strings{all[0], all[2], "third"}));
}

TEST_F(UidlAssignmentTest, AnImportedIdComesBeforeOneThatIsKept) {
  drop_.deliver("same");
  drop_.deliver("same");
  const std::string second = ids(xuidl_)[1];
  drop_.deliver("new");
  pin({{"guid-3", second}});  // an import has the last word
  const Strings all{"same", second + mark("guid-2"), second};
  EXPECT_EQ(ids(xuidl_), all);
  drop_.remove(2);
  EXPECT_EQ(ids(xuidl_), (Strings{all[0], all[1]}));
}

TEST_F(UidlAssignmentTest, TwoImportedIdsThatAreTheSameDoNotMove) {
  drop_.deliver("a");
  drop_.deliver("b");
  pin({{"guid-1", "same"}, {"guid-2", "same"}});
  const Strings all{"same", "same" + mark("guid-2")};
  EXPECT_EQ(ids(xuidl_), all);
  EXPECT_EQ(ids(xuidl_), all);
  drop_.remove(0);
  EXPECT_EQ(ids(xuidl_), Strings{all[1]});
  EXPECT_EQ(ids(xuidl_), Strings{all[1]});
}

TEST_F(UidlAssignmentTest, ACopyWithTheSameGuidHasAnIdOfItsOwn) {
  for (const bool pinned : {false, true}) {
    for (std::size_t removed = 0; removed < 3; ++removed) {
      drop_.messages.clear();
      drop_.states.clear();
      drop_.cache.clear();
      for (int i = 0; i < 3; ++i) drop_.deliver("same").guid_value = "guid";
      if (pinned) pin({{"guid", "pinned"}});
      const std::string first = pinned ? "pinned" : "same";
      Strings all{first, first + mark("guid"), first + mark("guid") + ".2"};
      for (int session = 0; session < 3; ++session) EXPECT_EQ(ids(xuidl_), all);
      drop_.remove(removed);
      all.erase(all.begin() + static_cast<std::ptrdiff_t>(removed));
      for (int session = 0; session < 3; ++session) EXPECT_EQ(ids(xuidl_), all) << removed;
    }
  }
}

TEST_F(UidlAssignmentTest, ACopyOfAMessageWhoseIdIsKeptDoesNotTakeIt) {
  drop_.deliver(std::string(80, 'x')).received_value = 5;
  auto wanted = by({"template"});
  wanted.plan.form = "{received}.{guid}";
  drop_.messages[0]->guid_value = "guid";
  EXPECT_EQ(ids(wanted), Strings{"5.guid"});
  auto& copy = drop_.deliver();
  copy.guid_value = "guid";
  copy.received_value = 5;
  const Strings all{"5.guid", "5.guid" + mark("guid")};
  EXPECT_EQ(ids(wanted), all);
  EXPECT_EQ(ids(wanted), all);
  drop_.remove(0);
  EXPECT_EQ(ids(wanted), Strings{all[1]});
}

TEST_F(UidlAssignmentTest, AMessageThatComesBackTakesNoIdFromAnother) {
  auto wanted = by({"courier", "xuidl"});
  drop_.deliver("same");
  const auto moved = drop_.messages[0];
  EXPECT_EQ(ids(wanted), Strings{"same"});  // kept, because Courier's list may come
  drop_.remove(0);
  drop_.deliver("same");
  const Strings second{"same" + mark("guid-2")};
  EXPECT_EQ(ids(wanted), second);
  moved->uid_value = ++drop_.last_uid;
  drop_.messages.push_back(moved);
  EXPECT_EQ(ids(wanted), (Strings{second[0], "same"}));
}

// --- ids that POP3 does not allow ---

TEST_F(UidlAssignmentTest, IllegalIdsAreReplacedForGoodAndThatIsToldOnce) {
  drop_.deliver().file = "with a blank";
  drop_.deliver().file = std::string(max_identifier_octets + 1, 'x');
  drop_.deliver().file = "fine";
  drop_.deliver().stored = "not \x80 fine";
  const Strings first = ids(by({"qmail"}));
  ASSERT_EQ(first.size(), 4U);
  for (const std::string& id : first) EXPECT_TRUE(is_identifier(id)) << id;
  EXPECT_EQ(first[2], "fine");
  EXPECT_EQ(drop_.logged, Strings{"3 messages have ids by scheme qmail that POP3 does not allow, "
                                  "replaced for good; the first has UID 1"});
  EXPECT_EQ(ids(by({"qmail"})), first);
  EXPECT_EQ(drop_.logged.size(), 1U);
  drop_.remove(1);
  drop_.deliver().file = "with a blank";
  EXPECT_EQ(ids(by({"qmail"})), (Strings{first[0], first[2], first[3], first[0] + mark("guid-5")}));
  EXPECT_EQ(drop_.logged.back(),
            "1 message has an id by scheme qmail that POP3 does not allow, replaced for good; the "
            "first has UID 5");
}

TEST_F(UidlAssignmentTest, LongIdsAreWholeAsTheOldServerSentThem) {
  const std::string long_name(83, 'x');
  drop_.deliver().file = long_name;
  drop_.deliver().file = std::string(max_identifier_octets, 'y');
  EXPECT_EQ(ids(by({"qmail"})), (Strings{long_name, std::string(max_identifier_octets, 'y')}));
  EXPECT_TRUE(drop_.logged.empty());
  EXPECT_EQ(memory().max_length, max_identifier_octets);
}

TEST_F(UidlAssignmentTest, APolicyMayAskForIdsAsRfc1939HasThem) {
  auto wanted = by({"qmail"});
  wanted.max_length = 70;
  drop_.deliver().file = std::string(71, 'x');
  drop_.deliver().file = std::string(70, 'y');
  EXPECT_EQ(ids(wanted), (Strings{"87a1e4c1c92b7b7a7c46433d780de6cc", std::string(70, 'y')}));
  EXPECT_EQ(memory().max_length, 70U);
}

// Its clients know the hashes.
TEST_F(UidlAssignmentTest, AMailboxThatHadIdsBeforeLongOnesWereWholeKeepsItsOwn) {
  Memory before;
  before.given = true;
  before.plan.chain = {"qmail"};
  before.kept = {{"guid-1", "87a1e4c1c92b7b7a7c46433d780de6cc"}};
  drop_.states["uidl"] = memory_text(before);
  drop_.deliver().file = std::string(71, 'x');
  drop_.deliver().file = std::string(70, 'y');
  drop_.deliver().file = std::string(72, 'z');
  for (const auto on_change : {OnChange::keep, OnChange::refuse, OnChange::switch_over}) {
    const Strings got = ids(by({"qmail"}, on_change));
    ASSERT_EQ(got.size(), 3U) << got[0];
    EXPECT_EQ(got[0], "87a1e4c1c92b7b7a7c46433d780de6cc");
    EXPECT_EQ(got[1], std::string(70, 'y'));
    EXPECT_EQ(got[2].size(), 32U);
  }
  EXPECT_EQ(memory().max_length, std::nullopt);
  // An administrator who imports the old ids gets them unshortened.
  pin({{"guid-1", std::string(71, 'x')}});
  EXPECT_EQ(ids(by({"qmail"}))[0], std::string(71, 'x'));
}

TEST_F(UidlAssignmentTest, AnotherLengthIsAnotherPlan) {
  auto wanted = by({"qmail"});
  const std::string name(71, 'x');
  drop_.deliver().file = name;
  EXPECT_EQ(ids(wanted), Strings{name});
  wanted.max_length = 70;
  EXPECT_EQ(ids(wanted), Strings{name});
  ASSERT_EQ(drop_.informed.size(), 2U);
  EXPECT_EQ(drop_.informed[1],
            "the policy asks for scheme qmail, at most 70 octets, and the mailbox's ids are by "
            "scheme qmail, at most 495 octets; they stay as they are (uidl.on_change = \"keep\")");
  wanted.on_change = OnChange::refuse;
  EXPECT_TRUE(ids(wanted)[0].starts_with("error: the policy asks for scheme qmail, at most 70"));
  wanted.on_change = OnChange::switch_over;
  EXPECT_EQ(ids(wanted), Strings{"87a1e4c1c92b7b7a7c46433d780de6cc"});
  EXPECT_EQ(memory().max_length, 70U);
}

TEST_F(UidlAssignmentTest, OfAnXuidlThatIsTooLongTheNextOfTheChainIsAsked) {
  const std::string stored(71, 'x');
  drop_.deliver(stored);
  auto wanted = by({"xuidl", "decimal-uid"}, OnChange::switch_over);
  wanted.max_length = 70;
  EXPECT_EQ(ids(wanted), Strings{"1"});
  wanted.max_length = max_identifier_octets;
  EXPECT_EQ(ids(wanted), Strings{stored});
  wanted.max_length = 70;
  EXPECT_EQ(ids(wanted), Strings{"1"});
}

// --- what ids are made of may change ---

TEST_F(UidlAssignmentTest, ACutoverIsWhereTheDayBegins) {
  auto wanted = by({"xuidl"});
  wanted.plan.cutovers = {{1000, {"qmail"}}, {2000, {"decimal-uid"}}};
  for (const std::int64_t received : {-5, 999, 1000, 1999, 2000, 2001}) {
    auto& message = drop_.deliver("x" + std::to_string(received));
    message.received_value = received;
    message.file = "f" + std::to_string(received);
  }
  const Strings all{"f-5", "f999", "3", "4", "x2000", "x2001"};
  EXPECT_EQ(ids(wanted), all);
  // As in a copy of the Maildir that has not preserved the times.
  for (std::size_t i = 0; i < all.size(); ++i) {
    drop_.messages[i]->received_value = 5000 - drop_.messages[i]->received_value;
  }
  EXPECT_EQ(ids(wanted), all);
  for (auto& message : drop_.messages) message->received_value = 1;
  EXPECT_EQ(ids(wanted), all);
  EXPECT_EQ(drop_.stores, 1);
}

TEST_F(UidlAssignmentTest, CouriersListMayGoAndComeBack) {
  const auto wanted = by({"courier", "qmail"});
  drop_.deliver().number = CourierNumber{7, 3};
  drop_.deliver().file = "f2";
  drop_.deliver().file.reset();
  const Strings all{"UID7-3", "f2", "000000034fe12d90"};
  EXPECT_EQ(ids(wanted), all);
  drop_.messages[0]->number.reset();
  EXPECT_EQ(ids(wanted), all);
  for (auto& message : drop_.messages) message->number = CourierNumber{9, 9};
  EXPECT_EQ(ids(wanted), all);
  EXPECT_EQ(drop_.stores, 1);
}

TEST_F(UidlAssignmentTest, AReceivedDateInATemplateMayChange) {
  auto wanted = by({"template"});
  wanted.plan.form = "{received}.{uid}";
  drop_.deliver().received_value = 5;
  EXPECT_EQ(ids(wanted), Strings{"5.1"});
  drop_.messages[0]->received_value = 6;
  EXPECT_EQ(ids(wanted), Strings{"5.1"});
}

TEST_F(UidlAssignmentTest, WhatIsKeptForRemovedMessagesIsForgottenOneDay) {
  auto wanted = by({"courier"});
  Memory full;
  full.plan = wanted.plan;
  full.given = true;
  for (int i = 0; i < 1003; ++i) full.kept["gone-" + std::to_string(i)] = "i" + std::to_string(i);
  full.kept["guid-1\n9.9"] = "copy";
  drop_.states["uidl"] = memory_text(full);
  drop_.deliver().number = CourierNumber{1, 1};
  EXPECT_EQ(ids(wanted), Strings{"UID1-1"});
  EXPECT_EQ(memory().kept, (GuidIds{{"guid-1", "UID1-1"}}));
}

TEST_F(UidlAssignmentTest, AHeaderIsReadOnceAndItsCacheMayBeDropped) {
  const auto wanted = by({"xuidl", "qmail"});
  drop_.deliver("a");
  drop_.deliver().file = "f";
  const Strings all{"a", "f"};
  EXPECT_EQ(ids(wanted), all);
  EXPECT_EQ(drop_.cache.at({1, "xuidl.2"}), "+a");
  EXPECT_EQ(drop_.cache.at({2, "xuidl.2"}), "-");
  EXPECT_EQ(drop_.cache.size(), 2U);  // a file name need not be cached
  for (auto& message : drop_.messages) message->header_text.clear();
  EXPECT_EQ(ids(wanted), all);
  drop_.messages[0]->header_text = "X-UIDL: a\n";
  drop_.cache.clear();
  EXPECT_EQ(ids(wanted), all);
}

TEST_F(UidlAssignmentTest, WhatCouldNotBeReadIsNotCached) {
  drop_.deliver("a").error = Error{Failure::temporary, "no luck"};
  EXPECT_EQ(ids(xuidl_), Strings{"error: no luck"});
  EXPECT_TRUE(drop_.cache.empty());
}

// --- another plan ---

TEST_F(UidlAssignmentTest, AChangedPolicyIsKeptOut) {
  drop_.deliver("a");
  drop_.deliver("a");
  const Strings before = ids(xuidl_);
  EXPECT_EQ(ids(by({"uw"})), before);
  EXPECT_EQ(ids(by({"host"})), before);
  EXPECT_TRUE(drop_.logged.empty());
  drop_.informed.erase(drop_.informed.begin());  // the first use
  EXPECT_EQ(drop_.informed,
            (Strings{"the policy asks for scheme uw, and the mailbox's ids are by scheme xuidl; "
                     "they stay as they are (uidl.on_change = \"keep\")",
                     "the policy asks for scheme host, and the mailbox's ids are by scheme xuidl; "
                     "they stay as they are (uidl.on_change = \"keep\")"}));
  EXPECT_EQ(drop_.stores, 1);
}

TEST_F(UidlAssignmentTest, AChangedPolicyIsRefused) {
  drop_.deliver("a");
  ids(xuidl_);
  EXPECT_EQ(ids(by({"uw"}, OnChange::refuse)),
            Strings{"error: the policy asks for scheme uw, and the mailbox's ids are by scheme "
                    "xuidl (uidl.on_change = \"refuse\")"});
  EXPECT_EQ(ids(xuidl_), Strings{"a"});
  EXPECT_EQ(drop_.stores, 1);
}

TEST_F(UidlAssignmentTest, AChangedPolicyIsSwitchedTo) {
  drop_.deliver("a");
  drop_.deliver("a");
  ids(xuidl_);
  const auto wanted = by({"decimal-uid"}, OnChange::switch_over);
  EXPECT_EQ(ids(wanted), (Strings{"1", "2"}));
  EXPECT_EQ(ids(wanted), (Strings{"1", "2"}));
  EXPECT_EQ(drop_.logged, Strings{"the policy asks for scheme decimal-uid, and the mailbox's ids "
                                  "are by scheme xuidl; they are changed now (uidl.on_change = "
                                  "\"switch\")"});
}

TEST_F(UidlAssignmentTest, AFirstSchemeAndASwitchAreEventsOnceEach) {
  drop_.deliver("a");
  ids(xuidl_);
  ids(xuidl_);
  const auto wanted = by({"decimal-uid"}, OnChange::switch_over);
  ids(wanted);
  ids(wanted);
  std::vector<std::string> changes;
  for (const Event& event : drop_.events) {
    if (event.name == nullptr) continue;
    EXPECT_STREQ(event.name, "pop3_legacy_uidl_scheme_changed");
    changes.push_back(std::get<std::string>(event.fields[1].value) + " > " +
                      std::get<std::string>(event.fields[0].value));
  }
  EXPECT_EQ(changes, (Strings{"none > scheme xuidl", "scheme xuidl > scheme decimal-uid"}));
}

TEST_F(UidlAssignmentTest, ASwitchToTheHostIsReadAtTheNextSession) {
  drop_.deliver("a");
  ids(xuidl_);
  const auto wanted = by({"host"}, OnChange::switch_over);
  EXPECT_EQ(ids(wanted), Strings{"host"});
  EXPECT_EQ(ids(wanted), Strings{"host"});
  EXPECT_EQ(ids(by({"host"})), Strings{"host"});
  EXPECT_EQ(drop_.logged.size(), 1U);
  // The mailbox keeps these ids now.
  EXPECT_EQ(ids(wanted, false), Strings{"host"});
  EXPECT_EQ(ids(xuidl_), Strings{"host"});
}

TEST_F(UidlAssignmentTest, AnUnusedTemplateOrKeyFileIsNoChange) {
  drop_.deliver("a");
  ids(xuidl_);
  auto wanted = by({"xuidl"}, OnChange::refuse);
  wanted.plan.form = "{uid}";
  wanted.plan.key_file = "/nowhere";
  EXPECT_EQ(ids(wanted), Strings{"a"});
  EXPECT_EQ(drop_.stores, 1);
}

TEST_F(UidlAssignmentTest, APolicyThatIsNotKnownLeavesWhatIsRemembered) {
  drop_.deliver("a");
  EXPECT_EQ(ids(xuidl_, false), Strings{"error: the policy that decides the ids cannot be read"});
  EXPECT_EQ(ids(by({"host"}), false),
            Strings{"error: the policy that decides the ids cannot be read"});
  EXPECT_EQ(drop_.stores, 0);
  ids(xuidl_);
  for (const auto on_change : {OnChange::keep, OnChange::switch_over, OnChange::refuse}) {
    EXPECT_EQ(ids(by({"uw"}, on_change), false), Strings{"a"});
  }
  EXPECT_TRUE(drop_.logged.empty());
  EXPECT_EQ(drop_.stores, 1);
}

// --- the key ---

class UidlKeyTest : public UidlAssignmentTest {
 protected:
  UidlKeyTest() {
    drop_.deliver();
    drop_.keys = {{"/a", "first key"}, {"/b", "second key"}};
    wanted_.plan.key_file = "/a";
    first_ = ids(wanted_);
  }

  Wanted wanted_ = by({"hmac-sha256"});
  Strings first_;
  const Strings not_the_key_{
      "error: /a: this is not the key that the mailbox's ids were made with"};
};

TEST_F(UidlKeyTest, IsNotToldByItsMark) {
  EXPECT_EQ(first_[0].size(), 32U);
  EXPECT_EQ(memory().key_mark.size(), 16U);
  EXPECT_EQ(drop_.states["uidl"].find("first"), std::string::npos);
  EXPECT_EQ(ids(wanted_), first_);
}

TEST_F(UidlKeyTest, AUserWhoIsRenamedKeepsTheIds) {
  for (const auto& message : drop_.messages) message->user_value = "new%name@example.org";
  EXPECT_EQ(ids(wanted_), first_);
  EXPECT_EQ(memory().owner, "alice@example.org");
  drop_.states.clear();
  EXPECT_NE(ids(wanted_), first_);
  EXPECT_EQ(memory().owner, "new%name@example.org");
}

TEST_F(UidlKeyTest, MayStandInAnotherFile) {
  drop_.keys["/c"] = "first key";
  wanted_.plan.key_file = "/c";
  EXPECT_EQ(ids(wanted_), first_);
  EXPECT_EQ(memory().plan.key_file, "/c");
  drop_.keys.erase("/a");
  EXPECT_EQ(ids(wanted_, false), first_);
}

TEST_F(UidlKeyTest, ThatIsMissingIsAnErrorAndNoOtherId) {
  drop_.keys.erase("/a");
  for (const auto on_change : {OnChange::keep, OnChange::switch_over, OnChange::refuse}) {
    wanted_.on_change = on_change;
    EXPECT_EQ(ids(wanted_), Strings{"error: /a: no key"});
  }
  EXPECT_EQ(ids(by({"uw"})), Strings{"error: /a: no key"});
  EXPECT_EQ(drop_.stores, 1);
}

TEST_F(UidlKeyTest, ThatChangedIsRefusedUnlessToldToSwitch) {
  drop_.keys["/a"] = "another key";
  for (const auto on_change : {OnChange::keep, OnChange::refuse}) {
    wanted_.on_change = on_change;
    EXPECT_EQ(ids(wanted_), not_the_key_);
  }
  EXPECT_EQ(drop_.stores, 1);
  wanted_.on_change = OnChange::switch_over;
  const Strings second = ids(wanted_);
  EXPECT_NE(second, first_);
  EXPECT_EQ(ids(wanted_), second);
  EXPECT_EQ(drop_.logged,
            Strings{"/a: the key has changed, and the ids with it (uidl.on_change = \"switch\")"});
}

TEST_F(UidlKeyTest, ThatChangedIsNoReasonToSwitchWhereThePolicyIsNotKnown) {
  drop_.keys["/a"] = "another key";
  wanted_.on_change = OnChange::switch_over;
  EXPECT_EQ(ids(wanted_, false), not_the_key_);
  EXPECT_EQ(drop_.stores, 1);
}

// --- what is stored is damaged or missing ---

TEST_F(UidlAssignmentTest, DamagedStatesAreToldAndNothingIsChanged) {
  drop_.deliver("a");
  drop_.deliver("a");
  pin({{"guid-1", "p"}});
  const Strings before = ids(xuidl_);
  for (const std::string name : {"uidl", "pins"}) {
    const std::string whole = drop_.states[name];
    for (std::size_t octets = 0; octets < whole.size(); ++octets) {
      drop_.states[name] = whole.substr(0, octets);
      const Strings answer = ids(xuidl_);
      ASSERT_EQ(answer.size(), 1U);
      EXPECT_TRUE(
          answer[0].starts_with("error: the stored state is damaged, so UIDL is refused: the state "
                                "\"" +
                                name + "\": line "))
          << answer[0];
      EXPECT_EQ(ids(by({"uw"}, OnChange::switch_over)), answer);
      EXPECT_EQ(ids(by({"host"})), answer);
    }
    drop_.states[name] = whole;
    EXPECT_EQ(ids(xuidl_), before);
  }
  EXPECT_EQ(drop_.stores, 1);
}

TEST_F(UidlAssignmentTest, MissingPinsAreAnErrorButTheyCanBeRemoved) {
  drop_.deliver("a");
  pin({{"guid-1", "p"}});
  EXPECT_EQ(ids(xuidl_), Strings{"p"});
  drop_.states.erase("pins");
  const Strings missing{
      "error: the mailbox had imported ids, and the file with them is missing: pins"};
  EXPECT_EQ(ids(xuidl_), missing);
  EXPECT_EQ(ids(by({"uw"}, OnChange::switch_over)), missing);
  EXPECT_EQ(drop_.stores, 1);
  pin({});
  EXPECT_EQ(ids(xuidl_), Strings{"a"});
  drop_.states.erase("pins");
  EXPECT_EQ(ids(xuidl_), Strings{"a"});
}

TEST_F(UidlAssignmentTest, AnErrorLeavesNoIdsAndNothingStored) {
  const Error error{Failure::temporary, "no luck"};
  for (int i = 0; i < 3; ++i) drop_.deliver("same");
  for (auto& message : drop_.messages) message->error = error;
  EXPECT_EQ(ids(xuidl_), Strings{"error: no luck"});
  for (auto& message : drop_.messages) message->error.reset();
  for (auto* const failing : {&drop_.message_error, &drop_.hasher_error, &drop_.load_error}) {
    *failing = error;
    EXPECT_EQ(ids(xuidl_), Strings{"error: no luck"});
    failing->reset();
  }
  EXPECT_EQ(drop_.stores, 0);
  drop_.store_error = error;
  EXPECT_EQ(ids(xuidl_), Strings{"error: no luck"});
  EXPECT_TRUE(drop_.states.empty());
  EXPECT_TRUE(drop_.logged.empty());
}

TEST_F(UidlAssignmentTest, WhatIsNotStoredIsNotLogged) {
  drop_.deliver(std::string(71, 'x')).file = "a b";
  drop_.store_error = Error{Failure::temporary, "disk full"};
  EXPECT_EQ(ids(by({"qmail"})), Strings{"error: disk full"});
  EXPECT_TRUE(drop_.logged.empty());
}

// --- sessions at the same time ---

TEST_F(UidlAssignmentTest, ASessionThatIsOvertakenBeginsAgain) {
  drop_.deliver().file = "a b";
  Memory other;
  other.plan.chain = {"uw"};
  other.given = true;
  other.kept["guid-1"] = "by-the-other-session";
  bool done = false;
  drop_.after_load = [&](std::string_view name) {
    if (name != "pins" || done) return;
    done = true;
    drop_.states["uidl"] = memory_text(other);
  };
  EXPECT_EQ(ids(by({"qmail"})), Strings{"by-the-other-session"});
  EXPECT_EQ(drop_.stores, 0);
  EXPECT_EQ(drop_.informed.size(), 1U);  // the policy asks for another scheme
}

TEST_F(UidlAssignmentTest, ASessionThatIsOvertakenAgainAndAgainGivesUp) {
  drop_.deliver("a");
  int sessions = 0;
  drop_.after_load = [&](std::string_view name) {
    if (name != "pins") return;
    Memory other;
    other.plan.chain = {"xuidl"};
    other.given = true;
    other.kept["gone"] = std::to_string(++sessions);
    drop_.states["uidl"] = memory_text(other);
    pin({{"guid-" + std::to_string(sessions), "p"}});
  };
  Wanted wanted = by({"uw"}, OnChange::switch_over);
  EXPECT_EQ(ids(wanted), Strings{"error: other sessions keep changing the mailbox's ids"});
  EXPECT_EQ(drop_.stores, 0);
  EXPECT_EQ(sessions, 8);
}

// --- one message is no reason to leave the others without their ids ---

TEST_F(UidlAssignmentTest, AMessageThatCannotBeReadTakesItsOwnIdOnly) {
  for (const char* const id : {"a", "b", "b", "c"}) drop_.deliver(id);
  drop_.messages[1]->error = Error{Failure::temporary, "UID 2: no luck"};
  const Strings without{"a", "", "b", "c"};
  EXPECT_EQ(ids(xuidl_), without);
  EXPECT_EQ(drop_.logged,
            Strings{"1 message cannot be read, and has no id in this session: UID 2: no luck"});
  EXPECT_EQ(ids(xuidl_), without);
  // The ids after it were shown, and stay.
  drop_.messages[1]->error.reset();
  const Strings whole{"a", "b" + mark("guid-2"), "b", "c"};
  EXPECT_EQ(ids(xuidl_), whole);
  drop_.remove(2);
  EXPECT_EQ(ids(xuidl_), (Strings{"a", "b" + mark("guid-2"), "c"}));
}

TEST_F(UidlAssignmentTest, AMessageThatIsGoneTakesItsOwnIdOnly) {
  for (const char* const id : {"a", "b", "b"}) drop_.deliver(id);
  drop_.messages[1]->error = Error{Failure::gone, "expunged"};
  EXPECT_EQ(ids(xuidl_), (Strings{"a", "", "b"}));
  EXPECT_TRUE(drop_.logged.empty());
  EXPECT_TRUE(memory().kept.empty());
  drop_.cache.clear();
  for (auto& message : drop_.messages) message->error = Error{Failure::gone, "expunged"};
  EXPECT_EQ(ids(xuidl_), (Strings{"", "", ""}));
}

TEST_F(UidlAssignmentTest, AMessageWhoseGuidCannotBeReadMayHaveBeenImported) {
  for (const char* const id : {"a", "b", "c"}) drop_.deliver(id);
  pin({{"guid-2", "pinned"}});
  drop_.messages[1]->error = Error{Failure::temporary, "no luck"};
  EXPECT_EQ(ids(xuidl_), (Strings{"a", "", "c"}));
  drop_.messages[1]->error.reset();
  EXPECT_EQ(ids(xuidl_), (Strings{"a", "pinned", "c"}));
}

TEST_F(UidlAssignmentTest, TheOldServersFileIsNoMessages) {
  drop_.deliver("a").file = "a";
  drop_.deliver("b").error = Error{Failure::permanent, "courierpop3dsizelist: no permission"};
  EXPECT_EQ(ids(by({"courier"})), Strings{"error: courierpop3dsizelist: no permission"});
  EXPECT_EQ(drop_.stores, 0);
}

// --- the host's ids ---

TEST_F(UidlAssignmentTest, ASchemeChangesNothingButItsOwnMessages) {
  for (int i = 1; i <= 3; ++i) drop_.deliver().hosts = "host-" + std::to_string(i);
  drop_.messages[1]->number = CourierNumber{7, 3};
  const Strings expected{"host-1", "UID7-3", "host-3"};
  for (const Strings& chain : {Strings{"courier"}, Strings{"courier", "host"}}) {
    EXPECT_EQ(ids(by(chain, OnChange::refuse)), expected);
  }
  EXPECT_EQ(drop_.stores, 1);
  EXPECT_EQ(drop_.informed,
            Strings{"ids by scheme courier from now on: 3 messages, 1 by courier, 2 by the host"});
}

TEST_F(UidlAssignmentTest, ACutoverMayLeaveNewMailOrOldMailToTheHost) {
  for (int i = 1; i <= 2; ++i) {
    auto& message = drop_.deliver("x" + std::to_string(i));
    message.hosts = "host-" + std::to_string(i);
    message.received_value = std::int64_t{i} * 1000;
  }
  auto wanted = by({"host"});
  wanted.plan.cutovers = {{1500, {"xuidl"}}};
  EXPECT_EQ(ids(wanted), (Strings{"x1", "host-2"}));
  drop_.states.clear();
  wanted = by({"xuidl"});
  wanted.plan.cutovers = {{1500, {"host"}}};
  EXPECT_EQ(ids(wanted), (Strings{"host-1", "x2"}));
}

TEST_F(UidlAssignmentTest, WhoWasServedUnderTheHostHasIds) {
  drop_.deliver("a");
  EXPECT_EQ(ids(by({"host"})), Strings{"host"});
  EXPECT_EQ(ids(xuidl_), Strings{"host"});
  EXPECT_EQ(drop_.informed,
            Strings{"the policy asks for scheme xuidl, and the mailbox's ids are by scheme host; "
                    "they stay as they are (uidl.on_change = \"keep\")"});
  EXPECT_EQ(ids(by({"xuidl"}, OnChange::refuse)),
            Strings{"error: the policy asks for scheme xuidl, and the mailbox's ids are by scheme "
                    "host (uidl.on_change = \"refuse\")"});
  EXPECT_EQ(ids(by({"xuidl"}, OnChange::switch_over)), Strings{"a"});
}

TEST_F(UidlAssignmentTest, NobodyWasServedByDoveadmOrWithoutMail) {
  EXPECT_EQ(ids(by({"host"})), Strings{"host"});
  drop_.deliver("a");
  drop_.serves = false;
  EXPECT_EQ(ids(by({"host"})), Strings{"host"});
  EXPECT_TRUE(drop_.states.empty());
  pin({{"guid-9", "p"}});
  ids(by({"host"}));
  EXPECT_FALSE(memory().given);
  drop_.serves = true;
  EXPECT_EQ(ids(by({"xuidl"}, OnChange::refuse)), Strings{"a"});
}

TEST_F(UidlAssignmentTest, ThatTheHostHasServedMayBeForgotten) {
  drop_.deliver("a");
  drop_.store_error = Error{Failure::temporary, "disk full"};
  EXPECT_EQ(ids(by({"host"})), Strings{"host"});
  EXPECT_EQ(drop_.logged, Strings{"the mailbox's use of the host's ids could not be stored: "
                                  "disk full"});
  drop_.logged.clear();
  drop_.store_error = Error{Failure::permanent, "no place for states"};
  EXPECT_EQ(ids(by({"host"})), Strings{"host"});
  EXPECT_TRUE(drop_.logged.empty());
}

TEST_F(UidlAssignmentTest, AnIdOfTheHostsIsNoOthers) {
  drop_.deliver().hosts = "a";
  drop_.deliver("a");  // the one after it
  drop_.deliver("b");
  drop_.deliver().hosts = "b";  // the one before it
  const Strings all{"a", "a" + mark("guid-2"), "b", "b" + mark("guid-4")};
  EXPECT_EQ(ids(xuidl_), all);
  EXPECT_EQ(ids(xuidl_), all);
  drop_.remove(2);
  drop_.remove(0);
  EXPECT_EQ(ids(xuidl_), (Strings{all[1], all[3]}));
}

TEST_F(UidlAssignmentTest, AnImportedIdIsNotTheHostsForAnother) {
  drop_.deliver().hosts = "1";
  drop_.deliver().hosts = "2";
  pin({{"guid-1", "2"}});
  const Strings all{"2", "2" + mark("guid-2")};
  EXPECT_EQ(ids(by({"host"})), all);
  EXPECT_EQ(ids(by({"host"})), all);
}

// pop3_uidl_duplicates is the host's business, even if its ids are kept.
TEST_F(UidlAssignmentTest, WhatTheHostGivesTwiceIsLeftSo) {
  for (int i = 0; i < 3; ++i) drop_.deliver().hosts = "same";
  drop_.messages[2]->number = CourierNumber{1, 1};
  const Strings all{"same", "same", "UID1-1"};
  EXPECT_EQ(ids(xuidl_), (Strings{"same", "same", "same"}));
  drop_.states.clear();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ids(by({"courier"})), all);
  EXPECT_EQ(memory().kept.size(), 3U);
}

TEST_F(UidlAssignmentTest, WhatTheHostSaysThatPop3DoesNotAllowIsItsAffair) {
  drop_.deliver().hosts = "a b";
  EXPECT_EQ(ids(by({"courier"})), Strings{"a b"});
  EXPECT_EQ(ids(by({"courier"})), Strings{"a b"});
  EXPECT_TRUE(memory().kept.empty());
}

TEST_F(UidlAssignmentTest, AMemoryOfTheFirstVersionGoesOnWithDovecot) {
  drop_.deliver().hosts = "host-1";
  drop_.deliver().number = CourierNumber{7, 3};
  drop_.states["uidl"] = with_end("dovecot-pop3-legacy uidl 1\nscheme courier\n", 0);
  const Strings all{"000000014fe12d90", "UID7-3"};
  EXPECT_EQ(ids(by({"courier"}, OnChange::refuse)), all);
  EXPECT_EQ(ids(by({"courier"}, OnChange::switch_over)), all);
  EXPECT_TRUE(drop_.logged.empty());
  EXPECT_TRUE(drop_.informed.empty());
}

// --- UIDs alone ---

TEST_F(UidlAssignmentTest, UidsCountOnUnderANewUidvalidity) {
  for (const Strings& chain : {Strings{"decimal-uid"}, Strings{"cyrus-uidonly"}, Strings{"numeric"},
                               Strings{"template"}}) {
    SCOPED_TRACE(chain[0]);
    drop_.messages.clear();
    drop_.states.clear();
    drop_.last_uid = 0;
    auto wanted = by(chain);
    wanted.plan.form = "U{uid:04d}";
    std::set<std::string> given;
    std::size_t shown = 0;
    // In scheme "numeric", the third UIDVALIDITY gives the same first digits as the second.
    for (const UidValidity validity : {1700000000U, 1700000001U, 1700009001U, 1700000000U}) {
      for (int session = 0; session < 3; ++session) {
        drop_.deliver().validity = validity;
        const Strings got = ids(wanted);
        EXPECT_EQ(ids(wanted), got);
        given.insert(got.begin(), got.end());
        shown = std::max(shown, given.size());
      }
      // Recreated: other messages have the same UIDs.
      drop_.messages.clear();
      drop_.last_uid = 0;
    }
    EXPECT_EQ(given.size(), 12U);
    EXPECT_EQ(drop_.logged.size(), 3U) << drop_.logged[0];
    drop_.logged.clear();
  }
}

TEST_F(UidlAssignmentTest, CountingUidsIsSeldomWrittenDown) {
  const auto wanted = by({"decimal-uid"});
  for (int i = 1; i <= 1500; ++i) {
    drop_.deliver();
    ASSERT_EQ(ids(wanted).back(), std::to_string(i));
  }
  EXPECT_EQ(drop_.stores, 2);
  for (auto& message : drop_.messages) ++message->validity;
  EXPECT_EQ(ids(wanted).front(), "2003");
  EXPECT_EQ(drop_.stores, 3);
}

TEST_F(UidlAssignmentTest, UidsWithUidvalidityDoNotCount) {
  auto wanted = by({"cyrus", "template"});
  wanted.plan.form = "{uidvalidity}{uid}";
  drop_.deliver();
  ids(wanted);
  EXPECT_FALSE(memory().count);
}

// --- a storage without GUIDs ---

TEST_F(UidlAssignmentTest, WithoutGuidsWhatIsKeptIsKeptByUid) {
  for (int i = 0; i < 2; ++i) {
    drop_.deliver("same").no_guid = true;
    drop_.messages.back()->received_value = 500;
  }
  auto wanted = by({"xuidl"});
  wanted.plan.cutovers = {{1000, {"qmail", "xuidl"}}};
  for (auto& message : drop_.messages) message->file.reset();
  const Strings all = ids(wanted);
  EXPECT_EQ(all[0], "same");
  EXPECT_TRUE(all[1].starts_with("same-")) << all[1];
  EXPECT_EQ(drop_.logged,
            Strings{"no GUIDs here; ids are remembered by UID, so they change with UIDVALIDITY"});
  for (auto& message : drop_.messages) message->received_value = 5000;
  EXPECT_EQ(ids(wanted), all);
  drop_.deliver("same").no_guid = true;
  EXPECT_EQ(ids(wanted).size(), 3U);
  EXPECT_EQ(drop_.logged.size(), 1U);  // once
  // The administrator has changed the setting, as the log asked.
  for (auto& message : drop_.messages) message->no_guid = false;
  EXPECT_EQ((Strings{ids(wanted)[0], ids(wanted)[1]}), all);
}

TEST_F(UidlAssignmentTest, WithoutGuidsASchemeOfThemIsRefused) {
  drop_.deliver("same").no_guid = true;
  auto wanted = by({"template"});
  wanted.plan.form = "{guid}";
  EXPECT_EQ(ids(wanted), Strings{"error: no GUIDs here"});
}

// --- everything at random ---

// Random mailboxes whose messages come and go, come back and are copied, in sessions some of which
// cannot store. An id that a client has seen must stay.
TEST_F(UidlAssignmentTest, NoIdOfALivingMessageEverChanges) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto below = [&random](unsigned limit) {
      return static_cast<unsigned>(random() % limit);
    };
    drop_.messages.clear();
    drop_.states.clear();
    drop_.cache.clear();
    drop_.list.reset();
    drop_.last_uid = 0;
    Wanted wanted = by(
        std::vector<Strings>{{"xuidl"}, {"courier", "xuidl"}, {"qmail"}, {"template"}}[below(4)]);
    wanted.plan.form = "{filename}.{received}";
    if (below(3) == 0) wanted.plan.cutovers = {{1000, {"qmail", "xuidl"}}};
    GuidIds pins;
    for (unsigned i = below(4); i > 0; --i) {
      pins["guid-" + std::to_string(1 + below(10))] = Strings{"a", "f1", "pin"}[below(3)];
    }
    if (!pins.empty()) pin(pins);
    std::map<const FakeMaildrop::Message*, std::string> shown;
    std::vector<std::shared_ptr<FakeMaildrop::Message>> elsewhere;

    const auto deliver = [&] {
      auto& message = drop_.deliver(std::vector<Strings>{
          {""}, {"a"}, {"a"}, {"b"}, {std::string(90, 'l')}, {"a b"}}[below(6)][0]);
      message.file = std::vector<std::string>{"f1", "f1", "f2", "f 3"}[below(4)];
      message.received_value = static_cast<int>(below(2000));
      if (below(5) == 0) message.number = CourierNumber{below(3), 1};
      if (below(8) == 0) message.stored = "s" + std::to_string(below(3));
      if (below(4) == 0 && drop_.messages.size() > 1) {
        const auto& original =
            *drop_.messages[below(static_cast<unsigned>(drop_.messages.size()) - 1)];
        message.guid_value = original.guid_value;
        message.header_text = original.header_text;
      }
    };
    // In every other one there are so many messages that their ids are listed.
    for (unsigned i = 0; i < seed % 2 * 45; ++i) deliver();
    for (unsigned step = 0; step < 40; ++step) {
      const auto count = static_cast<unsigned>(drop_.messages.size());
      const unsigned what = below(10);
      if (what < 3 || count == 0) {
        deliver();
      } else if (what < 5) {
        const std::size_t place = below(count);
        shown.erase(drop_.messages[place].get());
        if (below(2) == 0) elsewhere.push_back(drop_.messages[place]);
        drop_.remove(place);
      } else if (what == 5 && !elsewhere.empty()) {
        elsewhere.back()->uid_value = ++drop_.last_uid;
        drop_.messages.push_back(elsewhere.back());
        elsewhere.pop_back();
      } else if (what == 6) {
        auto& message = *drop_.messages[below(count)];
        message.received_value = static_cast<int>(below(2000));
        message.number.reset();
        if (below(2) == 0) message.number = CourierNumber{below(3), 1};
      } else {
        if (below(5) == 0) drop_.cache.clear();
        if (below(9) == 0) drop_.list.reset();
        if (below(4) == 0) drop_.store_error = Error{Failure::temporary, "died"};
        // While the first one cannot be read, nobody knows whose a copied id, or an id imported
        // twice, is; and an id that was shown is in the host's cache.
        std::uint32_t unread = below(4) == 0 && pins.size() < 2 ? below(count) : count;
        const auto is_copy = [&](const auto& message) {
          return message->guid_value == drop_.messages[unread]->guid_value;
        };
        if (unread < count &&
            (shown.contains(drop_.messages[unread].get()) ||
             std::count_if(drop_.messages.begin(), drop_.messages.end(), is_copy) > 1)) {
          unread = count;
        }
        if (unread < count) {
          drop_.messages[unread]->error = Error{Failure::temporary, "unread"};
        }
        // A different policy, or an unreadable one, changes nothing either.
        const bool odd = drop_.states.contains("uidl") && below(4) == 0;
        const bool known = !odd || below(2) == 0;
        const Strings got = ids(odd ? by({below(2) == 0 ? "uw" : "host"}) : wanted, known);
        if (unread < count) drop_.messages[unread]->error.reset();
        if (drop_.store_error && got == Strings{"error: died"}) {
          drop_.store_error.reset();
          continue;
        }
        drop_.store_error.reset();
        if (got == Strings{"error: unread"}) continue;
        ASSERT_EQ(got.size(), count) << got[0];
        EXPECT_EQ(std::set<std::string>(got.begin(), got.end()).size(), count);
        for (std::size_t place = 0; place < count; ++place) {
          if (place == unread && got[place].empty()) continue;
          EXPECT_TRUE(is_identifier(got[place])) << got[place];
          const auto [before, first] = shown.emplace(drop_.messages[place].get(), got[place]);
          ASSERT_EQ(before->second, got[place])
              << "step " << step << " UID " << drop_.messages[place]->uid_value;
        }
      }
    }
  }
}

// --- ids in a form, and the list of ids ---

TEST_F(UidlAssignmentTest, IdsInAFormAreThoseOfTheFormula) {
  Wanted wanted = by({"template"});
  for (const std::string_view form :
       {"{uid}", "{uid:08x}", "{uid:012X}.{uidvalidity}", "x{uidvalidity:08x}{uid:020d}y"}) {
    wanted.plan.form = form;
    const Template parsed = Template::parse(form).value();
    drop_.states.clear();
    drop_.messages.clear();
    for (const Uid uid : {1U, 9U, 10U, 4096U, 4294967295U}) {
      drop_.last_uid = uid - 1;
      drop_.deliver();
    }
    const Strings shown = ids(wanted);
    for (std::uint32_t place = 0; place < drop_.message_count(); ++place) {
      EXPECT_EQ(shown[place], parsed.fill(*drop_.messages[place]).value().value()) << form;
    }
  }
}

TEST_F(UidlAssignmentTest, IdsInAFormNeedNoMessage) {
  for (int i = 0; i < 3; ++i) drop_.deliver();
  drop_.message_error = Error{Failure::temporary, "no message may be opened"};
  for (const char* const scheme : {"uw", "dovecot", "cyrus", "decimal-uid", "numeric"}) {
    drop_.states.clear();
    EXPECT_EQ(ids(by({scheme})).size(), 3U) << scheme;
  }
  EXPECT_EQ(ids(by({"uw"}, OnChange::switch_over)),
            (Strings{"4fe12d9000000001", "4fe12d9000000002", "4fe12d9000000003"}));
  EXPECT_TRUE(drop_.logged.size() == 1 && drop_.logged[0].find("changed") != std::string::npos);
}

TEST_F(UidlAssignmentTest, StoredPinnedAndKeptIdsComeBeforeAForm) {
  for (int i = 0; i < 3; ++i) drop_.deliver();
  const Wanted wanted = by({"decimal-uid"});
  EXPECT_EQ(ids(wanted), (Strings{"1", "2", "3"}));
  drop_.messages[1]->stored = "stored";
  EXPECT_EQ(ids(wanted), (Strings{"1", "stored", "3"}));
  pin({{"guid-3", "pinned"}});
  EXPECT_EQ(ids(wanted), (Strings{"1", "stored", "pinned"}));
}

TEST_F(UidlAssignmentTest, TheStorageIsAskedOnlyAboutNewMessages) {
  for (int i = 0; i < 40; ++i) drop_.deliver();
  const Wanted wanted = by({"uw"});
  ids(wanted);
  ASSERT_TRUE(drop_.list);
  EXPECT_NE(drop_.list->find("\nform 40\n"), std::string::npos);
  drop_.messages[7]->stored = "later";  // Dovecot stores no id where a message has one
  drop_.deliver();
  const Strings shown = ids(wanted);
  EXPECT_EQ(shown[7], "4fe12d9000000008");
  EXPECT_EQ(shown[40], "4fe12d9000000029");
}

/// Lists are written for larger mailboxes.
class UidlListTest : public UidlAssignmentTest {
 protected:
  UidlListTest() {
    for (int i = 0; i < 100; ++i) drop_.deliver("x" + std::to_string(i % 90));
    shown_ = ids(xuidl_);
  }
  /// No message may be read.
  void close() { drop_.message_error = Error{Failure::temporary, "closed"}; }

  Strings shown_;
};

TEST_F(UidlListTest, IsReadInsteadOfTheMessages) {
  EXPECT_EQ(drop_.lists, 1);
  close();
  EXPECT_EQ(ids(xuidl_), shown_);
  drop_.remove(95);
  shown_.erase(shown_.begin() + 95);
  EXPECT_EQ(ids(xuidl_), shown_);
  EXPECT_EQ(drop_.lists, 1);
}

TEST_F(UidlListTest, NewMessagesAreToldApartFromListedOnes) {
  drop_.deliver("x5");
  drop_.deliver("new");
  shown_.push_back("x5" + mark("guid-101"));
  shown_.emplace_back("new");
  EXPECT_EQ(ids(xuidl_), shown_);
  EXPECT_EQ(memory().kept.at("guid-101"), shown_[100]);
  EXPECT_EQ(ids(xuidl_), shown_);
  drop_.list.reset();
  EXPECT_EQ(ids(xuidl_), shown_);
}

TEST_F(UidlListTest, CopiesOfListedMessagesHaveIdsOfTheirOwn) {
  pin({{"guid-4", "pinned"}});
  shown_ = ids(xuidl_);
  const std::string kept = memory().kept.at("guid-92");
  EXPECT_EQ(shown_[91], kept);
  for (const char* const copied : {"guid-4", "guid-92", "guid-92"}) {
    drop_.deliver("x8").guid_value = copied;
  }
  shown_.push_back("pinned" + mark("guid-4"));
  shown_.push_back(kept + mark("guid-92"));
  shown_.push_back(kept + mark("guid-92") + ".2");
  EXPECT_EQ(ids(xuidl_), shown_);
  EXPECT_EQ(ids(xuidl_), shown_);
  drop_.list.reset();
  EXPECT_EQ(ids(xuidl_), shown_);
}

TEST_F(UidlListTest, CountsOnlyWhileWhatItWasMadeFromIsUnchanged) {
  const std::string list = *drop_.list;
  const auto closed = [&] {
    close();
    const Strings found = ids(xuidl_);
    drop_.message_error.reset();
    return found.size() == 1 && found[0].starts_with("error: ");
  };
  EXPECT_FALSE(closed());
  pin({{"guid-4", "pinned"}});
  EXPECT_TRUE(closed());
  shown_[3] = "pinned";
  EXPECT_EQ(ids(xuidl_), shown_);
  EXPECT_FALSE(closed());
  for (const auto& message : drop_.messages) ++message->validity;
  EXPECT_TRUE(closed());
  for (const auto& message : drop_.messages) --message->validity;
  EXPECT_FALSE(closed());
  --drop_.last_uid;  // an older copy of the mailbox was restored
  EXPECT_TRUE(closed());
  ++drop_.last_uid;
  EXPECT_EQ(ids(by({"uw"}, OnChange::switch_over))[0], "4fe12d9000000001");
}

TEST_F(UidlListTest, DamageIsNotMissed) {
  const std::string list = *drop_.list;
  for (std::size_t at = 0; at < list.size(); at += 7) {
    for (const bool cut : {false, true}) {
      drop_.list = cut ? list.substr(0, at) : list;
      if (!cut) drop_.list->at(at) = static_cast<char>(drop_.list->at(at) ^ 1);
      EXPECT_EQ(ids(xuidl_), shown_) << at;
    }
  }
  drop_.list = list + "1 x\n";
  EXPECT_EQ(ids(xuidl_), shown_);
}

TEST_F(UidlListTest, IsWrittenAgainOnlyWhereThatIsWorthIt) {
  for (int i = 0; i < 20; ++i) drop_.deliver("y" + std::to_string(i));
  shown_ = ids(xuidl_);
  EXPECT_EQ(drop_.lists, 1);
  for (int i = 0; i < 20; ++i) drop_.deliver("z" + std::to_string(i));
  shown_ = ids(xuidl_);
  EXPECT_EQ(drop_.lists, 2);
  EXPECT_EQ(ids(xuidl_), shown_);
  EXPECT_EQ(drop_.lists, 2);
  drop_.messages.resize(10);
  drop_.serves = false;
  drop_.list.reset();
  ids(xuidl_);
  EXPECT_FALSE(drop_.list);  // only for clients
}

TEST_F(UidlListTest, OfADamagedMemoryIsIgnored) {
  drop_.states["uidl"][40] ^= 1;
  EXPECT_TRUE(ids(xuidl_)[0].starts_with("error: the stored state is damaged"));
}

}  // namespace
}  // namespace pop3_legacy::uidl
