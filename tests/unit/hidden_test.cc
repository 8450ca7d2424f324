#include "plugin/core/view/hidden.h"

#include <gtest/gtest.h>

#include <string>

#include "plugin/core/uidl/lines.h"

namespace pop3_legacy::view {
namespace {

constexpr Mark fetched{Mark::Kind::fetched, 0};
constexpr Mark deleted{Mark::Kind::deleted, 0};

Mark deleted_on(std::int64_t day) {
  return {Mark::Kind::deleted, day};
}

std::string state(const std::string& lines, std::size_t runs) {
  return uidl::with_end("dovecot-pop3-legacy hidden 1\n" + lines, runs);
}

TEST(Hidden, IsStoredByRuns) {
  const Hidden hidden = Hidden(7).with(
      {{1, fetched}, {3, fetched}, {4, deleted}, {9, deleted_on(20000)}, {10, deleted_on(20000)}},
      {1, 3, 4, 6, 9, 10, 12});
  EXPECT_EQ(hidden.text(),
            state("uidvalidity 7\nfetched 1-3\ndeleted 4\ndeleted 9-10 on 20000\n", 3));
  const auto read = Hidden::parse(hidden.text());
  ASSERT_TRUE(read) << read.error().text;
  EXPECT_EQ(read.value().text(), hidden.text());
  EXPECT_EQ(read.value().uidvalidity(), 7U);
  EXPECT_EQ(read.value().mark(3), fetched);
  EXPECT_EQ(read.value().mark(4), deleted);
  EXPECT_EQ(read.value().mark(10), deleted_on(20000));
  for (const Uid uid : {5U, 8U, 11U, 12U}) {
    EXPECT_EQ(read.value().mark(uid), Mark{}) << uid;
  }
}

TEST(Hidden, WhatWasDeletedStaysDeletedAndAsItWas) {
  const Hidden before =
      Hidden(7).with({{1, deleted_on(10)}, {2, fetched}, {3, deleted}}, {1, 2, 3});
  const Hidden after =
      before.with({{1, fetched}, {2, deleted_on(12)}, {3, deleted_on(12)}}, {1, 2, 3});
  EXPECT_EQ(after.mark(1), deleted_on(10));
  EXPECT_EQ(after.mark(2), deleted_on(12));
  EXPECT_EQ(after.mark(3), deleted);
}

TEST(Hidden, WhatIsGoneIsForgottenAndWhatCameLaterIsNot) {
  const Hidden before =
      Hidden(7).with({{1, deleted}, {5, deleted}, {8, fetched}, {9, fetched}}, {1, 2, 5, 8, 9});
  // 1 and 5 are gone; this session knows nothing above 8.
  EXPECT_EQ(before.with({{7, deleted}}, {2, 7, 8}).text(),
            state("uidvalidity 7\ndeleted 7\nfetched 8\nfetched 9\n", 3));
  EXPECT_EQ(before.with({}, {}).text(), before.text());
}

TEST(Hidden, AMailboxOfAHundredThousandIsOneLine) {
  std::map<Uid, Mark> marks;
  std::vector<Uid> mailbox;
  for (Uid uid = 1; uid <= 200'000; uid += 2) {
    marks[uid] = fetched;
    mailbox.push_back(uid);
  }
  EXPECT_EQ(Hidden(7).with(marks, mailbox).text(), state("uidvalidity 7\nfetched 1-199999\n", 1));
}

TEST(Hidden, DamageIsFound) {
  const std::string good = state("uidvalidity 7\nfetched 1-3\ndeleted 5\n", 2);
  ASSERT_TRUE(Hidden::parse(good));
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    EXPECT_FALSE(Hidden::parse(good.substr(0, cut))) << cut;
    std::string changed = good;
    changed[cut] = changed[cut] == '4' ? '5' : '4';
    EXPECT_FALSE(Hidden::parse(changed)) << cut;
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
           {"uidvalidity 7\nkept 1\n", 1}}) {
    EXPECT_FALSE(Hidden::parse(state(lines, runs))) << lines;
  }
}

}  // namespace
}  // namespace pop3_legacy::view
