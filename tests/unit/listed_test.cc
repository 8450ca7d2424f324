// What can be done with an old list: detection, verification, pinning.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/uidl/detection.h"
#include "plugin/core/uidl/identifier.h"
#include "plugin/core/uidl/memory.h"
#include "plugin/core/uidl/pinning.h"
#include "plugin/core/uidl/verification.h"
#include "tests/unit/fake_maildrop.h"

namespace pop3_legacy::uidl {
namespace {

using namespace std::string_literals;
using Strings = std::vector<std::string>;

OldList read(std::string_view text) {
  auto list = read_old_list(text);
  EXPECT_TRUE(list) << (list ? "" : list.error().text);
  return list ? std::move(list.value()) : OldList{};
}

std::vector<NumberedMessage> messages(const Strings& ids) {
  std::vector<NumberedMessage> made;
  for (const std::string& id : ids) {
    const auto number = std::to_string(made.size() + 1);
    made.push_back({static_cast<Uid>(10 * (made.size() + 1)), "g" + number, id, 0, 0});
  }
  return made;
}

const std::string own_head = std::string(own_list_first_line) + "\n";

// --- pinning ---

GuidIds pinned(std::string_view list, GuidIds pins = {}, bool replace = false) {
  const auto made = pin_list(read(list), messages({"", "", ""}), std::move(pins), replace);
  EXPECT_TRUE(made) << (made ? "" : made.error().text);
  return made ? made.value().pins : GuidIds{};
}
std::string refusal(std::string_view list, GuidIds pins = {}) {
  const auto made = pin_list(read(list), messages({"", "", ""}), std::move(pins), false);
  return made ? "none" : made.error().text;
}

TEST(PinningTest, ByNumber) {
  EXPECT_EQ(pinned("1 a\n2 b\n3 c\n"), (GuidIds{{"g1", "a"}, {"g2", "b"}, {"g3", "c"}}));
  EXPECT_EQ(refusal("1 a\n2 b\n3 c\n4 d\n"), "the list has 4 ids and the mailbox 3 messages");
  EXPECT_EQ(refusal("1 a\n5 b\n"), "the list goes up to message 5 and the mailbox 3 messages");
}

TEST(PinningTest, AListMayBeTheBeginningOfTheMailboxAndHaveGaps) {
  EXPECT_EQ(pinned("1 a\n2 b\n"), (GuidIds{{"g1", "a"}, {"g2", "b"}}));
  EXPECT_EQ(pinned("1 a\n3 c\n"), (GuidIds{{"g1", "a"}, {"g3", "c"}}));
  EXPECT_EQ(pinned(""), GuidIds{});
}

TEST(PinningTest, OfTwoMessagesWithOneIdTheFirstHasIt) {
  const auto made = pin_list(read("1 a\n2 b\n3 a\n"), messages({"", "", ""}), {}, false);
  ASSERT_TRUE(made);
  EXPECT_EQ(made.value().pins, (GuidIds{{"g1", "a"}, {"g2", "b"}}));
  EXPECT_EQ(made.value().added, 2U);
  EXPECT_EQ(made.value().not_pinned, 1U);
  EXPECT_EQ(made.value().odd,
            Strings{"line 3: the id \"a\" is pinned to the message of line 1, and "
                    "this one has another"});
  // The first one that is in the mailbox counts.
  EXPECT_EQ(pinned(own_head + "1\t5\tgone\ta\n2\t6\tg2\ta\n"), (GuidIds{{"g2", "a"}}));
}

TEST(PinningTest, ByGuidWhateverTheNumber) {
  const auto made = pin_list(read(own_head + "1\t5\tg3\ta\n2\t6\tgone\tb\n3\t7\tg1\tc\n"),
                             messages({"", "", ""}), {}, false);
  ASSERT_TRUE(made);
  EXPECT_EQ(made.value().pins, (GuidIds{{"g3", "a"}, {"g1", "c"}}));
  EXPECT_EQ(made.value().added, 2U);
  EXPECT_EQ(made.value().gone, 1U);
  EXPECT_TRUE(refusal(own_head + "1\t5\tx\ta\n").starts_with("no message of the mailbox has one"));
}

TEST(PinningTest, AClientsFileDoesNotSayWhichMessage) {
  EXPECT_EQ(refusal("anna@host a\nanna@host b\nanna@host c\n"),
            "the list is fetchmail's .fetchids, which does not say which message has which id; the "
            "old server's UIDL answer does");
}

TEST(PinningTest, LongIdsAreImportedWhole) {
  const std::string id(83, 'x');
  EXPECT_EQ(pinned("1 a\n2 " + id + "\n3 c\n").at("g2"), id);
}

TEST(PinningTest, AnIdThatIsTooLongDoesNotKeepTheOthersFromIt) {
  const std::string id(71, 'x');
  const auto made =
      pin_list(read("1 a\n2 " + id + "\n3 c\n"), messages({"", "", ""}), {}, false, 70);
  ASSERT_TRUE(made);
  EXPECT_EQ(made.value().pins, (GuidIds{{"g1", "a"}, {"g3", "c"}}));
  EXPECT_EQ(made.value().not_pinned, 1U);
  EXPECT_EQ(
      made.value().odd[0],
      "line 2: the id of 71 octets is longer than 70 (uidl.max_length), and is not pinned: \"" +
          id + '"');
  EXPECT_TRUE(refusal("1 " + std::string(500, 'x') + "\n")
                  .starts_with("line 1: the id of 500 octets is longer than 495"));
}

TEST(PinningTest, PinsOfBeforeStay) {
  const auto made = pin_list(read("1 a\n2 b\n3 c\n"), messages({"", "", ""}),
                             {{"g1", "a"}, {"other", "z"}}, false);
  ASSERT_TRUE(made);
  EXPECT_EQ(made.value().pins, (GuidIds{{"g1", "a"}, {"g2", "b"}, {"g3", "c"}, {"other", "z"}}));
  EXPECT_EQ(made.value().added, 2U);
  EXPECT_EQ(made.value().present, 1U);
}

TEST(PinningTest, PinsOfBeforeThatContradictAreReplacedIfToldSo) {
  const std::string list = "1 a\n2 b\n3 c\n";
  EXPECT_EQ(refusal(list, {{"g2", "z"}}), "line 2: the message is pinned to \"z\", not \"b\"");
  EXPECT_EQ(refusal(list, {{"other", "c"}}), "line 3: the id \"c\" is pinned to another message");
  EXPECT_EQ(pinned(list, {{"g2", "z"}, {"other", "c"}}, true),
            (GuidIds{{"g1", "a"}, {"g2", "b"}, {"g3", "c"}}));
  EXPECT_EQ(pinned(list, {{"g1", "b"}, {"g2", "a"}}, true),
            (GuidIds{{"g1", "a"}, {"g2", "b"}, {"g3", "c"}}));
}

TEST(PinningTest, TwoMessagesWithOneGuid) {
  auto two = messages({"", ""});
  two[1].guid = two[0].guid;
  const auto made = pin_list(read("1 a\n2 b\n"), two, {}, true);
  ASSERT_TRUE(made);
  EXPECT_EQ(made.value().pins, (GuidIds{{"g1", "a"}}));
  EXPECT_EQ(made.value().odd,
            Strings{"line 2: the message has the same GUID as one before it, \"g1\", and cannot be "
                    "pinned to \"b\""});
}

// --- LIST's sizes ---

/// Why a list with the LIST sizes `before` does not fit messages of the sizes `now`.
std::string contradicted(const std::vector<unsigned>& before, const std::vector<unsigned>& now,
                         const std::vector<unsigned>& stored = {}) {
  std::string sizes;
  std::string text;
  for (std::size_t i = 0; i < before.size(); ++i) {
    sizes += std::to_string(i + 1) + ' ' + std::to_string(before[i]) + "\n";
    text += std::to_string(i + 1) + " id" + std::to_string(i + 1) + "\n";
  }
  auto all = messages(Strings(now.size()));
  for (std::size_t i = 0; i < now.size(); ++i) {
    all[i].octets = now[i];
    all[i].stored_octets = stored.empty() ? now[i] : stored[i];
  }
  const auto places = listed_messages(read("+OK\n" + sizes + ".\n+OK\n" + text + ".\n"), all);
  return places ? "" : places.error().text;
}

TEST(ListedSizesTest, OfTheSameMessagesTheyNeedNotBeEqual) {
  EXPECT_EQ(contradicted({500, 9000, 70000}, {500, 9000, 70000}), "");
  EXPECT_EQ(contradicted({500, 9000, 70000}, {522, 9022, 70022}), "");  // with mbsync's header
  EXPECT_EQ(contradicted({500, 9000, 70000}, {649, 9154, 70151}), "");  // with an LDA's header
  EXPECT_EQ(contradicted({480, 8800, 68000}, {500, 9000, 70000}, {480, 8800, 68000}), "");
  EXPECT_EQ(contradicted({500, 9000}, {500, 9000, 70000}), "");  // new mail has arrived
  EXPECT_EQ(contradicted({500, 500, 500}, {500, 500, 500, 500}), "");
  std::vector<unsigned> now;
  for (unsigned i = 0; i < 40; ++i) now.push_back(1000 + i * i * 37 % 9973);
  std::vector<unsigned> before = now;
  before[7] += 2;
  before[20] -= 900;
  before[33] = 5;
  EXPECT_EQ(contradicted(before, now), "");
}

TEST(ListedSizesTest, AListThatIsShiftedIsRefused) {
  const std::vector<unsigned> before{500, 9000, 70000, 800, 12000};
  EXPECT_TRUE(contradicted({500}, {9000}).starts_with("1 of 1 messages do not have the size"));
  EXPECT_TRUE(contradicted({500, 9000}, {9000, 500}).starts_with("2 of 2 messages"));
  EXPECT_EQ(
      contradicted(before, {9000, 70000, 800, 12000, 600}),
      "5 of 5 messages do not have the size in LIST's answer; the first is message 1, with 500 "
      "octets before and 9000 now: the list is not of these messages in this order (to go by "
      "number anyway, leave LIST's answer out of the file)");
  const std::string displaced = "the sizes in LIST's answer are those of the messages next to them";
  EXPECT_TRUE(contradicted({100, 200, 300}, {200, 300, 400}).starts_with(displaced));
  EXPECT_TRUE(contradicted({100, 200}, {50, 100, 200}).starts_with(displaced));
  EXPECT_TRUE(contradicted({100, 200}, {200, 300}).starts_with(displaced));
  // Among many messages, one in the middle is gone and one has arrived.
  std::vector<unsigned> many;
  for (unsigned i = 0; i < 200; ++i) many.push_back(1000 + i * i * 37 % 9973);
  std::vector<unsigned> shifted = many;
  shifted.erase(shifted.begin() + 190);
  shifted.push_back(4711);
  EXPECT_NE(contradicted(many, shifted), "");
  for (unsigned& size : shifted) size += 22;
  EXPECT_NE(contradicted(many, shifted), "");
}

// --- verification ---

Verification verified(std::string_view list, const Strings& ids, std::size_t at_most = 20) {
  const auto made = verify_list(read(list), messages(ids), at_most);
  EXPECT_TRUE(made) << (made ? "" : made.error().text);
  return made ? made.value() : Verification{};
}

TEST(VerificationTest, ByNumber) {
  const Verification good = verified("1 a\n2 b\n", {"a", "b"});
  EXPECT_EQ(good.same, 2U);
  EXPECT_EQ(good.different + good.missing + good.unlisted, 0U);

  const Verification swapped = verified("1 a\n2 b\n3 c\n", {"b", "a", "c"}, 1);
  EXPECT_EQ(swapped.same, 1U);
  EXPECT_EQ(swapped.different, 2U);
  ASSERT_EQ(swapped.first.size(), 1U);
  EXPECT_EQ(swapped.first[0].number, 1U);
  EXPECT_EQ(swapped.first[0].uid, 10U);
  EXPECT_EQ(swapped.first[0].expected, "a");
  EXPECT_EQ(swapped.first[0].actual, "b");

  const auto longer = verify_list(read("1 a\n2 b\n"), messages({"a"}), 1);
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().text, "the list has 2 ids and the mailbox 1 messages");
}

TEST(VerificationTest, WhatTheListDoesNotReachIsNewer) {
  const Verification beginning = verified("1 a\n2 b\n", {"a", "b", "c"});
  EXPECT_EQ(beginning.same, 2U);
  EXPECT_EQ(beginning.unlisted, 1U);
  EXPECT_EQ(beginning.different, 0U);
  const Verification gap = verified("1 a\n3 c\n", {"a", "b", "c"});
  EXPECT_EQ(gap.same, 2U);
  EXPECT_EQ(gap.unlisted, 1U);
  const Verification empty = verified("", {});
  EXPECT_EQ(empty.same + empty.different + empty.unlisted + empty.missing, 0U);
}

TEST(VerificationTest, OneOfTwoMessagesHasTheIdThatBothHad) {
  const Verification made = verified("1 a\n2 b\n3 a\n", {"a", "b", "a-1"});
  EXPECT_EQ(made.same, 2U);
  EXPECT_EQ(made.different, 0U);
  EXPECT_EQ(made.unlisted, 1U);
  EXPECT_EQ(made.shared, 1U);
  ASSERT_EQ(made.first_shared.size(), 1U);
  EXPECT_EQ(made.first_shared[0].number, 3U);
  EXPECT_EQ(made.first_shared[0].expected, "a");
  EXPECT_EQ(made.first_shared[0].actual, "a-1");
  EXPECT_EQ(verified("1 a\n2 a\n", {"a-1", "a"}).same, 1U);
  const Verification neither = verified("1 a\n2 a\n3 a\n", {"x", "y", "z"});
  EXPECT_EQ(neither.different, 1U);
  EXPECT_EQ(neither.shared, 2U);
}

TEST(VerificationTest, ByGuid) {
  const Verification made =
      verified(own_head + "1\t5\tg3\tc\n2\t6\tgone\tb\n3\t7\tg1\tx\n", {"a", "b", "c"});
  EXPECT_EQ(made.same, 1U);
  EXPECT_EQ(made.different, 1U);
  EXPECT_EQ(made.unlisted, 1U);
  EXPECT_EQ(made.missing, 1U);
  EXPECT_EQ(made.unclaimed, Strings{"b"});
  EXPECT_EQ(made.first[0].expected, "x");
}

TEST(VerificationTest, OfAClientsFileTheIdsCount) {
  const Verification made = verified("z\nb\na\n", {"a", "b", "c"});
  EXPECT_EQ(made.same, 2U);
  EXPECT_EQ(made.different, 1U);
  EXPECT_EQ(made.first[0].number, 3U);
  EXPECT_EQ(made.first[0].expected, "");
  EXPECT_EQ(made.unclaimed, Strings{"z"});
}

TEST(VerificationTest, GetmailsDashMayHaveBeenASlash) {
  EXPECT_EQ(verified("a-b\0001600000000\n"s, {"a/b"}).same, 1U);
  EXPECT_EQ(verified("a-b\n", {"a/b"}).same, 0U);
}

// --- detection ---

/// A mailbox with UIDVALIDITY 7.
class DetectionMaildrop : public FakeMaildrop {
 public:
  Message& add(Uid uid) {
    last_uid = uid - 1;
    Message& made = deliver();
    made.validity = 7;
    made.guid_value = "g" + std::to_string(uid);
    made.file = std::nullopt;
    return made;
  }
  [[nodiscard]] std::vector<NumberedMessage> numbered() const {
    std::vector<NumberedMessage> all;
    for (const auto& one : messages) all.push_back({one->uid_value, one->guid_value, {}});
    return all;
  }
  void keep_derived(std::string_view /*scheme*/, std::string_view /*value*/) override {
    ADD_FAILURE() << "detection keeps nothing";
  }
};

struct Row {
  std::string line;
  std::size_t reproduced;
  bool operator==(const Row&) const = default;
};
// GoogleTest looks it up by this name.
void PrintTo(  // NOLINT(readability-identifier-naming)
    const Row& row, std::ostream* out) {
  *out << row.line << ": " << row.reproduced;
}

std::vector<Row> rows(const Detection& found) {
  std::vector<Row> all;
  for (const auto& row : found.rows) all.push_back({policy_line(row), row.reproduced});
  return all;
}
std::vector<Row> detected(DetectionMaildrop& maildrop, std::string_view list) {
  const auto found = detect_schemes(maildrop, {}, read(list), maildrop.numbered());
  EXPECT_TRUE(found) << (found ? "" : found.error().text);
  return found ? rows(found.value()) : std::vector<Row>{};
}

TEST(DetectionTest, TheSchemesThatReproduceAnId) {
  DetectionMaildrop maildrop;
  maildrop.add(1);
  maildrop.add(2);
  EXPECT_EQ(detected(maildrop, "1 7.1\n2 7.2\n"), (std::vector<Row>{{R"(scheme = "cyrus")", 2}}));
  EXPECT_EQ(detected(maildrop, "7.1\n7.9\n"), (std::vector<Row>{{R"(scheme = "cyrus")", 1}}));
  EXPECT_TRUE(detected(maildrop, "1 x\n2 y\n").empty());
}

TEST(DetectionTest, AnIdOfTheWrongMessageIsNone) {
  DetectionMaildrop maildrop;
  maildrop.add(1);
  maildrop.add(2);
  EXPECT_TRUE(detected(maildrop, "1 7.2\n2 7.1\n").empty());
  EXPECT_EQ(detected(maildrop, "7.2\n7.1\n").size(), 1U);
  EXPECT_EQ(detected(maildrop, own_head + "1\t1\tg2\t7.2\n2\t2\tg1\t7.1\n").size(), 1U);
  EXPECT_TRUE(detected(maildrop, own_head + "1\t1\tg2\t7.1\n2\t2\tg1\t7.2\n").empty());
}

TEST(DetectionTest, ANumberedListOfAnotherLengthCountsByItsIds) {
  DetectionMaildrop maildrop;
  maildrop.add(2);
  const auto found = detect_schemes(maildrop, {}, read("1 7.1\n2 7.2\n"), maildrop.numbered());
  ASSERT_TRUE(found);
  EXPECT_FALSE(found.value().by_message);
  EXPECT_EQ(found.value().ids, 2U);
  EXPECT_EQ(rows(found.value()), (std::vector<Row>{{R"(scheme = "cyrus")", 1}}));
}

TEST(DetectionTest, TwoSchemesInTheOrderThatReproducesMore) {
  DetectionMaildrop maildrop;
  maildrop.add(1).header_text = "X-UIDL: stored\n";
  maildrop.add(2);
  maildrop.add(3);
  EXPECT_EQ(detected(maildrop, "1 stored\n2 7.2\n3 7.3\n"),
            (std::vector<Row>{{R"(scheme = ["xuidl", "cyrus"])", 3},
                              {R"(scheme = "cyrus")", 2},
                              {R"(scheme = "xuidl")", 1},
                              {R"(scheme = "heimdal")", 1}}));
}

TEST(DetectionTest, WhatTheHostHasStoredIsToldApart) {
  DetectionMaildrop maildrop;
  maildrop.add(1).stored = "mine";
  maildrop.add(2);
  const auto found = detect_schemes(maildrop, {}, read("1 mine\n2 7.2\n"), maildrop.numbered());
  ASSERT_TRUE(found);
  EXPECT_EQ(found.value().stored, 1U);
  EXPECT_EQ(rows(found.value()), (std::vector<Row>{{R"(scheme = "cyrus")", 1}}));
}

TEST(DetectionTest, LongIdsAreFoundAsUidlShowsThem) {
  DetectionMaildrop maildrop;
  const std::string name(83, 'x');
  maildrop.add(1).file = name;
  EXPECT_EQ(detected(maildrop, "1 " + name + "\n").front(), (Row{R"(scheme = "courier-v0")", 1}));
  Wanted short_ones;
  short_ones.max_length = 70;
  const auto list = read("1 " + name + "\n");
  EXPECT_TRUE(
      rows(detect_schemes(maildrop, short_ones, list, maildrop.numbered()).value()).empty());
  // A mailbox whose ids had at most 70 octets keeps that limit.
  Memory before;
  before.given = true;
  before.plan.chain = {"qmail"};
  maildrop.states["uidl"] = memory_text(before);
  EXPECT_TRUE(detected(maildrop, "1 " + name + "\n").empty());
}

TEST(DetectionTest, TheFormsOfDovecotsServers) {
  const auto line_for = [](const std::string& first, const std::string& second) {
    DetectionMaildrop maildrop;
    maildrop.add(1);
    maildrop.add(29);
    for (const auto& message : maildrop.messages) {
      message->validity = 1234567890;  // 499602d2
      message->file = std::nullopt;
    }
    const auto found = detected(maildrop, "1 " + first + "\n2 " + second + "\n");
    EXPECT_FALSE(found.empty()) << first;
    if (found.empty()) return std::string();
    EXPECT_EQ(found[0].reproduced, 2U) << first;
    return found[0].line;
  };
  const auto form = [](const std::string& text) {
    return R"(scheme = "template", template = ")" + text + '"';
  };
  EXPECT_EQ(line_for("1234567890.1", "1234567890.29"), R"(scheme = "cyrus")");
  EXPECT_EQ(line_for("1.1234567890", "29.1234567890"), form("{uid}.{uidvalidity}"));
  EXPECT_EQ(line_for("1234567890-1", "1234567890-29"), R"(scheme = "cyrus-courier")");
  EXPECT_EQ(line_for("1-1234567890", "29-1234567890"), form("{uid}-{uidvalidity}"));
  EXPECT_EQ(line_for("UID1-1234567890", "UID29-1234567890"), form("UID{uid}-{uidvalidity}"));
  EXPECT_EQ(line_for("499602d200000001", "499602d20000001d"), R"(scheme = "uw")");
  EXPECT_EQ(line_for("499602D200000001", "499602D20000001D"), form("{uidvalidity:08X}{uid:08X}"));
  EXPECT_EQ(line_for("00000001499602d2", "0000001d499602d2"), R"(scheme = "dovecot")");
  EXPECT_EQ(line_for("00000001499602D2", "0000001D499602D2"), form("{uid:08X}{uidvalidity:08X}"));
  EXPECT_EQ(line_for("499602d2.1", "499602d2.1d"), form("{uidvalidity:x}.{uid:x}"));
  EXPECT_EQ(line_for("00000001-499602D2", "0000001D-499602D2"),
            form("{uid:08X}-{uidvalidity:08X}"));
  EXPECT_EQ(line_for("1234567890.0000000001", "1234567890.0000000029"),
            form("{uidvalidity:010d}.{uid:010d}"));
  EXPECT_EQ(line_for("g1", "g29"), form("{guid}"));
}

TEST(DetectionTest, ThePolicysOwnFormAndAChainWithOne) {
  DetectionMaildrop maildrop;
  maildrop.add(1).header_text = "X-UIDL: stored\n";
  maildrop.add(2);
  Wanted wanted;
  wanted.plan.form = "m{uid}";
  const auto found =
      detect_schemes(maildrop, wanted, read("1 stored\n2 m2\n"), maildrop.numbered());
  ASSERT_TRUE(found);
  EXPECT_EQ(policy_line(found.value().rows[0]),
            R"(scheme = ["xuidl", "template"], template = "m{uid}")");
}

TEST(DetectionTest, OfAnEmptyListNothing) {
  DetectionMaildrop maildrop;
  EXPECT_TRUE(detected(maildrop, "").empty());
}

TEST(DetectionTest, AMessageThatCannotBeReadIsNamed) {
  DetectionMaildrop maildrop;
  maildrop.add(17).error = Error{Failure::temporary, "no lock"};
  const auto found = detect_schemes(maildrop, {}, read("1 x\n"), maildrop.numbered());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().text, "the message with UID 17: no lock");
}

}  // namespace
}  // namespace pop3_legacy::uidl
