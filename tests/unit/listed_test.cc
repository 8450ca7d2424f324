// What is done with an old list: detection, verification, pinning.
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/uidl/detection.h"
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
    made.push_back({static_cast<Uid>(10 * (made.size() + 1)), "g" + number, id});
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
  EXPECT_EQ(refusal("1 a\n2 b\n"), "the list has 2 ids and the mailbox 3 messages");
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

TEST(PinningTest, AnIdThatPop3DoesNotAllow) {
  const std::string id(71, 'x');
  EXPECT_TRUE(refusal("1 a\n2 " + id + "\n3 c\n").starts_with("line 2: POP3 does not allow"));
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
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().text, "line 2: another message before this one has the same GUID \"g1\"");
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
// GoogleTest finds it by this name.
void PrintTo(  // NOLINT(readability-identifier-naming)
    const Row& row, std::ostream* out) {
  *out << row.line << ": " << row.reproduced;
}

std::vector<Row> rows(const Detection& found) {
  std::vector<Row> all;
  for (const auto& row : found.rows) all.push_back({policy_line(row.chain), row.reproduced});
  return all;
}
std::vector<Row> detected(DetectionMaildrop& maildrop, std::string_view list) {
  const auto found = detect_schemes(maildrop, read(list), maildrop.numbered());
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
  const auto found = detect_schemes(maildrop, read("1 7.1\n2 7.2\n"), maildrop.numbered());
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
  const auto found = detect_schemes(maildrop, read("1 mine\n2 7.2\n"), maildrop.numbered());
  ASSERT_TRUE(found);
  EXPECT_EQ(found.value().stored, 1U);
  EXPECT_EQ(rows(found.value()), (std::vector<Row>{{R"(scheme = "cyrus")", 1}}));
}

TEST(DetectionTest, AMessageThatCannotBeReadIsNamed) {
  DetectionMaildrop maildrop;
  maildrop.add(17).error = Error{Failure::temporary, "no lock"};
  const auto found = detect_schemes(maildrop, read("1 x\n"), maildrop.numbered());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().text, "the message with UID 17: no lock");
}

}  // namespace
}  // namespace pop3_legacy::uidl
