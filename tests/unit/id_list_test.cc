// The list of ids, read through a window.

#include "plugin/core/uidl/id_list.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "plugin/core/uidl/identifier_length.h"
#include "plugin/core/uidl/ids.h"
#include "plugin/files/list_file.h"
#include "tests/unit/fake_list_file.h"
#include "tests/unit/temporary_folder.h"

namespace pop3_legacy::uidl {
namespace {

const ListBasis basis{.text = "7 1:2", .uid_next = 4000000000};

/// Counts how often the file is read.
class CountedFile : public FakeListFile {
 public:
  CountedFile(std::string text, int& reads) : FakeListFile(std::move(text)), reads_(reads) {}
  bool read(std::uint64_t offset, std::span<char> out) override {
    ++reads_;
    return FakeListFile::read(offset, out);
  }

 private:
  int& reads_;
};

class IdListTest : public testing::Test {
 protected:
  void add(Uid uid, std::string id) {
    ids_.add(uid, NamedBy::plugin, id);
    uids_.push_back(uid);
    texts_.push_back(std::move(id));
  }
  /// Ids of many lengths, and gaps between the UIDs.
  void add_many(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto uid = static_cast<Uid>(3 * i + 5 + i / 1000 * 5000);
      add(uid, std::to_string(uid) + std::string(random_() % 90, 'x'));
    }
  }
  [[nodiscard]] std::string text() { return id_list_text(basis, ids_, uids_); }
  std::optional<IdList> opened(const std::string& text) {
    reads_ = 0;
    return IdList::open(std::make_unique<CountedFile>(text, reads_), basis);
  }
  [[nodiscard]] std::size_t windows() { return text().size() / IdList::window_octets + 1; }

  void expect_found(IdList& list, std::size_t place) {
    ASSERT_EQ(list.find(uids_[place]), texts_[place]);
    ASSERT_FALSE(list.lost());
  }

  Ids ids_;
  std::vector<Uid> uids_;
  std::vector<std::string> texts_;
  std::minstd_rand random_{1};
  int reads_ = 0;
};

TEST_F(IdListTest, MayBeEmpty) {
  auto list = opened(text());
  ASSERT_TRUE(list);
  EXPECT_EQ(list->size(), 0U);
  EXPECT_EQ(list->last(), 0U);
  EXPECT_EQ(list->find(1), "");
  EXPECT_FALSE(list->lost());
  EXPECT_EQ(reads_, 1);
  EXPECT_EQ(opened(formed_list_text(basis, 40))->formed_to(), 40U);
}

TEST_F(IdListTest, SaysWhetherItHasAllMessages) {
  add_many(3);
  EXPECT_TRUE(opened(text())->whole());
  const Uid hosts = uids_.back() + 1;
  ids_.add(hosts, NamedBy::host, "x");
  uids_.push_back(hosts);
  auto list = opened(text());
  EXPECT_FALSE(list->whole());
  EXPECT_EQ(list->find(hosts), "");
  expect_found(*list, 2);
}

TEST_F(IdListTest, InAscendingOrderIsReadOnce) {
  add_many(20000);
  auto list = opened(text());
  ASSERT_TRUE(list);
  EXPECT_EQ(list->size(), 20000U);
  EXPECT_EQ(list->last(), uids_.back());
  ASSERT_GT(windows(), 40U);
  EXPECT_LE(reads_, windows() + 3);
  reads_ = 0;
  for (std::size_t place = 0; place < uids_.size(); ++place) {
    EXPECT_EQ(list->find(uids_[place] - 1), "");
    expect_found(*list, place);
    expect_found(*list, place);
    EXPECT_EQ(list->find(uids_[place] + 1), "");
  }
  EXPECT_LE(reads_, windows() * 102 / 100 + 1);
}

TEST_F(IdListTest, GapsAreNotSearchedAgainAndAgain) {
  add_many(20000);
  auto list = opened(text());
  reads_ = 0;
  for (Uid uid = 1; uid <= uids_.back(); ++uid) (void)list->find(uid);
  EXPECT_LE(reads_, windows() * 102 / 100 + 1);
}

TEST_F(IdListTest, BackwardsAndInAnyOrderTakesFewReads) {
  add_many(20000);
  auto list = opened(text());
  reads_ = 0;
  for (std::size_t place = uids_.size(); place-- > 0;) expect_found(*list, place);
  EXPECT_LE(reads_, windows() * 20);
  reads_ = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::size_t place = random_() % uids_.size();
    expect_found(*list, place);
    EXPECT_EQ(list->find(uids_[place] - 1), "");
  }
  EXPECT_LE(reads_, 2000 * 8);
}

TEST_F(IdListTest, LinesMayCrossTheWindowsAnywhere) {
  for (std::size_t octets = 1; octets <= 40; ++octets) {
    ids_ = Ids();
    uids_.clear();
    texts_.clear();
    for (Uid uid = 1; uid <= 3000; ++uid)
      add(uid, std::string(octets, static_cast<char>('a' + uid % 26)));
    auto list = opened(text());
    ASSERT_TRUE(list);
    for (std::size_t place = 0; place < uids_.size(); ++place) expect_found(*list, place);
    for (std::size_t place = uids_.size(); place-- > 0;) expect_found(*list, place);
  }
}

