#include "plugin/core/tracking/hidden.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "plugin/core/uidl/lines.h"

namespace pop3_legacy::view {
namespace {

constexpr std::int64_t today = 20100;
constexpr Mark fetched{Mark::Kind::fetched, 0};
constexpr Mark deleted{Mark::Kind::deleted, 0};

Mark deleted_on(std::int64_t day) {
  return {Mark::Kind::deleted, day};
}

/// As version 1 had it.
std::string state_1(const std::string& lines, std::size_t runs) {
  return uidl::with_end("dovecot-pop3-legacy hidden 1\n" + lines, runs);
}

/// `counts`: the lines "known" and "present", and "guids N lost M".
std::string state_2(const std::string& counts, const std::string& lines, std::size_t runs,
                    const std::string& guids = "", std::size_t count = 0) {
  const std::string behind = uidl::with_end("dovecot-pop3-legacy hidden-guids 2\n" + guids, count);
  return uidl::with_end("dovecot-pop3-legacy hidden 2\nuidvalidity 7\n" + counts + " octets " +
                            std::to_string(behind.size()) + "\n" + lines,
                        runs) +
         behind;
}

Hidden with_guids(Hidden hidden, const Guids& guids) {
  hidden.add_guids(guids);
  return hidden;
}

Hidden whole(const std::string& text) {
  std::optional<Error> damage;
  const auto parsed = Hidden::parse(text, damage);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().text);
  EXPECT_FALSE(damage) << damage->text;
  return parsed ? parsed.value() : Hidden();
}

bool damaged(const std::string& text) {
  std::optional<Error> damage;
  const auto parsed = Hidden::parse(text, damage);
  return !parsed || damage;
}

TEST(Hidden, IsStoredByRunsAndGuids) {
  const Hidden hidden = with_guids(Hidden(7).with({{1, fetched},
                                                   {3, fetched},
                                                   {4, deleted},
                                                   {9, deleted_on(20000)},
                                                   {10, deleted_on(20000)}},
                                                  {1, 3, 4, 6, 9, 10, 12}, today),
                                   {{1, "one"}, {3, "t%20r%25e"}, {9, "nine"}, {12, "shown"}});
  EXPECT_EQ(hidden.text(), state_2("known 12\npresent 5\nguids 3 lost 0",
                                   "fetched 1-3\ndeleted 4\ndeleted 9-10 on 20000\n", 3,
                                   "guid 1 one\nguid 3 t%20r%25e\nguid 9 nine\n", 3));
  const Hidden read = whole(hidden.text());
  EXPECT_EQ(read.text(), hidden.text());
  EXPECT_EQ(read.uidvalidity(), 7U);
  EXPECT_EQ(read.mark(3), fetched);
  EXPECT_EQ(read.mark(4), deleted);
  EXPECT_EQ(read.mark(10), deleted_on(20000));
  for (const Uid uid : {5U, 8U, 11U, 12U}) {
    EXPECT_EQ(read.mark(uid), Mark{}) << uid;
  }
  EXPECT_EQ(read.without_guid({1, 3, 4, 6, 9, 10, 12}), (std::vector<Uid>{4, 10}));
}

TEST(Hidden, WhatWasDeletedStaysDeletedAndAsItWas) {
  const Hidden before =
      Hidden(7).with({{1, deleted_on(10)}, {2, fetched}, {3, deleted}}, {1, 2, 3}, today);
  const Hidden after =
      before.with({{1, fetched}, {2, deleted_on(12)}, {3, deleted_on(12)}}, {1, 2, 3}, today);
  EXPECT_EQ(after.mark(1), deleted_on(10));
  EXPECT_EQ(after.mark(2), deleted_on(12));
  EXPECT_EQ(after.mark(3), deleted);
}

TEST(Hidden, WhatIsGoneIsForgottenAndWhatCameLaterIsNot) {
  const Hidden before =
      with_guids(Hidden(7).with({{1, deleted}, {5, deleted}, {8, fetched}, {9, fetched}},
                                {1, 2, 5, 8, 9}, today),
                 {{1, "a"}, {5, "b"}, {8, "c"}, {9, "d"}});
  // 1 and 5 are gone; this session knows nothing above 8.
  EXPECT_EQ(before.with({{7, deleted}}, {2, 7, 8}, today).text(),
            state_2("known 9\npresent 3\nguids 2 lost 0", "deleted 7\nfetched 8\nfetched 9\n", 3,
                    "guid 8 c\nguid 9 d\n", 2));
  EXPECT_EQ(before.with({}, {}, today).text(), before.text());
}

TEST(Hidden, AMailboxOfAHundredThousandIsOneRun) {
  std::map<Uid, Mark> marks;
  std::vector<Uid> mailbox;
  for (Uid uid = 1; uid <= 200'000; uid += 2) {
    marks[uid] = fetched;
    mailbox.push_back(uid);
  }
  EXPECT_EQ(Hidden(7).with(marks, mailbox, today).text(),
            state_2("known 199999\npresent 100000\nguids 0 lost 0", "fetched 1-199999\n", 1));
}

TEST(Hidden, TheFirstPartIsEnoughForALogin) {
  const Hidden hidden =
      with_guids(Hidden(7).with({{1, fetched}}, {1, 2}, today), {{1, std::string(1000, 'g')}});
  const std::string text = hidden.text();
  const std::string front = text.substr(0, 300);
  ASSERT_TRUE(Hidden::has_runs(front));
  const auto runs = Hidden::parse_runs(front, text.size());
  ASSERT_TRUE(runs) << runs.error().text;
  EXPECT_TRUE(runs.value().fits(7, {1, 2}));
  EXPECT_EQ(runs.value().mark(1), fetched);
  EXPECT_FALSE(Hidden::parse_runs(front, text.size() - 1));
  EXPECT_FALSE(Hidden::has_runs(text.substr(0, 60)));
}

TEST(Hidden, Version1IsReadAndReplaced) {
  const auto old = Hidden::parse_runs(state_1("uidvalidity 7\nfetched 1-3\ndeleted 5\n", 2));
  ASSERT_TRUE(old);
  EXPECT_TRUE(old.value().of_version_1());
  EXPECT_TRUE(old.value().marks_without_guid());
  EXPECT_TRUE(old.value().fits(7, {1, 2, 3, 5, 9}));
  EXPECT_TRUE(old.value().fits(7, {9}));
  EXPECT_FALSE(old.value().fits(8, {1, 2, 3, 5, 9}));
  const Hidden now = old.value().with({{9, fetched}}, {1, 3, 5, 9}, today);
  EXPECT_EQ(now.without_guid({1, 3, 5, 9}), (std::vector<Uid>{1, 3, 5, 9}));
  EXPECT_EQ(with_guids(now, {{1, "a"}, {3, "b"}, {5, "c"}, {9, "d"}}).text(),
            state_2("known 9\npresent 4\nguids 4 lost 0", "fetched 1-3\ndeleted 5\nfetched 9\n", 3,
                    "guid 1 a\nguid 3 b\nguid 5 c\nguid 9 d\n", 4));
}

// --- other UIDs ---

class HiddenByGuid : public testing::Test {
 protected:
  Hidden hidden_ = with_guids(
      Hidden(7).with({{1, fetched}, {3, deleted_on(20000)}, {4, deleted}}, {1, 2, 3, 4, 5}, today),
      {{1, "a"}, {3, "c"}, {4, "d"}});
};

TEST_F(HiddenByGuid, UnderAnotherUidvalidityGuidsTell) {
  const std::vector<Uid> mailbox{1, 2, 3, 4, 5};
  EXPECT_FALSE(hidden_.fits(8, mailbox));
  EXPECT_EQ(hidden_.to_ask(8, mailbox), mailbox);
  const Hidden there =
      hidden_.translated(8, mailbox, {{1, "d"}, {2, "c"}, {3, "x"}, {4, "b"}, {5, "a"}}, today);
  EXPECT_EQ(there.uidvalidity(), 8U);
  EXPECT_EQ(there.mark(1), deleted);
  EXPECT_EQ(there.mark(2), deleted_on(20000));
  EXPECT_EQ(there.mark(3), Mark{});
  EXPECT_EQ(there.mark(4), Mark{});
  EXPECT_EQ(there.mark(5), fetched);
  EXPECT_TRUE(there.without_guid(mailbox).empty());
  EXPECT_TRUE(there.fits(8, {1, 2, 3, 4, 5, 6}));
  EXPECT_FALSE(there.marks_without_guid());
}

TEST_F(HiddenByGuid, ANewMessageOrARemovedOneNeedsNoGuids) {
  EXPECT_TRUE(hidden_.fits(7, {1, 2, 3, 4, 5, 6, 7}));
  EXPECT_TRUE(hidden_.fits(7, {1, 2}));
  EXPECT_TRUE(hidden_.fits(7, {}));
}

// A Maildir that has lost dovecot-uidlist but not its index continues its UIDs.
TEST_F(HiddenByGuid, UnderTheSameUidvalidityMissingOnesAreLookedForAmongTheNew) {
  const std::vector<Uid> all_new{6, 7, 8};
  EXPECT_FALSE(hidden_.fits(7, all_new));
  EXPECT_EQ(hidden_.to_ask(7, all_new), all_new);
  const Hidden there = hidden_.translated(7, all_new, {{6, "a"}, {7, "b"}, {8, "c"}}, today);
  EXPECT_EQ(there.mark(6), fetched);
  EXPECT_EQ(there.mark(7), Mark{});
  EXPECT_EQ(there.mark(8), deleted_on(20000));
  EXPECT_TRUE(there.fits(7, all_new));

  const std::vector<Uid> some_new{1, 2, 4, 6, 7};
  EXPECT_EQ(hidden_.to_ask(7, some_new), (std::vector<Uid>{6, 7}));
  const Hidden partly = hidden_.translated(7, some_new, {{6, "a"}, {7, "c"}}, today);
  EXPECT_EQ(partly.mark(1), fetched);
  EXPECT_EQ(partly.mark(4), deleted);
  EXPECT_EQ(partly.mark(6), Mark{});  // a copy of 1, which is still there
  EXPECT_EQ(partly.mark(7), deleted_on(20000));
}

TEST_F(HiddenByGuid, ACopyIsShownTwiceRatherThanNever) {
  // Two messages have the GUID of one marked message: nobody knows which was deleted.
  const Hidden more = hidden_.translated(8, {1, 2, 3}, {{1, "d"}, {2, "d"}, {3, "a"}}, today);
  EXPECT_EQ(more.mark(1), Mark{});
  EXPECT_EQ(more.mark(2), Mark{});
  EXPECT_EQ(more.mark(3), fetched);

  // Both were marked, with different marks.
  Hidden both = Hidden(7).with({{1, fetched}, {2, deleted}}, {1, 2}, today);
  both.add_guids({{1, "a"}, {2, "a"}});
  const Hidden alike = both.translated(8, {1, 2}, {{1, "a"}, {2, "a"}}, today);
  EXPECT_EQ(alike.mark(1), fetched);
  EXPECT_EQ(alike.mark(2), fetched);
  Hidden days = Hidden(7).with({{1, deleted_on(10)}, {2, deleted_on(20)}}, {1, 2}, today);
  days.add_guids({{1, "a"}, {2, "a"}});
  EXPECT_EQ(days.translated(8, {1}, {{1, "a"}}, today).mark(1), deleted_on(20));
}

TEST_F(HiddenByGuid, WhatIsNotThereYetIsHiddenWhenItComes) {
  // The mailbox is being restored.
  const Hidden empty = hidden_.translated(8, {}, {}, today);
  EXPECT_EQ(whole(empty.text()).text(), empty.text());
  const Hidden half = empty.translated(8, {1, 2}, {{1, "a"}, {2, "b"}}, today + 1);
  EXPECT_EQ(half.mark(1), fetched);
  EXPECT_TRUE(half.fits(8, {1, 2}));
  EXPECT_FALSE(half.fits(8, {1, 2, 3}));
  EXPECT_EQ(half.to_ask(8, {1, 2, 3}), std::vector<Uid>{3});
  EXPECT_EQ(half.translated(8, {1, 2, 3}, {{3, "c"}}, today + 30).mark(3), deleted_on(20000));
  // But not forever.
  const Hidden late = half.translated(8, {1, 2, 3}, {{3, "x"}}, today + 31);
  EXPECT_EQ(late.translated(8, {1, 2, 3, 4}, {{4, "c"}}, today + 31).mark(4), Mark{});
  EXPECT_TRUE(late.fits(8, {1, 2, 3, 4}));
}

// The session began under another UIDVALIDITY than the state now has.
TEST_F(HiddenByGuid, MarksOfASessionThatKnowsOtherUids) {
  const Hidden more = hidden_.with_lost({{101, deleted}, {102, deleted}, {103, fetched}},
                                        {{101, "b"}, {102, "a"}}, today);
  EXPECT_EQ(whole(more.text()).text(), more.text());
  const std::vector<Uid> mailbox{1, 2, 3, 4, 5};
  EXPECT_FALSE(more.fits(7, mailbox));
  EXPECT_EQ(more.to_ask(7, mailbox), (std::vector<Uid>{2, 5}));
  const Hidden there = more.translated(7, mailbox, {{2, "b"}, {5, "a"}}, today);
  EXPECT_EQ(there.mark(1), deleted);  // the stronger one, of the same message
  EXPECT_EQ(there.mark(2), deleted);
  EXPECT_EQ(there.mark(3), deleted_on(20000));
  EXPECT_EQ(there.mark(5), Mark{});
  EXPECT_TRUE(there.fits(7, mailbox));
}

// --- damage ---

TEST(Hidden, DamageIsFound) {
  const std::string good =
      with_guids(Hidden(7).with({{1, fetched}, {5, deleted}}, {1, 5}, today), {{1, "a"}, {5, "b"}})
          .text();
  const std::size_t behind = good.find("dovecot-pop3-legacy hidden-guids");
  ASSERT_FALSE(damaged(good));
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    // The first part is also read alone; it must not be accepted without the second.
    EXPECT_FALSE(Hidden::parse_runs(good.substr(0, cut))) << cut;
    std::string changed = good;
    changed[cut] = changed[cut] == '4' ? '5' : '4';
    EXPECT_TRUE(damaged(changed)) << cut;
    EXPECT_EQ(Hidden::parse_runs(changed).ok(), cut >= behind) << cut;
  }
  EXPECT_TRUE(damaged(good + "x"));
  const std::string old = state_1("uidvalidity 7\nfetched 1-3\ndeleted 5\n", 2);
  ASSERT_FALSE(damaged(old));
  for (std::size_t cut = 0; cut < old.size(); ++cut) {
    EXPECT_TRUE(damaged(old.substr(0, cut))) << cut;
    std::string changed = old;
    changed[cut] = changed[cut] == '4' ? '5' : '4';
    EXPECT_TRUE(damaged(changed)) << cut;
  }
  for (const auto& [lines, runs] : std::vector<std::pair<std::string, std::size_t>>{
           {"", 0},
           {"fetched 1\n", 1},
           {"fetched 1\nuidvalidity 7\n", 1},
           {"uidvalidity 7\nuidvalidity 8\n", 0},
           {"uidvalidity 0\n", 0},
           {"uidvalidity 4294967296\n", 0},
           {"uidvalidity 7\nfetched\n", 0},
           {"uidvalidity 7\nfetched 0\n", 1},
           {"uidvalidity 7\nfetched 3-1\n", 1},
           {"uidvalidity 7\nfetched 1-2-3\n", 1},
           {"uidvalidity 7\nfetched 5\ndeleted 5\n", 2},
           {"uidvalidity 7\nfetched 1 on 4\n", 1},
           {"uidvalidity 7\ndeleted 1 at 4\n", 1},
           {"uidvalidity 7\ndeleted 1 on\n", 1},
           {"uidvalidity 7\nknown 4\n", 0},
           {"uidvalidity 7\nkept 1\n", 1}}) {
    EXPECT_TRUE(damaged(state_1(lines, runs))) << lines;
  }
  const std::string counts = "known 5\npresent 1\nguids 1 lost 0";
  ASSERT_FALSE(damaged(state_2(counts, "fetched 1\n", 1, "guid 1 a\n", 1)));
  for (const auto& [lines, count] :
       std::vector<std::pair<std::string, std::size_t>>{{"", 0},
                                                        {"guid 0 a\n", 1},
                                                        {"guid 1\n", 1},
                                                        {"guid 1 a b\n", 1},
                                                        {"guid 1 a\nguid 1 b\n", 2},
                                                        {"lost fetched since 4 a\n", 1},
                                                        {"lost fetched since 0 a\n", 1},
                                                        {"lost read since 4 a\n", 1}}) {
    EXPECT_TRUE(damaged(state_2(counts, "fetched 1\n", 1, lines, count))) << lines;
  }
}

}  // namespace
}  // namespace pop3_legacy::view
