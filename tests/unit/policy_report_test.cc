// A policy is shown, read back, and explained.

#include "plugin/core/policy/report.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "plugin/core/policy/keys.h"
#include "plugin/core/policy/reader.h"
#include "plugin/idn/idn2_domain.h"

namespace pop3_legacy::policy {
namespace {

using Documents = std::map<std::string, std::string, std::less<>>;

class MapStore : public DocumentStore {
 public:
  explicit MapStore(Documents documents) : documents_(std::move(documents)) {}

  Result<std::optional<std::string>> read(std::string_view name) override {
    const auto found = documents_.find(name);
    if (found == documents_.end()) return std::optional<std::string>();
    return std::optional(found->second);
  }
  [[nodiscard]] std::string location(std::string_view name) const override {
    return "map/" + std::string(name);
  }

 private:
  Documents documents_;
};

// Keys of every kind, with values other than the defaults.
constexpr std::string_view other_values = R"(
[x_commands]
XMSGS = { alias = "STAT" }
XVERSION = { reply = ["+OK a \"version\"", "1"], summary = "tells the version" }
XQUOTA = { program = "/usr/local/libexec/xquota", timeout = "5s", max_output = 1000, multi_line = true }
[commands]
allow = ["HELP"]
deny = ["DELE", "TOP"]
[last]
semantics = "uw"
start = "seen"
on_drop = "all"
wording = "mh"
[help]
style = "line"
[capa]
implementation = "a \\ and a \" in it"
[uidl]
scheme = ["xuidl", "template"]
template = "{uid}"
key_file = "/etc/a\u00e9"
on_change = "switch"
max_length = 70
[[uidl.cutover]]
before = 2026-03-01
scheme = "qmail"
[[uidl.cutover]]
before = 0987-01-31
scheme = ["courier", "uw"]
[boards]
date = "rfc822"
zone = "-0330"
[boards.bboards]
news = "Shared/News"
[boards.bboards.all]
mailbox = "All"
aliases = ["every", "body"]
maildrop = "/\\\""
archive_maildrop = "/archive"
information = "/information"
maildrop_map = "/map"
leaders = ["anna", "bert"]
address = "All <all@example.org>"
request = "all-request@example.org"
incoming_feed = "news"
outgoing_feeds = ["a@example.org", "b@example.org"]
flags = 0o755
[xlst]
match = "exact"
missing = "omit"
headers = ["Subject"]
[euidl]
order = "cnet"
[xsender]
header = "X-Who"
[gurl]
url = "http://example.org/"
[xmit]
from = "any"
max_size = 2000
max_recipients = 1
per_session = 0
per_hour = 7
dedup = "90s"
save_to = "Sent"
dry_run = true
[pace]
login_delay = "5m"
burst = 3
retr_per_session = 4
octets_per_hour = "1M"
)";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::string line;
  for (const char c : text) {
    if (c != '\n') {
      line += c;
      continue;
    }
    lines.push_back(std::exchange(line, {}));
  }
  return lines;
}

std::vector<Key> all_keys() {
  std::vector<Key> all;
  for (const Section* const section : sections()) {
    all.insert(all.end(), section->keys.begin(), section->keys.end());
  }
  return all;
}

std::string values_in(const Policy& policy, const Key& key) {
  Policy copy = policy;
  return std::visit([&](const auto& kind) { return kind.toml(copy); }, key.kind);
}

TEST(PolicyReport, TheDefaultsAreShownAndReadBack) {
  const std::string shown = show({});
  EXPECT_TRUE(shown.starts_with(
      "x_commands = {}\n\n[commands]\nallow = [\"LAST\", \"HELP\"]\ndeny = []\n\n[last]\n"))
      << shown;
  EXPECT_NE(shown.find("\nmax_size = \"25M\"\n"), std::string::npos) << shown;
  EXPECT_NE(shown.find("\ndedup = \"10m\"\n"), std::string::npos) << shown;
  const Document document = Document::parse(shown, "shown");
  EXPECT_TRUE(document.problems().empty()) << document.problems().front().sentence();
  Policy policy;
  document.apply(policy);
  EXPECT_EQ(show(policy), shown);
}

