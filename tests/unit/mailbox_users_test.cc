// The states of a mailbox with one user or several.

#include "plugin/core/state/mailbox_users.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace pop3_legacy {
namespace {

using Strings = std::vector<std::string>;

class MapStates : public StateStore {
 public:
  Result<std::optional<std::string>> load_state(std::string_view name) override {
    ++looks;
    const auto found = states.find(name);
    return found == states.end() ? std::nullopt : std::optional(found->second);
  }
  Status store_state(std::string_view name, std::string_view content) override {
    states.insert_or_assign(std::string(name), std::string(content));
    return Done{};
  }

  [[nodiscard]] Strings names() const {
    Strings found;
    for (const auto& [name, content] : states) found.push_back(name);
    return found;
  }

  std::map<std::string, std::string, std::less<>> states;
  int looks = 0;
};

class MailboxUsersTest : public testing::Test {
 protected:
  std::unique_ptr<StateStore> of(const std::string& user, bool by_user = false) {
    return states_for_user(mailbox_, user, by_user,
                           [this](std::string_view sentence) { said_.emplace_back(sentence); });
  }

  MapStates mailbox_;
  Strings said_;
};

TEST_F(MailboxUsersTest, EachUserHasHisOwnAndIdsAreEverybodys) {
  auto anna = of("anna@example.org", true);
  auto bert = of("bert", true);
  for (const std::string_view state : {"last", "hidden", "pace", "xmit", "uidl", "pins"}) {
    EXPECT_TRUE(anna->store_state(state, "anna"));
    EXPECT_TRUE(bert->exchange_state(state, bert->load_state(state).value(), "bert").value());
    EXPECT_EQ(anna->load_state(state).value(),
              state == "uidl" || state == "pins" ? "bert" : "anna");
  }
  EXPECT_EQ(mailbox_.names(),
            (Strings{"hidden-of-anna@example%2Eorg", "hidden-of-bert", "last-of-anna@example%2Eorg",
                     "last-of-bert", "pace-of-anna@example%2Eorg", "pace-of-bert", "pins", "uidl",
                     "xmit-of-anna@example%2Eorg", "xmit-of-bert"}));
  EXPECT_EQ(said_, Strings{});
}

TEST_F(MailboxUsersTest, NoNameLeavesTheFolderAndNoTwoAreTheSame) {
  std::set<std::string> names;
  for (const char* const user : {"", ".", "..", "../a", "a/b", "a.tmp.1", "a%2E", "a.", "a", "A",
                                 "a%2e", "m\xc3\xbc", "a b", "a\nb"}) {
    const Result<std::string> name = state_of_user("last", user);
    ASSERT_TRUE(name) << user;
    EXPECT_EQ(name.value().find_first_of("/.\n"), std::string::npos) << name.value();
    EXPECT_TRUE(names.insert(name.value()).second) << name.value();
  }
  EXPECT_FALSE(state_of_user("last", std::string(200, 'a')));
  EXPECT_TRUE(state_of_user("uidl", std::string(200, 'a')));
}

TEST_F(MailboxUsersTest, TheOneUserIsToldNothing) {
  for (int session = 0; session < 3; ++session) {
    auto anna = of("anna");
    EXPECT_TRUE(anna->load_state("last"));
    EXPECT_TRUE(anna->store_state("last", "1"));
  }
  EXPECT_EQ(said_, Strings{});
  EXPECT_EQ(mailbox_.names(), (Strings{"last", "user"}));
}

TEST_F(MailboxUsersTest, AnotherUserIsToldBeforeItHasAnEffectAndOnce) {
  auto anna = of("anna");
  EXPECT_TRUE(anna->store_state("last", "1"));
  for (int session = 0; session < 2; ++session) {
    auto bert = of("bert");
    EXPECT_EQ(bert->load_state("last").value(), "1");
    ASSERT_EQ(said_.size(), 1U + static_cast<unsigned>(session));
    EXPECT_NE(said_[0].find("the user \"anna\""), std::string::npos) << said_[0];
    EXPECT_TRUE(bert->load_state("hidden"));
  }
  // Whoever stores becomes the user from then on, so that a renamed user is not reported forever.
  auto bert = of("bert");
  EXPECT_TRUE(bert->store_state("last", "2"));
  said_.clear();
  auto again = of("bert");
  EXPECT_EQ(again->load_state("last").value(), "2");
  EXPECT_EQ(said_, Strings{});
}

TEST_F(MailboxUsersTest, AMailboxWithoutStatesCostsNoLookAndGetsNoNote) {
  auto anna = of("anna");
  EXPECT_TRUE(anna->load_state("last"));
  EXPECT_TRUE(anna->load_state("hidden"));
  EXPECT_EQ(mailbox_.looks, 2);
  EXPECT_EQ(mailbox_.names(), Strings{});
}

TEST_F(MailboxUsersTest, IdsAloneNeedNoNote) {
  auto anna = of("anna");
  EXPECT_TRUE(anna->store_state("uidl", "plan"));
  EXPECT_EQ(mailbox_.names(), Strings{"uidl"});
}

TEST_F(MailboxUsersTest, ADamagedNoteIsReplaced) {
  mailbox_.states["user"] = "?";
  mailbox_.states["last"] = "1";
  auto anna = of("anna");
  EXPECT_TRUE(anna->load_state("last"));
  EXPECT_TRUE(anna->store_state("last", "2"));
  EXPECT_EQ(said_, Strings{});
  EXPECT_EQ(mailbox_.states["user"], "dovecot-pop3-legacy user 1\nanna\n");
}

}  // namespace
}  // namespace pop3_legacy
