// One policy document: what it sets, and what is wrong with it and where.

#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plugin/core/policy/keys.h"
#include "plugin/core/policy/reader.h"
#include "plugin/core/policy/reader/comments.h"
#include "plugin/core/policy/store.h"
#include "plugin/policy-tool/documents.h"

namespace pop3_legacy::policy {
namespace {

using Strings = std::vector<std::string>;

Document parse(std::string_view text) {
  return Document::parse(text, "f.toml");
}

Policy applied(std::string_view text) {
  Policy policy;
  parse(text).apply(policy);
  return policy;
}

Strings sentences(const Document& document) {
  Strings all;
  for (const Problem& problem : document.problems()) all.push_back(problem.sentence());
  return all;
}

// The only sentence about `text`; all of them, joined, if there is not exactly one.
std::string sentence(std::string_view text) {
  std::string joined;
  for (const std::string& one : sentences(parse(text)))
    joined += (joined.empty() ? "" : "\n") + one;
  return joined;
}

void expect_equal(const Policy& a, const Policy& b) {
  EXPECT_EQ(a.commands.allow, b.commands.allow);
  EXPECT_EQ(a.commands.deny, b.commands.deny);
  EXPECT_EQ(a.last.semantics, b.last.semantics);
  EXPECT_EQ(a.last.start, b.last.start);
  EXPECT_EQ(a.last.on_drop, b.last.on_drop);
  EXPECT_EQ(a.last.wording, b.last.wording);
  EXPECT_EQ(a.help.style, b.help.style);
  EXPECT_EQ(a.capa.implementation, b.capa.implementation);
  EXPECT_EQ(a.uidl.plan.chain, b.uidl.plan.chain);
  EXPECT_EQ(a.uidl.plan.cutovers, b.uidl.plan.cutovers);
  EXPECT_EQ(a.uidl.plan.form, b.uidl.plan.form);
  EXPECT_EQ(a.uidl.plan.key_file, b.uidl.plan.key_file);
  EXPECT_EQ(a.uidl.on_change, b.uidl.on_change);
  EXPECT_EQ(a.uidl.max_length, b.uidl.max_length);
  EXPECT_EQ(a.xlst.match, b.xlst.match);
  EXPECT_EQ(a.xlst.missing, b.xlst.missing);
  EXPECT_EQ(a.xlst.headers, b.xlst.headers);
  EXPECT_EQ(a.euidl.order, b.euidl.order);
  EXPECT_EQ(a.xsender.header, b.xsender.header);
  EXPECT_EQ(a.gurl.url, b.gurl.url);
  EXPECT_EQ(a.boards.wording, b.boards.wording);
  EXPECT_EQ(a.boards.on_bad_name, b.boards.on_bad_name);
  EXPECT_EQ(a.boards.date, b.boards.date);
  EXPECT_EQ(a.boards.zone, b.boards.zone);
  EXPECT_EQ(a.boards.bboards, b.boards.bboards);
  EXPECT_EQ(a.boards.archive, b.boards.archive);
  EXPECT_EQ(a.xmit.from, b.xmit.from);
  EXPECT_EQ(a.xmit.max_octets, b.xmit.max_octets);
  EXPECT_EQ(a.xmit.max_recipients, b.xmit.max_recipients);
  EXPECT_EQ(a.xmit.per_session, b.xmit.per_session);
  EXPECT_EQ(a.xmit.per_hour, b.xmit.per_hour);
  EXPECT_EQ(a.xmit.dedup, b.xmit.dedup);
  EXPECT_EQ(a.xmit.save_to, b.xmit.save_to);
  EXPECT_EQ(a.xmit.dry_run, b.xmit.dry_run);
  EXPECT_EQ(a.pace.login_delay, b.pace.login_delay);
  EXPECT_EQ(a.pace.burst, b.pace.burst);
  EXPECT_EQ(a.pace.retr_per_session, b.pace.retr_per_session);
  EXPECT_EQ(a.pace.octets_per_hour, b.pace.octets_per_hour);
  EXPECT_EQ(a.x_commands, b.x_commands);
}

TEST(PolicyReader, SetsEveryKey) {
  const Document document = parse(R"(
inherit = "eudora"
[commands]
allow = ["LAST"]
deny = ["DELE", "TOP"]
[last]
semantics = "uw"
start = "seen"
on_drop = "all"
wording = "mh"
[help]
style = "rambler"
[capa]
implementation = "Example POP3"
[uidl]
scheme = ["xuidl", "template", "hmac-sha256", "xuidl"]
template = "{uid}"
key_file = "/etc/dovecot/key of uidls"
on_change = "refuse"
max_length = 70
[[uidl.cutover]]
before = 2026-03-01
scheme = "qmail"
[[uidl.cutover]]
before = 1969-12-31
scheme = ["courier", "uw"]
)");
  EXPECT_EQ(sentences(document), Strings{});
  EXPECT_TRUE(document.deny_trusted());
  ASSERT_TRUE(document.inherit());
  EXPECT_EQ(document.inherit()->profile, "eudora");
  EXPECT_EQ(document.inherit()->line, 2U);
  EXPECT_EQ(document.inherit()->column, 11U);

  Policy policy;
  document.apply(policy);
  EXPECT_EQ(policy.commands.allow, Strings{"LAST"});
  EXPECT_EQ(policy.commands.deny, (Strings{"DELE", "TOP"}));
  EXPECT_EQ(policy.last.semantics, LastSemantics::uw);
  EXPECT_EQ(policy.last.start, LastStart::seen);
  EXPECT_EQ(policy.last.on_drop, LastOnDrop::all);
  EXPECT_EQ(policy.last.wording, LastWording::mh);
  EXPECT_EQ(policy.help.style, HelpStyle::rambler);
  EXPECT_EQ(policy.capa.implementation, "Example POP3");
  EXPECT_EQ(policy.uidl.plan.chain, (Strings{"xuidl", "template", "hmac-sha256"}));
  EXPECT_EQ(policy.uidl.plan.form, "{uid}");
  EXPECT_EQ(policy.uidl.plan.key_file, "/etc/dovecot/key of uidls");
  EXPECT_EQ(policy.uidl.on_change, UidlOnChange::refuse);
  EXPECT_EQ(policy.uidl.max_length, 70U);
  EXPECT_EQ(policy.uidl.plan.cutovers,
            (std::vector<UidlPlan::Cutover>{{-86400, {"courier", "uw"}}, {1772323200, {"qmail"}}}));
  EXPECT_TRUE(document.uidl_trusted());
}

TEST(PolicyReader, EachWordSetsItsOwnValue) {
  const auto with = [](std::string_view table, std::string_view key, std::string_view word) {
    const std::string text =
        "[" + std::string(table) + "]\n" + std::string(key) + " = \"" + std::string(word) + "\"\n";
    EXPECT_EQ(sentence(text), "");
    return applied(text);
  };
  EXPECT_EQ(with("last", "semantics", "rfc1225").last.semantics, LastSemantics::rfc1225);
  EXPECT_EQ(with("last", "semantics", "rfc1460").last.semantics, LastSemantics::rfc1460);
  EXPECT_EQ(with("last", "semantics", "uw").last.semantics, LastSemantics::uw);
  EXPECT_EQ(with("last", "semantics", "popper").last.semantics, LastSemantics::popper);
  EXPECT_EQ(with("last", "semantics", "dovecot").last.semantics, LastSemantics::dovecot);
  EXPECT_EQ(with("last", "start", "durable").last.start, LastStart::durable);
  EXPECT_EQ(with("last", "start", "seen").last.start, LastStart::seen);
  EXPECT_EQ(with("last", "start", "session").last.start, LastStart::session);
  EXPECT_EQ(with("last", "on_drop", "delivered").last.on_drop, LastOnDrop::delivered);
  EXPECT_EQ(with("last", "on_drop", "all").last.on_drop, LastOnDrop::all);
  EXPECT_EQ(with("last", "on_drop", "nothing").last.on_drop, LastOnDrop::nothing);
  EXPECT_EQ(with("last", "wording", "plain").last.wording, LastWording::plain);
  EXPECT_EQ(with("last", "wording", "popper").last.wording, LastWording::popper);
  EXPECT_EQ(with("last", "wording", "qpopper").last.wording, LastWording::qpopper);
  EXPECT_EQ(with("last", "wording", "mh").last.wording, LastWording::mh);
  EXPECT_EQ(with("help", "style", "long").help.style, HelpStyle::full);
  EXPECT_EQ(with("help", "style", "rambler").help.style, HelpStyle::rambler);
  EXPECT_EQ(with("help", "style", "line").help.style, HelpStyle::line);
  EXPECT_EQ(with("uidl", "on_change", "keep").uidl.on_change, UidlOnChange::keep);
  EXPECT_EQ(with("uidl", "on_change", "switch").uidl.on_change, UidlOnChange::switch_over);
  EXPECT_EQ(with("uidl", "on_change", "refuse").uidl.on_change, UidlOnChange::refuse);
  EXPECT_EQ(with("uidl", "scheme", "courier").uidl.plan.chain, Strings{"courier"});
}

TEST(PolicyReader, AnEmptyDocumentChangesNothing) {
  EXPECT_EQ(sentence(""), "");
  EXPECT_FALSE(parse("inherit = \"\"").inherit());
  expect_equal(applied("# nothing\n"), Policy{});
}

TEST(PolicyReader, DottedKeysAreTheSameKeys) {
  EXPECT_EQ(applied("last.start = \"seen\"").last.start, LastStart::seen);
}

TEST(PolicyReader, CommandNamesHaveNoCaseAndStandOnce) {
  EXPECT_EQ(applied("[commands]\nallow = [\"help\", \"Last\", \"HELP\"]").commands.allow,
            (Strings{"HELP", "LAST"}));
  EXPECT_EQ(applied("[commands]\ndeny = [\"dele\"]").commands.deny, Strings{"DELE"});
}

TEST(PolicyReader, AnEmptyListIsAValue) {
  const Policy policy = applied("[commands]\nallow = []\n");
  EXPECT_EQ(policy.commands.allow, Strings{});
}

// --- what is wrong ---

TEST(PolicyReader, TextThatIsNotTomlHasItsPlace) {
  const Document document = parse("[last]\nstart = durable\n");
  ASSERT_EQ(document.problems().size(), 1U);
  EXPECT_EQ(document.problems()[0].line, 2U);
  EXPECT_TRUE(sentences(document)[0].starts_with("f.toml:2:")) << sentences(document)[0];
  EXPECT_NE(sentences(document)[0].find(": this is not valid TOML: "), std::string::npos);
  EXPECT_FALSE(document.deny_trusted());
  expect_equal(applied("[help]\nstyle = \"line\"\n[last"), Policy{});
}

TEST(PolicyReader, ANulOctetIsNotToml) {
  using namespace std::string_view_literals;
  const Document document = parse("[last]\n\0"sv);
  EXPECT_EQ(document.problems().size(), 1U);
  EXPECT_FALSE(document.deny_trusted());
}

TEST(PolicyReader, WhatToml33AssertsIsAnErrorOnly) {
  for (const std::string_view text : {"[[[1]]]", "[[[a]]]", "[[[]]", "[[="}) {
    EXPECT_TRUE(sentence(text).starts_with("f.toml:1:3: this is not valid TOML: ")) << text;
    EXPECT_FALSE(parse(text).deny_trusted()) << text;
  }
}

TEST(PolicyReader, AWrongWordIsNamedWithTheNearest) {
  EXPECT_EQ(sentence("[last]\nstart = \"durabel\""),
            "f.toml:2:9: last.start cannot be \"durabel\"; did you mean \"durable\"?");
  EXPECT_EQ(sentence("[last]\nstart = \"Durable\""),
            "f.toml:2:9: last.start cannot be \"Durable\"; did you mean \"durable\"?");
}

TEST(PolicyReader, AWordNearNoneIsAnsweredWithAll) {
  EXPECT_EQ(sentence("help.style = \"verbose\""),
            "f.toml:1:14: help.style cannot be \"verbose\", only long, rambler and line");
}

TEST(PolicyReader, AWrongTypeIsNamed) {
  EXPECT_EQ(sentence("[last]\nstart = 1"),
            "f.toml:2:9: last.start has to be one of the words durable, seen and session, in "
            "quotes, not an integer");
  EXPECT_EQ(sentence("[last]\nstart = [\"seen\"]"),
            "f.toml:2:9: last.start has to be one of the words durable, seen and session, in "
            "quotes, not a list");
  EXPECT_EQ(sentence("capa.implementation = true"),
            "f.toml:1:23: capa.implementation has to be a text in quotes, not true or false");
  EXPECT_EQ(sentence("commands.allow = \"LAST\""),
            "f.toml:1:18: commands.allow has to be a list of command names in brackets, like "
            "[\"LAST\"], not a text");
  EXPECT_EQ(sentence("commands.allow = [\"LAST\", 2026-01-01]"),
            "f.toml:1:27: commands.allow has to list command names in quotes, not a date or time");
  EXPECT_EQ(sentence("last = \"seen\""), "f.toml:1:8: last has to be a table, [last], not a text");
}

TEST(PolicyReader, AnUnknownKeyIsNamedWithTheNearest) {
  EXPECT_EQ(sentence("[last]\n  on_drp = \"all\""),
            "f.toml:2:3: unknown key \"last.on_drp\"; did you mean \"last.on_drop\"?");
  EXPECT_EQ(sentence("[last]\nstyle = \"long\""),
            "f.toml:2:1: unknown key \"last.style\"; did you mean \"help.style\"?");
  EXPECT_EQ(sentence("frobnicate = 1"), "f.toml:1:1: unknown key \"frobnicate\"");
  EXPECT_EQ(sentence("\"last.start\" = \"seen\""),
            "f.toml:1:1: unknown key \"last.start\"; did you mean \"last.start\" without the "
            "quotes?");
}

TEST(PolicyReader, AKeyOfALaterReleaseIsUnknown) {
  const Document document = parse("[future]\nkey = \"courier\"");
  EXPECT_EQ(sentences(document),
            Strings{"f.toml:1:2: unknown table \"future\", only commands, last, help, capa, "
                    "uidl, xlst, euidl, xsender, gurl, boards, xmit, pace, lenient, reply, "
                    "reply.templates, view, delete and inbox are known"});
  EXPECT_TRUE(document.deny_trusted());
  EXPECT_TRUE(document.uidl_trusted());
}

TEST(PolicyReader, AllProblemsAreToldFromTopToBottom) {
  EXPECT_EQ(sentences(parse("[last]\nwording = \"x\"\nstart = 1\n[help]\nstile = 2\n[capa]\n"
                            "implementation = \"\\u0007\"\n")),
            (Strings{
                "f.toml:2:11: last.wording cannot be \"x\", only plain, popper, qpopper and mh",
                "f.toml:3:9: last.start has to be one of the words durable, seen and session, in "
                "quotes, not an integer",
                "f.toml:5:1: unknown key \"help.stile\"; did you mean \"help.style\"?",
                "f.toml:7:18: capa.implementation may have printable ASCII only, not \"\\x07\"",
            }));
}

TEST(PolicyReader, AWrongValueLeavesTheOldOneAndOthersCount) {
  Policy policy;
  policy.last.start = LastStart::session;
  policy.commands.allow = {"HELP"};
  parse("[last]\nstart = \"x\"\nwording = \"mh\"\n[commands]\nallow = [\"LAST\", \"NONE\"]")
      .apply(policy);
  EXPECT_EQ(policy.last.start, LastStart::session);
  EXPECT_EQ(policy.last.wording, LastWording::mh);
  EXPECT_EQ(policy.commands.allow, Strings{"HELP"});
}

TEST(PolicyReader, OnlyOurOwnCommandsAreAllowed) {
  EXPECT_EQ(sentence("[commands]\nallow = [\"CAPA\", \"TOP\", \"LSAT\", \"XYZZY\"]"),
            "f.toml:2:10: commands.allow is wrong: CAPA is always there, so it cannot be listed\n"
            "f.toml:2:18: commands.allow is wrong: TOP is Dovecot's own command and needs no "
            "permission\n"
            "f.toml:2:25: commands.allow is wrong: there is no command \"LSAT\"; did you mean "
            "\"LAST\"?\n"
            "f.toml:2:33: commands.allow is wrong: there is no command \"XYZZY\"");
}

TEST(PolicyReader, CommandsThatEverySessionNeedsCannotBeDenied) {
  for (const std::string name : {"QUIT", "NOOP", "RSET", "CAPA"}) {
    EXPECT_EQ(sentence("commands.deny = [\"" + name + "\"]"),
              "f.toml:1:18: commands.deny is wrong: " + name +
                  " cannot be denied: every session needs it");
  }
}

TEST(PolicyReader, TheImplementationFitsFetchmail) {
  const std::string longest(max_implementation_octets, 'x');
  EXPECT_EQ(applied("capa.implementation = '" + longest + "'").capa.implementation, longest);
  EXPECT_EQ(sentence("capa.implementation = '" + longest + "x'"),
            "f.toml:1:23: capa.implementation may have 48 characters at most, not 49");
}

TEST(PolicyReader, NoControlCharacterReachesASentence) {
  for (const std::string_view text :
       {R"(last.start = "\u001b[31m\r\n\u0085")", R"("\u001b]0;x\u0007" = 1)",
        R"(commands.allow = ["\u0000"])", R"("a\nb".c = 1)", "x = \x1b"}) {
    const Document document = parse(text);
    EXPECT_FALSE(document.problems().empty()) << text;
    for (const std::string& one : sentences(document)) {
      for (const char c : one) EXPECT_TRUE(c >= ' ' && c <= '~') << one;
    }
  }
  EXPECT_EQ((Problem{"a\nb", 0, 0, "c\x7f"}.sentence()), "a\\x0ab: c\\x7f");
}

TEST(PolicyReader, AnEndlessWordIsCut) {
  EXPECT_EQ(sentence("help.style = \"" + std::string(5000, 'z') + "\""),
            "f.toml:1:14: help.style cannot be \"" + std::string(80, 'z') +
                "...\", only long, rambler and line");
}

TEST(PolicyReader, ADocumentHasALimit) {
  std::string text(max_document_octets, '#');
  EXPECT_EQ(sentence(text), "");
  text += '#';
  EXPECT_EQ(sentence(text),
            "f.toml: the document is longer than 65536 octets, the most a policy may have");
  EXPECT_FALSE(parse(text).deny_trusted());
}

TEST(PolicyReader, DeepNestingIsNoHarm) {
  const auto repeated = [](std::string_view part, std::size_t octets) {
    std::string text;
    while (text.size() + part.size() <= octets) text += part;
    return text;
  };
  EXPECT_EQ(sentence("# one\n" + repeated("a.", 60000) + "a = 1"),
            "f.toml:2:1: this line has a key with more than 32 dots");
  EXPECT_EQ(sentence("[" + repeated("a . ", 60000) + "a]"),
            "f.toml:1:1: this line has a key with more than 32 dots");
  EXPECT_FALSE(parse(repeated("a.", 60000) + "a = 1").deny_trusted());
  EXPECT_EQ(parse("a = " + repeated("[", 60000)).problems().size(), 1U);
  EXPECT_EQ(parse(repeated("a={a.a=", 60000)).problems().size(), 1U);

  // Strings and comments are distinguished from keys, wherever they end.
  const std::string key = repeated("a.", 60000) + "a";
  for (const std::string& text : {
           repeated("\"=\".", 60000) + "a = 1",
           repeated("'\"'.", 60000) + "a = 1",
           R"(x = { s = """b"""", )" + key + " = 1 }",
           "x = { s = '''b''''', " + key + " = 1 }",
           R"(x = { s = "\\", )" + key + " = 1 }",
           R"(x = { s = "\"", )" + key + " = 1 }",
           R"(x = { s = '\', )" + key + " = 1 }",
       }) {
    EXPECT_EQ(sentence(text), "f.toml:1:1: this line has a key with more than 32 dots");
  }
  const std::string dots = repeated("a.", 1000);
  for (const std::string& text :
       {"# " + dots, "help.style = \"long\" # " + dots + "\nlast.start = \"seen\"",
        "inherit = \"" + dots + "\"", "inherit = '" + dots + "'",
        "inherit = \"\"\"\n\"" + dots + "\n\"\"\""}) {
    EXPECT_EQ(sentence(text), "");
  }
}

// --- what may have been meant to deny a command ---

TEST(PolicyReader, DenyIsTrustedWhateverElseIsWrong) {
  for (const std::string_view text : {
           "last.start = 1",
           "commands.allow = [\"NONE\"]",
           "[commands]\ndeny = [\"DELE\"]\nfrobnicate = 1",
           "[xmit]\ndry_run = 0",
           "future.frobnicate = 3",
       }) {
    const Document document = parse(text);
    EXPECT_FALSE(document.problems().empty()) << text;
    EXPECT_TRUE(document.deny_trusted()) << text;
  }
}

TEST(PolicyReader, DenyIsNotTrustedWhereItMayBeMeant) {
  for (const std::string_view text : {
           "[commands]\ndeny = \"DELE\"",  // not a list
           "[delete]\nmode = \"denny\"",   // may have been meant to keep mail
           "[delete]\nmodes = \"deny\"",
           "[pace]\noctets_per_hour = \"300\"",  // no unit: there would be no limit
           "[pace]\nlogin_dealy = \"5m\"",
           "[peace]\nburst = 1",
           "[view]\nnewest = -1",
           "[view]\nfuture = 1",
           "[veiw]\nnewest = 1",
           "view = 3",
           "[commands]\ndeny = [\"DELE\", 1]",        // not a name
           "[commands]\ndeny = [\"DELE\", \"TPO\"]",  // not a command
           "[commands]\ndeny = [\"QUIT\"]",           // cannot be denied
           "[commands.deny]\nDELE = true",            // a table
           "commands = ['DELE']",                     // not a table
           "[[commands]]\ndeny = [\"DELE\"]",         // several tables
           "[commands]\ndenny = [\"DELE\"]",          // a typo in the key
           "[commands]\nDENY = [\"DELE\"]",
           "[command]\ndeny = [\"DELE\"]",  // a typo in the table
           "[Commands]\nforbid = [\"DELE\"]",
           "deny = [\"DELE\"]",                     // outside its table
           "[capa]\ndeny = [\"DELE\"]",             // the wrong table
           "[policy.commands]\ndeny = [\"DELE\"]",  // one table too many
           "a.b.c.d.e.f.g.h.i.j.k.l.deny = 1",      // however deep
           R"("commands.deny" = ["DELE"])",         // quoted
           "inherit = 1",                           // the profile may deny a command
           "inherits = \"readonly\"",
           "[last]\ninherit = \"readonly\"",
       }) {
    const Document document = parse(text);
    EXPECT_FALSE(document.problems().empty()) << text;
    EXPECT_FALSE(document.deny_trusted()) << text;
  }
}

// --- [uidl] ---

TEST(PolicyReader, TheHostMayBeTheLastOfAChainAndAloneInACutover) {
  Policy policy;
  const auto document = parse(
      "[uidl]\nscheme = [\"courier\", \"host\"]\n"
      "[[uidl.cutover]]\nbefore = 2026-03-01\nscheme = \"host\"");
  EXPECT_TRUE(document.uidl_trusted());
  document.apply(policy);
  EXPECT_EQ(policy.uidl.plan.chain, (std::vector<std::string>{"courier", "host"}));
  ASSERT_EQ(policy.uidl.plan.cutovers.size(), 1U);
  EXPECT_EQ(policy.uidl.plan.cutovers[0].chain, std::vector<std::string>{"host"});
  EXPECT_FALSE(policy.uidl.plan.host());
}

TEST(PolicyReader, EveryMistakeInUidlHasItsPlaceAndMakesItUnknown) {
  const std::string table = "f.toml:2:";
  const std::string day =
      "uidl.cutover needs a day without quotes, before = 2026-03-01, and a scheme";
  const std::vector<std::pair<std::string, std::string>> mistakes{
      {"scheme = 1",
       "10: uidl.scheme has to be the name of a scheme in quotes, or a list of names, not an "
       "integer"},
      {"scheme = [\"uw\", 1]",
       "17: uidl.scheme has to be the name of a scheme in quotes, or a list of names, not an "
       "integer"},
      {"scheme = []", "10: uidl.scheme is wrong: it must name at least one scheme"},
      {"scheme = \"corier\"",
       R"(10: uidl.scheme is wrong: there is no scheme "corier"; did you mean "courier"?)"},
      {R"(scheme = ["courier", "host", "uw"])",
       "10: uidl.scheme is wrong: Dovecot has an id for every message, so nothing can follow "
       "\"host\""},
      {"template = 1", "12: uidl.template has to be a text in quotes, not an integer"},
      {"template = \"x\"",
       "12: uidl.template gives all messages the same id; it needs {uid}, {guid} or {filename}"},
      {"template = \"{uid} \"", "12: uidl.template has \" \", which no id may contain"},
      {"key_file = true", "12: uidl.key_file has to be a text in quotes, not true or false"},
      {"key_file = \"key\"",
       "12: uidl.key_file has to be a path that begins with / and has no control characters, not "
       "\"key\""},
      {R"(key_file = "/a\nb")",
       "12: uidl.key_file has to be a path that begins with / and has no control characters, not "
       "\"/a\\x0ab\""},
      {R"(key_file = "/a\u0000b")",
       "12: uidl.key_file has to be a path that begins with / and has no control characters, not "
       "\"/a\\x00b\""},
      {"on_change = \"Keep\"", R"(13: uidl.on_change cannot be "Keep"; did you mean "keep"?)"},
      {"sceme = \"uw\"", R"(1: unknown key "uidl.sceme"; did you mean "uidl.scheme"?)"},
      {"zzzzzz = 1", "1: unknown key \"uidl.zzzzzz\""},
      {"cutover = 1",
       "11: uidl.cutover has to be written as [[uidl.cutover]], with a date \"before\" and a "
       "\"scheme\""},
      {"cutover.before = 2026-03-01",
       "1: uidl.cutover has to be written as [[uidl.cutover]], with a date \"before\" and a "
       "\"scheme\""},
      {"cutover = [1]", "12: uidl.cutover has to be a list of tables, [[uidl.cutover]]"},
      {"cutover = [{before = 2026-03-01}]", "12: " + day},
      {"cutover = [{scheme = \"uw\"}]", "12: " + day},
      {R"(cutover = [{before = "2026-03-01", scheme = "uw"}])", "22: " + day},
      {"cutover = [{before = 2026-03-01T00:00:00Z, scheme = \"uw\"}]", "22: " + day},
      {"cutover = [{before = 00:00:00, scheme = \"uw\"}]", "22: " + day},
      {"cutover = [{before = 20260301, scheme = \"uw\"}]", "22: " + day},
      {R"(cutover = [{before = 2026-03-01, scheme = ["host", "uw"]}])",
       "43: uidl.cutover is wrong: Dovecot has an id for every message, so nothing can follow "
       "\"host\""},
      {"cutover = [{before = 2026-03-01, scheme = \"uv\"}]",
       R"(43: uidl.cutover is wrong: there is no scheme "uv"; did you mean "uw"?)"},
      {"cutover = [{before = 2026-03-01, scheme = \"uw\", x = 1}]",
       R"(53: uidl.cutover has "before" and "scheme" only, not "x")"},
      {"cutover = [{before = 2026-03-01, scheme = \"uw\"}, {before = 2026-03-01, scheme = "
       "\"cyrus\"}]",
       "11: uidl.cutover has the same day twice"},
  };
  for (const auto& [line, expected] : mistakes) {
    const std::string text = "[uidl]\n" + line + "\n";
    EXPECT_EQ(sentence(text), table + expected) << line;
    EXPECT_FALSE(parse(text).uidl_trusted()) << line;
    EXPECT_TRUE(parse(text).deny_trusted()) << line;
  }
}

TEST(PolicyReader, ADayThatThereIsNotIsNotToml) {
  EXPECT_FALSE(parse("[[uidl.cutover]]\nbefore = 2026-02-30\nscheme = \"uw\"").uidl_trusted());
}

TEST(PolicyReader, ANumberOfUidlOutOfItsRangeIsNotTrusted) {
  EXPECT_FALSE(parse("[uidl]\nmax_length = 9999\n").uidl_trusted());
  EXPECT_FALSE(parse("[uidl]\nmax_length = \"70\"\n").uidl_trusted());
}

TEST(PolicyReader, AnUnknownSchemeNearNoneIsAnsweredWithAll) {
  const std::string all = sentence("uidl.scheme = \"frobnicate\"");
  EXPECT_TRUE(
      all.starts_with("f.toml:1:15: uidl.scheme is wrong: there is no scheme "
                      "\"frobnicate\", only host, uw, dovecot, cyrus, "))
      << all;
  EXPECT_TRUE(all.ends_with("template and hmac-sha256")) << all;
}

TEST(PolicyReader, UidlIsNotTrustedWhereItMayBeMeant) {
  for (const std::string_view text : {
           "[uidls]\nscheme = \"uw\"",
           "[UIDL]\nscheme = \"uw\"",
           "[uild]\nx = 1",
           "scheme = \"uw\"",
           "[last]\nscheme = \"uw\"",
           "uidl = \"uw\"",
           "[[uidl]]\nscheme = \"uw\"",
           R"("uidl.scheme" = "uw")",
           "[a.b.uidl]\nx = 1",
           "inherit = 1",
           "inherits = \"courier\"",
           "[uidl]\ncutover2 = []",
           "[uidl",
           "[[cutover]]\nbefore = 2026-03-01",
       }) {
    EXPECT_FALSE(parse(text).problems().empty()) << text;
    EXPECT_FALSE(parse(text).uidl_trusted()) << text;
  }
}

TEST(PolicyReader, UidlIsTrustedWhateverElseIsWrong) {
  for (const std::string_view text : {
           "last.start = 1",
           "commands.deny = [\"NONE\"]",
           "[commands]\ndenny = []",
           "frobnicate = 1",
           "[xmit]\ndry_run = 0",
           "capa = 1",
       }) {
    const std::string with_scheme = "uidl.scheme = \"courier\"\n" + std::string(text);
    EXPECT_FALSE(parse(with_scheme).problems().empty()) << text;
    EXPECT_TRUE(parse(with_scheme).uidl_trusted()) << text;
    EXPECT_EQ(applied(with_scheme).uidl.plan.chain, Strings{"courier"}) << text;
  }
}

TEST(PolicyReader, HeadersHaveNames) {
  Policy policy;
  parse("xlst.headers = [\"Subject\", \"Message-Id\"]\nxlst.match = \"exact\"").apply(policy);
  EXPECT_EQ(policy.xlst.headers, (Strings{"Subject", "Message-Id"}));
  EXPECT_EQ(policy.xlst.match, XlstMatch::exact);
  EXPECT_EQ(sentence("xlst.headers = [\"Subject:\"]"),
            "f.toml:1:17: xlst.headers is wrong: \"Subject:\" cannot be a header name: a name is "
            "printable ASCII without blanks and colons");
  EXPECT_EQ(sentence("xlst.headers = \"Subject\""),
            "f.toml:1:16: xlst.headers has to be a list of headers' names in brackets, like "
            "[\"Subject\"], not a text");
}

TEST(PolicyReader, WhatXsenderAndGurlTellFitsALine) {
  Policy policy;
  parse("xsender.header = \"X-Auth\"\ngurl.url = \"https://example.org/\"").apply(policy);
  EXPECT_EQ(policy.xsender.header, "X-Auth");
  EXPECT_EQ(policy.gurl.url, "https://example.org/");
  EXPECT_EQ(sentence("xsender.header = \"X-Auth:\""),
            "f.toml:1:18: xsender.header has to be a header name without a colon, not "
            "\"X-Auth:\"");
  EXPECT_NE(sentence("gurl.url = \"a b\""), "");
  EXPECT_NE(sentence("gurl.url = \"" + std::string(507, 'x') + "\""), "");
}

TEST(PolicyReader, NumbersHaveUnitsAndLimits) {
  const Policy policy = applied(
      "[xmit]\nmax_size = \"3M\"\nmax_recipients = 7\nper_session = 0\ndedup = \"2h\"\n"
      "dry_run = true\nsave_to = \"Sent\"\nfrom = \"any\"");
  EXPECT_EQ(policy.xmit.max_octets, std::uint64_t{3} << 20U);
  EXPECT_EQ(policy.xmit.max_recipients, 7U);
  EXPECT_EQ(policy.xmit.per_session, 0U);
  EXPECT_EQ(policy.xmit.dedup, 7200U);
  EXPECT_TRUE(policy.xmit.dry_run);
  EXPECT_EQ(policy.xmit.save_to, "Sent");
  EXPECT_EQ(policy.xmit.from, XmitFrom::any);
  EXPECT_EQ(applied("xmit.max_size = 2000").xmit.max_octets, 2000U);
  EXPECT_EQ(applied("xmit.dedup = \"0\"").xmit.dedup, 0U);
  for (const auto& [text, problem] : std::initializer_list<std::pair<const char*, const char*>>{
           {"xmit.max_size = \"25X\"", "has to be a number with K, M or G, not \"25X\""},
           {"xmit.max_size = \"99999999999999999999\"",
            "has to be a number with K, M or G, not "
            "\"99999999999999999999\""},
           {"xmit.max_size = \"9999999999G\"",
            "has to be from 1024 to 1073741824 octets, not "
            "\"9999999999G\""},
           {"xmit.max_size = 10", "has to be from 1024 to 1073741824, not 10"},
           {"xmit.max_size = true", "has to be a size in quotes, like \"25M\", not true or false"},
           {"xmit.dedup = \"10\"", "has to be a number with s, m, h or d, not \"10\""},
           {"xmit.dedup = \"2d\"", "has to be 86400 seconds at most, not \"2d\""},
           {"xmit.dedup = 10", "has to be a time in quotes, like \"10m\", not an integer"},
           {"xmit.per_hour = -1", "has to be from 0 to 10000, not -1"},
           {"xmit.per_hour = \"1\"", "has to be an integer, not a text"},
           {"xmit.dry_run = 1", "has to be true or false, not an integer"},
           {"pace.burst = 0", "has to be from 1 to 1000, not 0"},
           {"pace.login_delay = \"25h\"", "has to be 86400 seconds at most, not \"25h\""}}) {
    EXPECT_NE(sentence(text).find(problem), std::string::npos) << sentence(text);
  }
}

TEST(PolicyReader, BoardsStandInTheOrderOfTheText) {
  const Document document = parse(
      "[boards]\nwording = \"mh\"\non_bad_name = \"rfc\"\narchive = {old = \"Old\"}\n"
      "[boards.bboards]\nsystem = \"Public/system\"\nmh-users = \"MH\"\n\"a.b\" = \"c\"\n");
  EXPECT_EQ(sentences(document), Strings{});
  Policy policy;
  document.apply(policy);
  EXPECT_EQ(policy.boards.wording, BoardsWording::mh);
  EXPECT_EQ(policy.boards.on_bad_name, BoardsOnBadName::rfc);
  EXPECT_EQ(
      policy.boards.bboards,
      (std::vector<BoardName>{{"system", "Public/system"}, {"mh-users", "MH"}, {"a.b", "c"}}));
  EXPECT_EQ(policy.boards.archive, (std::vector<BoardName>{{"old", "Old"}}));
}

TEST(PolicyReader, WrongBoardsAreToldAndLeaveTheOldOnes) {
  const Document document = parse(
      "[boards.bboards]\ngood = \"Good\"\n\"a b\" = \"x\"\n\"\" = \"x\"\n\"\\u00e4\" = \"x\"\n"
      "GOOD = \"x\"\nnumber = 5\nempty = \"\"\ncontrol = \"a\\tb\"\n[boards.bboards.deep]\nx = "
      "\"y\"\n"
      "[boards]\narchive = \"Archive\"\nboards = {}\n");
  Strings starts;
  for (const std::string& sentence : sentences(document)) {
    starts.push_back(sentence.substr(
        0, sentence.find(", but") == std::string::npos ? sentence.size() : sentence.find(", but")));
  }
  EXPECT_EQ(
      starts,
      (Strings{
          R"(f.toml:3:9: boards.bboards has the name "a b")",
          R"(f.toml:4:6: boards.bboards has the name "")",
          R"(f.toml:5:12: boards.bboards has the name "\xc3\xa4")",
          R"(f.toml:6:8: boards.bboards has the board "GOOD" twice: upper and lower case are the same)",
          R"(f.toml:7:10: boards.bboards has to name the mailbox of "number" in quotes, or have a table for it, not an integer)",
          R"(f.toml:8:9: boards.bboards needs the name of a mailbox for each board, not an empty one)",
          R"(f.toml:9:11: boards.bboards has to be a mailbox's name without control characters, not "a\x09b")",
          R"(f.toml:11:1: boards.bboards.deep cannot have "x", only mailbox, aliases, maildrop, archive_maildrop, information, maildrop_map, leaders, address, request, incoming_feed, outgoing_feeds and flags)",
          R"(f.toml:13:11: boards.archive has to be a table of boards' names with their mailboxes, [boards.archive], not a text)",
          R"(f.toml:14:1: unknown key "boards.boards"; did you mean "boards.bboards"?)"}));
  Policy policy;
  policy.boards.bboards = {{"old", "Old"}};
  document.apply(policy);
  EXPECT_EQ(policy.boards.bboards, (std::vector<BoardName>{{"old", "Old"}}));
}

TEST(PolicyReader, ABoardMayHaveATableWithWhatIsTold) {
  const Document document = parse(
      "boards.archive = {old = {mailbox = \"Old\"}}\n[boards.bboards]\nnews = \"N\"\n"
      "mh = {mailbox = \"MH\", aliases = [\"m\", \"H\"], flags = 0o17}\n"
      "[boards.bboards.a]\nmailbox = \"A\"\naliases = []\nmaildrop = \"/d\"\n"
      "archive_maildrop = \"/a\"\ninformation = \"/i\"\nmaildrop_map = \"/m\"\n"
      "leaders = [\"b\", \"c\"]\naddress = \"A <a@b>\"\nrequest = \"r\"\n"
      "incoming_feed = \"in\"\noutgoing_feeds = [\"x\", \"y\"]\nflags = 4294967295\n");
  EXPECT_EQ(sentences(document), Strings{});
  Policy policy;
  policy.boards.bboards = {{"gone", "Gone"}};
  document.apply(policy);
  BoardName mh{"mh", "MH"};
  mh.aliases = {"m", "H"};
  mh.flags = 15;
  BoardName all{"a", "A"};
  all.maildrop = "/d";
  all.archive_maildrop = "/a";
  all.information = "/i";
  all.maildrop_map = "/m";
  all.leaders = {"b", "c"};
  all.address = "A <a@b>";
  all.request = "r";
  all.incoming_feed = "in";
  all.outgoing_feeds = {"x", "y"};
  all.flags = 0xFFFFFFFF;
  EXPECT_EQ(policy.boards.bboards, (std::vector<BoardName>{{"news", "N"}, mh, all}));
  EXPECT_EQ(policy.boards.archive, (std::vector<BoardName>{{"old", "Old"}}));
  EXPECT_TRUE(mh.answers_to("MH"));
  EXPECT_TRUE(mh.answers_to("h"));
  EXPECT_FALSE(mh.answers_to("m H"));
}

TEST(PolicyReader, AMistakeInABoardsTableIsToldWithItsPlace) {
  const std::string long_line(501, 'x');
  for (const auto& [in_table, problem] : std::vector<std::pair<std::string, std::string>>{
           {"", R"(f.toml:1:20: boards.bboards.a needs a mailbox, like mailbox = "Public/system")"},
           {"mailbox = \"\"",
            "a.mailbox needs the name of a mailbox for each board, not an empty one"},
           {"mailbox = 1",
            "f.toml:1:32: boards.bboards.a.mailbox has to be a text in quotes, not an "
            "integer"},
           {"password = \"x\"", "f.toml:1:22: boards.bboards.a cannot have \"password\", only "},
           {"alias = []", R"(boards.bboards.a cannot have "alias"; did you mean "aliases"?)"},
           {R"(address = "a\nb")", R"(a.address has to be a line of printable ASCII, of 500 )"
                                   R"(characters at most, not "a\x0ab")"},
           {R"(request = "\u00e4")", R"(a.request has to be a line of printable ASCII, of 500 )"
                                     R"(characters at most, not "\xc3\xa4")"},
           {"maildrop = \"" + long_line + '"',
            "a.maildrop has to be a line of printable ASCII, of "},
           {"incoming_feed = []", "a.incoming_feed has to be a text in quotes, not a list"},
           {"leaders = \"x\"", "a.leaders has to be a list of texts in brackets, not a text"},
           {"leaders = [\"x\", 1]", "f.toml:1:38: boards.bboards.a.leaders has to be a text in "},
           {"leaders = [\"x y\"]", R"(has to list printable ASCII without blanks, not "x y")"},
           {"leaders = [\"\"]", R"(has to list printable ASCII without blanks, not "")"},
           {R"(outgoing_feeds = ["x", ")" + long_line.substr(2) + R"("])",
            "a.outgoing_feeds has to be a line of printable ASCII, of 500 "},
           {"aliases = [\"x y\"]", "a.aliases has the name \"x y\", but a board's is "},
           {"flags = \"01\"", "a.flags has to be an integer, like 0o1, not a text"},
           {"flags = -1", "a.flags has to be from 0 to 4294967295, not -1"},
           {"flags = 4294967296", "a.flags has to be from 0 to 4294967295, not 4294967296"}}) {
    const std::string text = "boards.bboards.a = { " + in_table + " }\n";
    EXPECT_NE(sentence(text).find(problem), std::string::npos) << sentence(text);
    EXPECT_EQ(sentence(text).find('\n'), std::string::npos) << sentence(text);
  }
  EXPECT_EQ(sentence("[boards.archive]\na = {mailbox = \"A\", aliases = [\"b\"]}"),
            R"(f.toml:2:21: boards.archive.a cannot have "aliases", only mailbox)");
  EXPECT_EQ(sentence("[boards]\nzone = \"PST\""),
            R"(f.toml:2:8: boards.zone has to be a zone in digits, like "-0800", not "PST")");
}

TEST(PolicyReader, NoTwoBoardsAnswerToOneName) {
  for (const auto& [text, problem] : std::vector<std::pair<std::string, std::string>>{
           {"a = {mailbox = \"A\", aliases = [\"b\"]}\nB = \"B\"",
            R"(f.toml:3:5: boards.bboards has the board "B", which is an alias of "a")"},
           {"b = \"B\"\na = {mailbox = \"A\", aliases = [\"c\", \"B\"]}",
            R"(f.toml:3:37: boards.bboards.a.aliases has "B", which is already a name of "b")"},
           {R"(a = {mailbox = "A", aliases = ["A"]})",
            R"(f.toml:2:32: boards.bboards.a.aliases has "A", which is already a name of "a")"},
           {R"(a = {mailbox = "A", aliases = ["x", "X"]})",
            R"(f.toml:2:37: boards.bboards.a.aliases has "X", which is already a name of "a")"},
           {"a = {mailbox = \"A\", aliases = [\"x\"]}\nb = {mailbox = \"B\", aliases = [\"x\"]}",
            R"(f.toml:3:32: boards.bboards.b.aliases has "x", which is already a name of "a")"}}) {
    EXPECT_EQ(sentence("[boards.bboards]\n" + text), problem);
  }
}

TEST(PolicyReader, WhatStandsInABoardsTableByMistakeMayHaveDenied) {
  for (const std::string& text : Strings{"[boards.bboards]\na = \"A\"\ndeny = [\"TOP\"]",
                                         "[boards.bboards.a]\nmailbox = \"A\"\ndeny = [\"TOP\"]",
                                         "[boards.bboards.commands]\ndeny = [\"TOP\"]"}) {
    EXPECT_FALSE(parse(text).deny_trusted()) << text;
  }
  EXPECT_TRUE(parse("[boards.bboards.a]\nmailbox = 1").deny_trusted());
}

TEST(PolicyReader, AMistakeInACutoverLeavesTheOldOnes) {
  Policy policy;
  policy.uidl.plan.cutovers = {{5, {"uw"}}};
  parse("[[uidl.cutover]]\nbefore = 2026-03-01\nscheme = \"uw\"\n[[uidl.cutover]]").apply(policy);
  EXPECT_EQ(policy.uidl.plan.cutovers, (std::vector<UidlPlan::Cutover>{{5, {"uw"}}}));
  parse("uidl.cutover = []").apply(policy);
  EXPECT_TRUE(policy.uidl.plan.cutovers.empty());
}

// --- the table of keys, and the file that documents it ---

TEST(PolicyKeys, AreFoundByTheirPath) {
  for (const Section* const section : sections()) {
    EXPECT_TRUE(section->description.empty() || section->description.ends_with('.'));
    for (const Key& key : section->keys) {
      EXPECT_EQ(find_key(key.path), &key);
      EXPECT_TRUE(key.description.ends_with('.')) << key.path;
      EXPECT_TRUE(table_of(key.path) == section->table || key.path == section->table) << key.path;
    }
  }
  EXPECT_EQ(find_key("last"), nullptr);
  EXPECT_EQ(find_key("uidl"), nullptr);
  EXPECT_NE(find_key("uidl.scheme"), nullptr);
  EXPECT_EQ(find_key("uidl.cutover.before"), nullptr);
  EXPECT_NE(find_key(inherit_path), nullptr);
  EXPECT_NE(find_key(deny_path), nullptr);
}

// Sets everything that a key sets to a value other than the default.
void disturb(const Key& key, Policy& policy) {
  if (const auto* const text = std::get_if<TextKey>(&key.kind)) {
    if (text->member != nullptr) text->member(policy) = "disturbed";
  } else if (const auto* const commands = std::get_if<NamesKey>(&key.kind)) {
    commands->member(policy) = {"DISTURBED"};
  } else if (const auto* const chain = std::get_if<ChainKey>(&key.kind)) {
    chain->member(policy) = {"uw"};
  } else if (const auto* const cutovers = std::get_if<CutoversKey>(&key.kind)) {
    cutovers->member(policy) = {{0, {"uw"}}};
  } else if (const auto* const boards = std::get_if<BoardsKey>(&key.kind)) {
    boards->member(policy) = {{"disturbed", "Disturbed"}};
  } else if (const auto* const octets = std::get_if<OctetsKey>(&key.kind)) {
    octets->member(policy) = 1;
  } else if (const auto* const duration = std::get_if<DurationKey>(&key.kind)) {
    duration->member(policy) = 1;
  } else if (const auto* const count = std::get_if<CountKey>(&key.kind)) {
    count->member(policy) = 1;
  } else if (const auto* const flag = std::get_if<FlagKey>(&key.kind)) {
    flag->member(policy) = !flag->member(policy);
  } else if (std::holds_alternative<XCommandsKey>(key.kind)) {
    // what a policy does not mention stays unchanged
  } else {
    const auto& word = std::get<WordKey>(key.kind);
    word.set(policy, word.count() - 1);
  }
}

TEST(PolicyKeys, ThePrintedDefaultsAreTheBuiltInOnes) {
  const std::string text = policy_tool::default_document();
  Policy unchanged;
  Document::parse(text, "default.toml").apply(unchanged);
  expect_equal(unchanged, Policy{});
  // The keys are commented out with "#" and have their defaults, so that `inherit` would have an
  // effect.
  const Document printed = Document::parse(
      std::regex_replace(text, std::regex("(^|\\n)#(\\w+ = )"), "$1$2"), "default.toml");
  EXPECT_EQ(sentences(printed), Strings{});
  EXPECT_TRUE(printed.inherit() == std::nullopt || printed.inherit()->profile.empty());
  for (const Section* const section : sections()) {
    for (const Key& key : section->keys) {
      SCOPED_TRACE(key.path);
      // If the document lacks a key, the value from disturb() stays.
      Policy policy;
      disturb(key, policy);
      printed.apply(policy);
      expect_equal(policy, Policy{});
    }
  }
}

TEST(CommentLines, AreEmptyAndNothingElseIs) {
  const std::string text =
      "# a\n  # b\r\n\t#\n[pace]\nlogin_delay = 1 # c\n\"#\" = 2\n#\x01\n# \xff\n\n# end";
  EXPECT_EQ(without_comment_lines(text),
            "\n\r\n\n[pace]\nlogin_delay = 1 # c\n\"#\" = 2\n#\x01\n# \xff\n\n");
  for (const std::string quotes : {R"(""")", "'''"}) {
    std::string kept = "a = " + quotes;
    kept.append("\n# no comment\n").append(quotes).append("\n# one\n");
    EXPECT_EQ(without_comment_lines(kept), kept);
  }
  EXPECT_EQ(without_comment_lines(""), "");
}

TEST(CommentLines, DoNotMoveWhatIsReported) {
  EXPECT_EQ(sentence("# one\n# two\n[pace]\n# three\nburst = \"x\" # four\n"),
            sentence("\n\n[pace]\n\nburst = \"x\"\n"));
}

}  // namespace
}  // namespace pop3_legacy::policy