TEST(PolicyReport, EveryValueIsShownAndReadBack) {
  Policy policy;
  const Document written = Document::parse(other_values, "written");
  ASSERT_TRUE(written.problems().empty()) << written.problems().front().sentence();
  written.apply(policy);
  std::set<std::size_t> kinds;
  for (const Key& key : all_keys()) {
    if (values_in(policy, key) != values_in({}, key)) kinds.insert(key.kind.index());
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<decltype(Key::kind)>)
      << "a kind of key is missing in this test";
  for (const std::string& text : {show(policy), explain(policy, {})}) {
    const Document document = Document::parse(text, "shown");
    EXPECT_TRUE(document.problems().empty()) << document.problems().front().sentence();
    Policy again;
    document.apply(again);
    EXPECT_EQ(show(again), show(policy));
    EXPECT_EQ(again.boards.bboards, policy.boards.bboards);
  }
}

TEST(PolicyReport, EachWordIsShown) {
  for (const Key& key : all_keys()) {
    const auto* const kind = std::get_if<WordKey>(&key.kind);
    if (kind == nullptr) continue;
    for (std::size_t i = 0; i < kind->count(); ++i) {
      Policy policy;
      kind->set(policy, i);
      EXPECT_EQ(values_in(policy, key), '"' + std::string(kind->word(i).word) + '"');
    }
  }
}

TEST(PolicyReport, NumbersHaveTheLargestUnitThatFits) {
  Policy policy;
  policy.xmit.max_octets = 1;
  policy.xmit.dedup = 0;
  EXPECT_NE(show(policy).find("max_size = 1\n"), std::string::npos);
  EXPECT_NE(show(policy).find("dedup = \"0s\"\n"), std::string::npos);
  policy.xmit.max_octets = std::uint64_t{1} << 30U;
  policy.xmit.dedup = std::uint64_t{3600} * 24;
  EXPECT_NE(show(policy).find("max_size = \"1G\"\n"), std::string::npos);
  EXPECT_NE(show(policy).find("dedup = \"1d\"\n"), std::string::npos);
}

TEST(PolicyReport, EachValueHasTheDocumentAndLineThatItComesFrom) {
  MapStore store({{"default", "[last]\nstart = \"seen\"\nwording = \"mh\"\n"},
                  {"domains/example.org",
                   "inherit = \"base\"\n[commands]\n\ndeny = [\n\"TOP\"]\n"
                   "[[uidl.cutover]]\nbefore = 2026-03-01\nscheme = \"uw\"\n"},
                  {"profiles/base",
                   "last.start = \"session\"\nhelp.style = \"line\"\n"
                   "uidl.scheme = \"dovecot\"\n"},
                  {"profiles/own", "\n\nhelp.style = \"rambler\"\n"}});
  Origins origins;
  const Resolution resolution = resolve(&store, "anna@example.org", "own", idn2_domain, &origins);
  ASSERT_TRUE(resolution.intact);
  const std::vector<std::string> lines = lines_of(explain(resolution.policy, origins));
  const auto line = [&](std::string_view key) {
    for (const std::string& one : lines) {
      if (one.starts_with(std::string(key) + " = ")) return one;
    }
    return std::string();
  };
  EXPECT_EQ(line("commands.allow"), R"(commands.allow = ["LAST", "HELP"]  # built in)");
  EXPECT_EQ(line("commands.deny"), R"(commands.deny = ["TOP"]  # map/domains/example.org:4)");
  EXPECT_EQ(line("last.start"), R"(last.start = "session"  # map/profiles/base:1)");
  EXPECT_EQ(line("last.wording"), R"(last.wording = "mh"  # map/default:3)");
  EXPECT_EQ(line("help.style"), R"(help.style = "rambler"  # map/profiles/own:3)");
  EXPECT_EQ(
      line("uidl.cutover"),
      R"(uidl.cutover = [{ before = 2026-03-01, scheme = ["uw"] }]  # map/domains/example.org:6)");
  EXPECT_EQ(line("inherit"), "");
}

TEST(PolicyReport, AValueThatIsWrongIsNotWhereTheOneInForceComesFrom) {
  MapStore store({{"default", "[last]\nstart = \"seen\"\n"},
                  {"domains/example.org", "[last]\nstart = \"scene\"\n"}});
  Origins origins;
  const Resolution resolution = resolve(&store, "anna@example.org", "", idn2_domain, &origins);
  EXPECT_FALSE(resolution.intact);
  EXPECT_EQ(origins.at("last.start").location, "map/default");
}

}  // namespace
}  // namespace pop3_legacy::policy