TEST_F(IdListTest, HasTheLongestIds) {
  for (Uid uid = 3999999000; uid < 3999999500; ++uid) {
    add(uid, std::string(max_identifier_octets, static_cast<char>('a' + uid % 26)));
  }
  auto list = opened(text());
  ASSERT_TRUE(list);
  for (std::size_t place = 0; place < uids_.size(); ++place) expect_found(*list, place);
  for (std::size_t place = uids_.size(); place-- > 0;) expect_found(*list, place);
  add(3999999500, std::string(max_identifier_octets + 1, 'x'));
  list = opened(text());
  ASSERT_TRUE(list);
  EXPECT_EQ(list->find(3999999500), "");
  EXPECT_TRUE(list->lost());
}

TEST_F(IdListTest, OfAnotherBasisOrDamagedIsNone) {
  add_many(1000);
  const std::string good = text();
  EXPECT_TRUE(opened(good));
  EXPECT_FALSE(opened(""));
  EXPECT_FALSE(opened(good + "1 x\n"));
  EXPECT_FALSE(opened(with_list_end("dovecot-pop3-legacy uidl-list 1\nof 7 1:3 9\n", 0)));
  EXPECT_FALSE(opened(with_list_end("dovecot-pop3-legacy uidl-list 1\nof 7 1:2 4000000001\n", 0)));
  EXPECT_FALSE(opened(with_list_end("dovecot-pop3-legacy uidl-list 1\nof 7 1:2 9\nx\n", 0)));
  EXPECT_FALSE(opened(with_list_end("dovecot-pop3-legacy uidl-list 1\nof 7 1:2 9\nx\n", 1)));
  for (std::size_t at = 0; at < good.size(); at += 97) {
    EXPECT_FALSE(opened(good.substr(0, at))) << at;
    std::string damaged = good;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_FALSE(opened(damaged)) << at;
  }
}

// Whoever writes a right sum behind a wrong list harms himself only.
TEST_F(IdListTest, OfAnyLinesIsReadWithoutHarm) {
  const std::string begun = "dovecot-pop3-legacy uidl-list 1\nof 7 1:2 9\n";
  for (int i = 0; i < 3000; ++i) {
    std::string lines;
    const std::size_t count = i % 10 == 0 ? 20000 : random_() % 40;
    for (std::size_t octet = 0; octet < count; ++octet) lines += "12 x\n\n"[random_() % 6];
    for (const char* const last : {"\n", "\n3 x\n", "\n99999999999 x\n", "\n7\n", ""}) {
      auto list = opened(with_list_end(begun + lines + last, 1));
      for (int uid = 0; list && uid < 60; ++uid) (void)list->find(static_cast<Uid>(random_() % 30));
    }
  }
}

TEST_F(IdListTest, IsLostWhenTheFileBecomesShorter) {
  add_many(20000);
  auto file = std::make_unique<FakeListFile>(text());
  const auto stored = file->text();
  auto list = IdList::open(std::move(file), basis);
  ASSERT_TRUE(list);
  expect_found(*list, 0);
  stored->resize(stored->size() / 2);
  std::size_t place = 0;
  for (; !list->lost(); ++place) {
    const std::string_view id = list->find(uids_[place]);
    EXPECT_TRUE(list->lost() || id == texts_[place]);
  }
  EXPECT_GT(place, 8000U);
  EXPECT_LT(place, 11000U);
  EXPECT_EQ(list->find(uids_[0]), "");
}

TEST_F(IdListTest, OfAFileStaysWhenAnotherTakesItsPlace) {
  const TemporaryFolder folder;
  const std::string path = folder.path() + "/list";
  EXPECT_EQ(files::open_list_file(path), nullptr);
  EXPECT_EQ(files::open_list_file(folder.path()), nullptr);
  add_many(20000);
  std::ofstream(path) << text();
  auto list = IdList::open(files::open_list_file(path), basis);
  ASSERT_TRUE(list);
  std::filesystem::rename(path, path + ".old");
  std::ofstream(path) << "another";
  for (std::size_t place = 0; place < uids_.size(); ++place) expect_found(*list, place);
  std::filesystem::resize_file(path + ".old", 100);
  EXPECT_EQ(list->find(uids_[0]), "");
  EXPECT_TRUE(list->lost());
}

TEST_F(IdListTest, OtherIdsMayStandBesideThoseOfTheList) {
  add_many(2000);
  Ids ids(opened(text()).value());
  EXPECT_EQ(ids.last(), uids_.back());
  ids.add(uids_[500], NamedBy::nobody, "");
  ids.add(uids_[700] + 1, NamedBy::host, "host");
  ids.add(uids_.back() + 1, NamedBy::plugin, "new");
  EXPECT_EQ(ids.last(), uids_.back() + 1);
  std::string room(max_identifier_octets, '\0');
  const auto written = [&](Uid uid) {
    char* const end = ids.write(uid, room.data());
    return end == nullptr ? std::string("-") : std::string(room.data(), end);
  };
  for (std::size_t place = 0; place < uids_.size(); ++place) {
    EXPECT_EQ(written(uids_[place]), place == 500 ? "-" : texts_[place]);
  }
  EXPECT_EQ(written(uids_[700] + 1), "-");
  EXPECT_EQ(ids.find(uids_[700] + 1)->text, "host");
  EXPECT_EQ(ids.find(uids_[500])->by, NamedBy::nobody);
  EXPECT_EQ(written(uids_.back() + 1), "new");
  EXPECT_FALSE(ids.find(uids_.back() + 2));
  EXPECT_FALSE(ids.all_ours());
}

}  // namespace
}  // namespace pop3_legacy::uidl
