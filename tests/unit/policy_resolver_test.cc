// Which documents make up a policy, in which order, and what happens if one is missing.

#include "plugin/core/policy/resolver.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/idn/idn2_domain.h"

namespace pop3_legacy::policy {
namespace {

using Strings = std::vector<std::string>;
using Documents = std::map<std::string, std::string, std::less<>>;
using Names = std::set<std::string, std::less<>>;

class MapStore : public DocumentStore {
 public:
  explicit MapStore(Documents documents, Names failing = {})
      : documents_(std::move(documents)), failing_(std::move(failing)) {}

  Result<std::optional<std::string>> read(std::string_view name) override {
    asked_.emplace_back(name);
    if (failing_.contains(name)) return Error{Failure::temporary, location(name) + ": no luck"};
    const auto found = documents_.find(name);
    if (found == documents_.end()) return std::optional<std::string>();
    return std::optional(found->second);
  }

  [[nodiscard]] std::string location(std::string_view name) const override {
    return "map/" + std::string(name);
  }

  [[nodiscard]] const Strings& asked() const { return asked_; }

 private:
  Documents documents_;
  Names failing_;
  Strings asked_;
};

std::string says(std::string_view text) {
  return "capa.implementation = \"" + std::string(text) + "\"\n";
}

std::string inherits(std::string_view profile) {
  return "inherit = \"" + std::string(profile) + "\"\n";
}

Resolution resolve(DocumentStore* store, std::string_view user, std::string_view profile) {
  return policy::resolve(store, user, profile, idn2_domain);
}

Result<std::string> domain_name(std::string_view domain) {
  return policy::domain_name(domain, idn2_domain);
}

void expect_sound(const Resolution& resolution) {
  EXPECT_TRUE(resolution.intact);
  EXPECT_TRUE(resolution.deny_known);
  EXPECT_EQ(resolution.problems, Strings{});
}

TEST(PolicyResolver, WithoutAStoreTheDefaultsHold) {
  const Resolution resolution = resolve(nullptr, "ann@example.org", "eudora");
  expect_sound(resolution);
  EXPECT_EQ(resolution.policy.commands.allow, (Strings{"LAST", "HELP"}));
  EXPECT_EQ(resolution.policy.capa.implementation, "");
}

TEST(PolicyResolver, AnEmptyStoreIsNoProblem) {
  MapStore store(Documents{});
  expect_sound(resolve(&store, "ann@example.org", ""));
  EXPECT_EQ(store.asked(), (Strings{"default", "domains/example.org"}));
}

TEST(PolicyResolver, AUserWithoutDomainHasTheDefaultDocument) {
  MapStore store(Documents{{"default", says("default")}, {"domains/ann", says("wrong")}});
  const Resolution resolution = resolve(&store, "ann", "");
  expect_sound(resolution);
  EXPECT_EQ(resolution.policy.capa.implementation, "default");
  EXPECT_EQ(store.asked(), Strings{"default"});
}

TEST(PolicyResolver, LaterDocumentsWin) {
  const auto implementation = [](Documents documents) {
    MapStore store(std::move(documents));
    const Resolution resolution = resolve(&store, "ann@example.org", "chosen");
    expect_sound(resolution);
    return resolution.policy.capa.implementation;
  };
  // Each document overrides all those before it in this list.
  const std::vector<std::pair<std::string, std::string>> order{
      {"profiles/a2", says("a2")},
      {"profiles/a", inherits("a2") + says("a")},
      {"default", inherits("a") + says("default")},
      {"profiles/b", says("b")},
      {"domains/example.org", inherits("b") + says("domain")},
      {"profiles/c", says("c")},
      {"profiles/chosen", inherits("c") + says("chosen")},
  };
  const Strings expected{"a2", "a", "default", "b", "domain", "c", "chosen"};
  for (std::size_t winner = 0; winner < order.size(); ++winner) {
    Documents documents(order.begin(), order.end());
    for (std::size_t later = winner + 1; later < order.size(); ++later) {
      std::string& text = documents.at(order[later].first);
      text = text.substr(0, text.find("capa."));
    }
    EXPECT_EQ(implementation(std::move(documents)), expected[winner]);
  }
}

TEST(PolicyResolver, ValuesOfDifferentDocumentsAddUp) {
  MapStore store(
      Documents{{"default", "last.start = \"seen\""},
                {"profiles/readonly", "commands.deny = [\"DELE\"]"},
                {"domains/example.org", inherits("readonly") + "last.wording = \"mh\""}});
  const Resolution resolution = resolve(&store, "ann@example.org", "");
  expect_sound(resolution);
  EXPECT_EQ(resolution.policy.last.start, LastStart::seen);
  EXPECT_EQ(resolution.policy.last.wording, LastWording::mh);
  EXPECT_EQ(resolution.policy.commands.deny, Strings{"DELE"});
}

TEST(PolicyResolver, TheDomainIsLookedUpInItsNormalForm) {
  for (const std::string_view user : {"ann@example.org", "ann@EXAMPLE.Org", "ann@example.org.",
                                      "odd@name@example.org", "@example.org"}) {
    MapStore store(Documents{{"domains/example.org", says("domain")}});
    const Resolution resolution = resolve(&store, user, "");
    expect_sound(resolution);
    EXPECT_EQ(resolution.policy.capa.implementation, "domain") << user;
  }
}

// "default" then decides, and what it closes stays closed.
TEST(PolicyResolver, ADomainThatNoDocumentCanHaveHasTheDefault) {
  using namespace std::string_view_literals;
  const std::vector<std::pair<std::string_view, std::string>> users{
      {"ann@"sv, "\"ann@\" has no policy of its own, so the default applies: the domain is empty"},
      {"ann@[192.0.2.1]"sv,
       "\"ann@[192.0.2.1]\" has no policy of its own, so the default applies: the domain may have "
       "letters, digits, \"-\", \"_\" and dots only"},
      {"ann@a/../b\n"sv,
       "\"ann@a/../b\\x0a\" has no policy of its own, so the default applies: the domain may have "
       "letters, digits, \"-\", \"_\" and dots only"},
      {"ann@..\0"sv,
       "\"ann@..\\x00\" has no policy of its own, so the default applies: the domain has an empty "
       "part between its dots"},
      {"ann@m\xfcller.example"sv,
       "\"ann@m\\xfcller.example\" has no policy of its own, so the default applies: it is not a "
       "valid international domain name: "},
      {"ann@\xc3\xbc/../../default"sv,
       R"("ann@\xc3\xbc/../../default" has no policy of its own, so the default applies: )"},
      {"ann@\xe3\x80\x82"sv,  // an ideographic full stop, which counts as a dot
       R"("ann@\xe3\x80\x82" has no policy of its own, so the default applies: )"},
  };
  for (const auto& [user, sentence] : users) {
    MapStore store(Documents{{"default", says("default") + "commands.deny = [\"DELE\"]\n"}});
    const Resolution resolution = resolve(&store, user, "");
    expect_sound(resolution);
    ASSERT_EQ(resolution.notes.size(), 1U);
    EXPECT_TRUE(resolution.notes[0].starts_with("the domain of the user " + sentence))
        << resolution.notes[0];
    EXPECT_EQ(store.asked(), Strings{"default"});
    EXPECT_EQ(resolution.policy.capa.implementation, "default");
    EXPECT_EQ(resolution.policy.commands.deny, Strings{"DELE"});
  }
}

TEST(PolicyResolver, AnInternationalDomainIsLookedUpInItsAsciiForm) {
  for (const std::string_view user :
       {"ann@m\xc3\xbcller.example", "ann@M\xc3\x9cLLER.example.", "ann@mu\xcc\x88ller.example",
        "ann@XN--mller-KVA.example", "ann@m\xc3\xbcller\xe3\x80\x82\x65xample"}) {
    MapStore store(Documents{{"domains/xn--mller-kva.example", says("domain")}});
    const Resolution resolution = resolve(&store, user, "");
    expect_sound(resolution);
    EXPECT_EQ(resolution.policy.capa.implementation, "domain") << user;
    EXPECT_EQ(resolution.notes, Strings{});
  }
  // Another spelling of a domain is the same domain, and not a way around its policy.
  MapStore store(Documents{{"domains/example.org", says("domain")}});
  EXPECT_EQ(resolve(&store, "ann@\xef\xbd\x85xample.org", "").policy.capa.implementation, "domain");
  EXPECT_EQ(domain_name("stra\xc3\x9f\x65.example").value(), "xn--strae-oqa.example");
}

// The domain may have a document, and that may close anything.
TEST(PolicyResolver, WhereTheAsciiFormCannotBeFoundOutNothingIsOpened) {
  const AsciiDomain broken = [](std::string_view) -> Result<std::string> {
    return Error{Failure::temporary, "no library"};
  };
  MapStore store(Documents{{"default", says("default")}});
  const Resolution resolution = policy::resolve(&store, "ann@m\xc3\xbcller.example", "", broken);
  EXPECT_FALSE(resolution.intact);
  EXPECT_FALSE(resolution.deny_known);
  EXPECT_FALSE(resolution.uidl_known);
  EXPECT_EQ(
      resolution.problems,
      Strings{"the policy for the domain of the user \"ann@m\\xc3\\xbcller.example\" cannot be "
              "determined: no library"});
  expect_sound(policy::resolve(&store, "ann@example.org", "", broken));
}

TEST(PolicyResolver, DomainNames) {
  const std::string label(63, 'a');
  EXPECT_EQ(domain_name("Example.ORG").value(), "example.org");
  EXPECT_EQ(domain_name("example.org.").value(), "example.org");
  EXPECT_EQ(domain_name("localhost").value(), "localhost");
  EXPECT_EQ(domain_name("xn--mller-kva.de").value(), "xn--mller-kva.de");
  EXPECT_EQ(domain_name("a_b.0-9").value(), "a_b.0-9");
  EXPECT_TRUE(domain_name(label + ".org"));
  const std::string longest = label + "." + label + "." + label + "." + std::string(61, 'a');
  EXPECT_TRUE(domain_name(longest));
  EXPECT_TRUE(domain_name(longest + "."));

  for (const std::string& wrong :
       {std::string(), std::string("."), std::string(".."), std::string(".a"), std::string("a.."),
        std::string("a..b"), std::string("a/b"), std::string("../a"), std::string("a b"),
        std::string("a\0b", 3), std::string("a\n"), std::string("[127.0.0.1]"), std::string("a:b"),
        std::string("\x80"), label + "a.org", longest + "a"}) {
    EXPECT_FALSE(domain_name(wrong)) << wrong;
  }
}

TEST(PolicyResolver, ProfileNames) {
  for (const std::string_view name : {"a", "eudora-3.0", "a_b", "0", "-"}) {
    EXPECT_TRUE(is_profile_name(name)) << name;
  }
  EXPECT_TRUE(is_profile_name(std::string(64, 'a')));
  EXPECT_FALSE(is_profile_name(std::string(65, 'a')));
  for (const std::string_view name : {"", ".", "..", ".a", "a/b", "A", "a b", "\xc3\xbc"}) {
    EXPECT_FALSE(is_profile_name(name)) << name;
  }
  EXPECT_FALSE(is_profile_name(std::string_view("a\0", 2)));
}

// --- what is missing or wrong ---

TEST(PolicyResolver, AMissingProfileOfTheUserdbIsAProblem) {
  MapStore store(Documents{{"default", says("default")}});
  const Resolution resolution = resolve(&store, "ann", "eudora");
  EXPECT_FALSE(resolution.intact);
  EXPECT_FALSE(resolution.deny_known);
  EXPECT_EQ(resolution.problems,
            Strings{"the userdb field pop3_legacy_profile names the profile \"eudora\", which does "
                    "not exist: map/profiles/eudora"});
  EXPECT_EQ(resolution.policy.capa.implementation, "default");
}

TEST(PolicyResolver, AnInvalidProfileOfTheUserdbIsNotLookedUp) {
  MapStore store(Documents{});
  const Resolution resolution = resolve(&store, "ann", "../x\n");
  EXPECT_FALSE(resolution.intact);
  EXPECT_FALSE(resolution.deny_known);
  EXPECT_EQ(
      resolution.problems,
      Strings{"the userdb field pop3_legacy_profile names the profile \"../x\\x0a\", which is "
              "not a valid profile name"});
  EXPECT_EQ(store.asked(), Strings{"default"});
}

TEST(PolicyResolver, AMissingInheritedProfileIsAProblemOfWhoNamesIt) {
  MapStore store(Documents{{"domains/example.org", "\n\n" + inherits("gone") + says("domain")}});
  const Resolution resolution = resolve(&store, "ann@example.org", "");
  EXPECT_FALSE(resolution.intact);
  EXPECT_FALSE(resolution.deny_known);
  EXPECT_EQ(resolution.problems,
            Strings{"map/domains/example.org:3:11: inherits the profile \"gone\", which does not "
                    "exist: map/profiles/gone"});
  EXPECT_EQ(resolution.policy.capa.implementation, "domain");
}

TEST(PolicyResolver, AnInvalidInheritedNameIsNotLookedUp) {
  MapStore store(Documents{{"default", inherits("../default")}});
  const Resolution resolution = resolve(&store, "ann", "");
  EXPECT_FALSE(resolution.intact);
  EXPECT_FALSE(resolution.deny_known);
  EXPECT_EQ(resolution.problems, Strings{"map/default:1:11: inherits the profile \"../default\", "
                                         "which is not a valid profile name"});
  EXPECT_EQ(store.asked(), Strings{"default"});
}

TEST(PolicyResolver, ALoopOfProfilesEnds) {
  MapStore store(Documents{{"default", inherits("a")},
                           {"profiles/a", inherits("b") + says("a")},
                           {"profiles/b", inherits("a") + says("b")}});
  const Resolution resolution = resolve(&store, "ann", "");
  EXPECT_FALSE(resolution.intact);
  EXPECT_FALSE(resolution.deny_known);
  EXPECT_EQ(resolution.problems, Strings{"map/profiles/b:1:11: inherits the profile \"a\", which "
                                         "inherits itself that way: a -> b -> a"});
  EXPECT_EQ(store.asked(), (Strings{"default", "profiles/a", "profiles/b"}));
}

TEST(PolicyResolver, AProfileThatInheritsItselfIsALoop) {
  MapStore store(Documents{{"profiles/a", inherits("a")}});
  EXPECT_EQ(resolve(&store, "ann", "a").problems,
            Strings{"map/profiles/a:1:11: inherits the profile \"a\", which inherits itself that "
                    "way: a -> a"});
}

// The profile may set the mode and the domain the days.
TEST(PolicyResolver, KeepDaysWithoutDaysIsSaidWhereTheModeStands) {
  Documents documents{{"default", "[capa]\n\n[delete]\nmode = \"keep-days\"\n"},
                      {"domains/example.org", "[delete]\ndays = 30\n"}};
  MapStore store(documents);
  const Resolution resolution = resolve(&store, "ann", "");
  EXPECT_FALSE(resolution.intact);
  EXPECT_FALSE(resolution.deny_known);
  EXPECT_EQ(resolution.problems, Strings{"map/default:4: delete.mode is \"keep-days\", but there "
                                         "is no delete.days"});
  EXPECT_TRUE(resolve(&store, "ann@example.org", "").intact);
}

TEST(PolicyResolver, EightProfilesMayStandBeforeADocument) {
  const auto chain = [](int profiles) {
    Documents documents{{"default", inherits("p1")}};
    for (int i = 1; i <= profiles; ++i) {
      documents["profiles/p" + std::to_string(i)] =
          (i < profiles ? inherits("p" + std::to_string(i + 1)) : says("last one"));
    }
    return documents;
  };
  MapStore eight(chain(8));
  const Resolution good = resolve(&eight, "ann", "");
  expect_sound(good);
  EXPECT_EQ(good.policy.capa.implementation, "last one");

  MapStore nine(chain(9));
  const Resolution bad = resolve(&nine, "ann", "");
  EXPECT_FALSE(bad.intact);
  EXPECT_FALSE(bad.deny_known);
  EXPECT_EQ(bad.problems, Strings{"map/profiles/p8:1:11: inherits the profile \"p9\", but there "
                                  "are 8 profiles before it already, the most allowed"});
}

TEST(PolicyResolver, AStoreThatFailsIsAProblem) {
  for (const std::string_view failing :
       {"default", "domains/example.org", "profiles/a", "profiles/chosen"}) {
    MapStore store(
        Documents{{"default", inherits("a")}, {"profiles/a", ""}, {"profiles/chosen", ""}},
        {std::string(failing)});
    const Resolution resolution = resolve(&store, "ann@example.org", "chosen");
    EXPECT_FALSE(resolution.intact);
    EXPECT_FALSE(resolution.deny_known);
    EXPECT_EQ(resolution.problems, Strings{"map/" + std::string(failing) + ": no luck"});
  }
}

TEST(PolicyResolver, AWrongValueDoesNotHideWhatIsDenied) {
  MapStore store(Documents{{"default", "last.start = 1\ncommands.deny = [\"DELE\"]"}});
  const Resolution resolution = resolve(&store, "ann", "");
  EXPECT_FALSE(resolution.intact);
  EXPECT_TRUE(resolution.deny_known);
  EXPECT_EQ(resolution.policy.commands.deny, Strings{"DELE"});
  EXPECT_EQ(resolution.problems.size(), 1U);
}

TEST(PolicyResolver, AnyDocumentMayMakeDenyUnknown) {
  for (const std::string_view broken :
       {"default", "profiles/a", "domains/example.org", "profiles/b", "profiles/chosen"}) {
    Documents documents{{"default", inherits("a")},
                        {"profiles/a", ""},
                        {"domains/example.org", inherits("b")},
                        {"profiles/b", ""},
                        {"profiles/chosen", ""}};
    documents[std::string(broken)] += "commands.denny = [\"DELE\"]";
    MapStore store(std::move(documents));
    const Resolution resolution = resolve(&store, "ann@example.org", "chosen");
    EXPECT_FALSE(resolution.intact) << broken;
    EXPECT_FALSE(resolution.deny_known) << broken;
  }
}

// --- [uidl] ---

TEST(PolicyResolver, CutoversAreInheritedAndReplacedAsAWhole) {
  const std::string three = "[[uidl.cutover]]\nbefore = 2026-03-01\nscheme = \"courier\"\n";
  Documents documents{{"profiles/moved", three},
                      {"domains/example.org", inherits("moved") + "uidl.scheme = \"uw\""}};
  MapStore one(documents);
  const Resolution inherited = resolve(&one, "ann@example.org", "");
  expect_sound(inherited);
  EXPECT_EQ(inherited.policy.uidl.plan.chain, Strings{"uw"});
  EXPECT_EQ(inherited.policy.uidl.plan.cutovers,
            (std::vector<UidlPlan::Cutover>{{1772323200, {"courier"}}}));
  documents["domains/example.org"] += "\nuidl.cutover = []";
  MapStore two(documents);
  EXPECT_TRUE(resolve(&two, "ann@example.org", "").policy.uidl.plan.cutovers.empty());
  documents["domains/example.org"] = inherits("moved") + "uidl.scheme = \"uw\"\n" +
                                     "[[uidl.cutover]]\nbefore = 1970-01-01\nscheme = \"qmail\"";
  MapStore other(documents);
  EXPECT_EQ(resolve(&other, "ann@example.org", "").policy.uidl.plan.cutovers,
            (std::vector<UidlPlan::Cutover>{{0, {"qmail"}}}));
}

TEST(PolicyResolver, APlanMayBeMadeOfSeveralDocuments) {
  MapStore store(Documents{{"default", "uidl.template = \"{uid}\""},
                           {"domains/example.org", "uidl.scheme = \"template\""}});
  const Resolution resolution = resolve(&store, "ann@example.org", "");
  expect_sound(resolution);
  EXPECT_TRUE(resolution.uidl_known);
}

TEST(PolicyResolver, APlanThatLacksSomethingIsNotKnownAndNamesItsFiles) {
  const std::vector<std::pair<std::string, std::string>> plans{
      {"uidl.scheme = \"template\"", "uidl.scheme is \"template\", but there is no uidl.template"},
      {R"(uidl.scheme = ["uw", "hmac-sha256"])",
       "uidl.scheme is \"hmac-sha256\", but there is no uidl.key_file"},
      {"[[uidl.cutover]]\nbefore = 2026-03-01\nscheme = \"template\"",
       "uidl.scheme is \"template\", but there is no uidl.template"},
  };
  for (const auto& [text, sentence] : plans) {
    MapStore store(Documents{{"default", "last.start = \"seen\""},
                             {"domains/example.org", inherits("p") + "uidl.on_change = \"keep\""},
                             {"profiles/p", text}});
    const Resolution resolution = resolve(&store, "ann@example.org", "");
    EXPECT_FALSE(resolution.intact);
    EXPECT_FALSE(resolution.uidl_known);
    EXPECT_TRUE(resolution.deny_known);
    EXPECT_EQ(resolution.problems,
              Strings{"map/profiles/p and map/domains/example.org: " + sentence});
  }
}

TEST(PolicyResolver, AnyDocumentMayMakeUidlUnknown) {
  for (const std::string_view broken :
       {"default", "profiles/a", "domains/example.org", "profiles/b", "profiles/chosen"}) {
    const Documents documents{{"default", inherits("a")},
                              {"profiles/a", ""},
                              {"domains/example.org", inherits("b")},
                              {"profiles/b", ""},
                              {"profiles/chosen", ""}};
    const auto with = [&](std::string_view more, Names failing = {}) {
      Documents changed = documents;
      changed[std::string(broken)] += more;
      MapStore store(std::move(changed), std::move(failing));
      return resolve(&store, "ann@example.org", "chosen");
    };
    EXPECT_TRUE(with("").uidl_known) << broken;
    EXPECT_FALSE(with("uidl.sceme = \"uw\"").uidl_known) << broken;
    EXPECT_FALSE(with("", {std::string(broken)}).uidl_known) << broken;
    EXPECT_TRUE(with("last.start = 1").uidl_known) << broken;
  }
  MapStore store(Documents{});
  EXPECT_TRUE(resolve(&store, "ann@", "").uidl_known);
  EXPECT_FALSE(resolve(&store, "ann", "gone").uidl_known);
  EXPECT_FALSE(resolve(&store, "ann", "../x").uidl_known);
  EXPECT_TRUE(resolve(nullptr, "ann", "gone").uidl_known);
}

TEST(PolicyResolver, BoardsAreInheritedAndReplacedAsAWhole) {
  const std::string boards =
      R"(boards.bboards = {a = {mailbox = "A", aliases = ["x"], flags = 1}, b = "B"})";
  MapStore store(Documents{{"profiles/a", boards},
                           {"domains/example.org", inherits("a")},
                           {"domains/example.net", inherits("a") + "boards.bboards.c = \"C\""}});
  BoardName described{"a", "A"};
  described.aliases = {"x"};
  described.flags = 1;
  EXPECT_EQ(resolve(&store, "ann@example.org", "").policy.boards.bboards,
            (std::vector<BoardName>{described, {"b", "B"}}));
  EXPECT_EQ(resolve(&store, "ann@example.net", "").policy.boards.bboards,
            (std::vector<BoardName>{{"c", "C"}}));
}

TEST(PolicyResolver, AnArchiveCannotHaveTheAliasOfAnotherBoard) {
  const auto resolved = [](std::string_view archive) {
    MapStore store(Documents{
        {"default", "[boards.bboards]\na = {mailbox = \"A\", aliases = [\"x\"]}\n"},
        {"domains/example.org", "[boards.archive]\n" + std::string(archive) + " = \"O\"\n"}});
    return resolve(&store, "ann@example.org", "");
  };
  EXPECT_TRUE(resolved("A").intact);
  EXPECT_TRUE(resolved("b").intact);
  EXPECT_FALSE(resolved("X").intact);
  EXPECT_EQ(
      resolved("X").problems,
      Strings{"map/domains/example.org:1: boards.archive has \"X\", but in boards.bboards that "
              "is an alias of \"a\""});
}

TEST(PolicyResolver, ProblemsAreInTheOrderOfTheirLines) {
  MapStore store(Documents{
      {"default", inherits("a") + "last.start = 1\n\nlast.wording = 2"},
      {"domains/example.org", inherits("gone") + "delete.mode = \"keep-days\"\nlast.start = 3"},
      {"profiles/a", "last.start = 4\nlast.wording = 5"}});
  const Resolution resolution = resolve(&store, "ann@example.org", "");
  Strings places;
  for (const std::string& problem : resolution.problems) {
    places.push_back(problem.substr(0, problem.find(": ")));
  }
  EXPECT_EQ(places, (Strings{"map/default:2:14", "map/default:4:16", "map/profiles/a:1:14",
                             "map/profiles/a:2:16", "map/domains/example.org:1:11",
                             "map/domains/example.org:2", "map/domains/example.org:3:14"}));
}

TEST(PolicyResolver, TheProblemsOfASharedProfileAreToldOnce) {
  MapStore store(Documents{{"default", inherits("a")},
                           {"domains/example.org", inherits("a")},
                           {"profiles/a", "last.start = 1"}});
  EXPECT_EQ(resolve(&store, "ann@example.org", "a").problems.size(), 1U);
}

}  // namespace
}  // namespace pop3_legacy::policy
