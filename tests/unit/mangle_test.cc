#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plugin/core/session/session.h"
#include "tests/unit/fake_host.h"

namespace pop3_legacy {
namespace {

/// A part, in the form in which tests write it.
struct Part {
  unsigned depth = 0;
  PartInfo info = {};
  std::vector<std::string> fields = {};
  std::string text = {};
};

/// The parts of a message, given directly instead of parsed by a library.
class ListedParts : public MessageParts {
 public:
  ListedParts(std::vector<Part> parts, bool breaks) : parts_(std::move(parts)), breaks_(breaks) {}

  Result<Piece> next() override {
    if (at_ == parts_.size()) {
      return breaks_ ? Result<Piece>(Error{Failure::temporary, "the disk is gone"}) : Piece{};
    }
    const Part& part = parts_[at_];
    switch (step_++) {
      case 0:
        return Piece{.kind = Kind::part, .depth = part.depth};
      case 1:
        if (field_ < part.fields.size()) {
          --step_;
          const std::string& line = part.fields[field_++];
          const bool goes_on = line.starts_with(' ');
          if (!goes_on) {
            name_ = line.substr(0, line.find(':'));
          }
          return Piece{.kind = Kind::field, .name = name_, .octets = line, .goes_on = goes_on};
        }
        wanted_ = true;
        return Piece{.kind = Kind::header_end, .info = &part.info};
      default:
        step_ = 0;
        field_ = 0;
        ++at_;
        return wanted_ && !part.text.empty() ? Piece{.kind = Kind::text, .octets = part.text}
                                             : next();
    }
  }
  void skip_text() override { wanted_ = false; }

 private:
  std::vector<Part> parts_;
  bool breaks_;
  std::size_t at_ = 0;
  std::size_t field_ = 0;
  int step_ = 0;
  std::string name_;
  bool wanted_ = true;
};

class MangledPort : public FakeHost {
 public:
  using FakeHost::FakeHost;
  Result<std::unique_ptr<MessageParts>> open_parts(MessageNumber number) override {
    ++opened;
    if (unreadable.contains(number)) {
      return unreadable.at(number);
    }
    return std::unique_ptr<MessageParts>(std::make_unique<ListedParts>(parts, breaks));
  }
  Status mark_seen(MessageNumber number) override {
    marked.push_back(number);
    return Done{};
  }

  std::vector<Part> parts;
  std::vector<MessageNumber> marked;
  bool breaks = false;
  int opened = 0;
};

PartInfo multipart(const std::string& type) {
  PartInfo info;
  info.body = PartInfo::Body::multipart;
  info.type = "multipart/" + type;
  return info;
}

PartInfo leaf(const std::string& type) {
  PartInfo info;
  info.type = type;
  return info;
}

class Mangle : public testing::Test {
 protected:
  Mangle() {
    port_.parts = {{.fields = {"From: me", "Subject: s", " t", "X: x"}, .text = "Text\n"}};
  }
  std::string answer(const std::string& line) { return whole(answer_to(session(), line + "\r\n")); }
  Session session() { return {port_, made_}; }
  /// What follows the header, for a message with these parts.
  std::string body(std::vector<Part> parts, const std::string& attributes = "") {
    port_.parts = std::move(parts);
    const std::string sent = answer("RETR 1 MANGLE(headers=none" + attributes + ")");
    const auto end = sent.find("\r\n\r\n");
    return end == std::string::npos ? sent : sent.substr(end + 4);
  }

  MangledPort port_{3};
  policy::Resolution made_ = resolution({"LAST", "MANGLE"});
};

TEST_F(Mangle, SendsTheFieldsThatWereAskedFor) {
  EXPECT_EQ(answer("RETR 2 MANGLE(headers=SUBJECT)"),
            "+OK Message follows\r\nSubject: s\r\n t\r\nMime-version: 1.0\r\n"
            "Content-Type: text/plain;charset=\"us-ascii\"\r\n\r\nText\r\n.\r\n");
  EXPECT_EQ(port_.marked, std::vector<MessageNumber>{2});
  EXPECT_EQ(answer("TOP 2 0 MANGLE(headers=x,from)"),
            "+OK Message follows\r\nFrom: me\r\nX: x\r\n\r\n.\r\n");
  EXPECT_EQ(port_.marked.size(), 1U);
}

TEST_F(Mangle, ChoosesOneAlternative) {
  const Part html{.depth = 1, .info = leaf("text/html"), .text = "<p>html"};
  const Part plain{.depth = 1, .text = "plain"};
  const Part whole{.info = multipart("alternative")};
  EXPECT_EQ(body({whole, html, plain}), "plain\r\n.\r\n");
  EXPECT_EQ(port_.opened, 2);
  EXPECT_EQ(body({whole, plain, html, plain}), "plain\r\n.\r\n");
  EXPECT_EQ(body({whole, html, html}), "html\r\n.\r\n");
  EXPECT_EQ(body({whole}), ".\r\n");
  Part deeper = plain;
  deeper.depth = 2;
  EXPECT_EQ(body({whole, {.depth = 1, .info = multipart("mixed")}, deeper, html}),
            "plain\r\n.\r\n");
  EXPECT_EQ(body({whole, {.depth = 1, .info = multipart("mixed")}, deeper, plain}),
            "plain\r\n.\r\n");
}

TEST_F(Mangle, SaysWhatItLeavesOut) {
  const auto note = [this](PartInfo info) {
    return body({{.info = multipart("mixed")}, {.depth = 1, .info = std::move(info)}});
  };
  EXPECT_EQ(note(leaf("image/png")), "\r\n[image attachment omitted]\r\n\r\n.\r\n");
  PartInfo named = leaf("application/octet-stream");
  named.file_name = "a\r\nb";
  named.in_line = true;
  EXPECT_EQ(note(named), "\r\n[a??b]\r\n[ part omitted]\r\n\r\n.\r\n");
  EXPECT_EQ(note(leaf("x")), "\r\n[unknown attachment omitted]\r\n\r\n.\r\n");
  EXPECT_EQ(note(leaf("application/vnd.ms-tnef")), ".\r\n");
  PartInfo odd = leaf("text/plain");
  odd.decodable = false;
  EXPECT_EQ(note(odd), "\r\n[attachment omitted]\r\n\r\n.\r\n");
}

TEST_F(Mangle, WritesTheCharsetThatWasAskedFor) {
  const std::vector<Part> parts = {{.text = "é€\xEF\xBF\xBD\xEF\xBF\xBD."}};
  EXPECT_EQ(body(parts), "___.\r\n.\r\n");
  EXPECT_EQ(body(parts, ";charset=ISO-8859-1"), "\xE9__.\r\n.\r\n");
  EXPECT_EQ(body(parts, ";charset=utf-8"), "é€\xEF\xBF\xBD.\r\n.\r\n");
  EXPECT_EQ(body({{.text = "cut \xE2\x82"}}), "cut _\r\n.\r\n");
}

// HTML may be long and its text short.
TEST_F(Mangle, AMessageIsReadInStepsForItsSize) {
  std::string tags = "word";
  for (int i = 0; i < 2000; ++i) tags += "<b></b>";
  port_.parts = {{.info = multipart("mixed")}};
  for (int i = 0; i < 50; ++i) {
    port_.parts.push_back({.depth = 1, .info = leaf("text/html"), .text = tags});
  }
  const std::string sent = answer("RETR 1 MANGLE");
  const std::string around = "+OK Message follows\r\n.\r\n";
  const std::string size = std::to_string(sent.size() - around.size());
  Session session = this->session();
  Answer answer = answer_to(session, "LIST 1 MANGLE\r\n");
  ASSERT_TRUE(answer.slow_reply);
  int steps = 1;
  std::optional<Reply> reply;
  while (!(reply = answer.slow_reply->step())) ++steps;
  EXPECT_EQ(reply->wire(), "+OK 1 " + size + "\r\n");
  EXPECT_GT(steps, 5);
  const std::string list = whole(answer_to(session, "LIST MANGLE\r\n"));
  EXPECT_TRUE(list.ends_with("\r\n1 " + size + "\r\n2 " + size + "\r\n3 " + size + "\r\n.\r\n"))
      << list;
}

TEST_F(Mangle, LastCountsWhatWasSentWhole) {
  Session session = this->session();
  Answer answer = answer_to(session, "RETR 2 MANGLE\r\n");
  ASSERT_FALSE(answer.listing->next().value().empty());
  EXPECT_EQ(whole(answer_to(session, "LAST\r\n")), "+OK 0\r\n");
  EXPECT_TRUE(answer.listing->next().value().empty());
  EXPECT_EQ(whole(answer_to(session, "LAST\r\n")), "+OK 2\r\n");
  whole(answer_to(session, "TOP 3 1 MANGLE\r\n"));
  whole(answer_to(session, "LIST 3 MANGLE\r\n"));
  EXPECT_EQ(whole(answer_to(session, "LAST\r\n")), "+OK 2\r\n");
}

TEST_F(Mangle, WhatWasSentCountsForADropOnceACommandHasProvedIt) {
  const std::string line = "RETR 2 MANGLE\r\n";
  Session session = this->session();
  ASSERT_EQ(session.take(line, 0).taker, Taker::ours);
  EXPECT_FALSE(session.awaits_departure());
  whole(answer_to(session, line));
  EXPECT_TRUE(session.awaits_departure());
  session.leaving(0);
  session.all_left();
  session.finish(Ending::dropped);
  EXPECT_EQ(port_.states.at("last"), "2 7 0\n");
  ASSERT_EQ(session.take("NOOP\r\n", 0).taker, Taker::host);
  session.finish(Ending::dropped);
  EXPECT_EQ(port_.states.at("last"), "2 7 20 2 g20\n");
}

TEST_F(Mangle, WhatCannotBeOpenedLeavesLastAlone) {
  port_.unreadable.insert({2, Error{Failure::gone, "removed"}});
  Session session = this->session();
  EXPECT_FALSE(answer_to(session, "RETR 2 MANGLE\r\n").reply.positive());
  session.finish(Ending::dropped);
  EXPECT_EQ(port_.states.count("last"), 0U);
}

TEST_F(Mangle, AMessageThatCannotBeRead) {
  port_.unreadable.insert({2, Error{Failure::temporary, "no"}});
  port_.unreadable.insert({3, Error{Failure::gone, "gone"}});
  EXPECT_EQ(answer("RETR 2 MANGLE"), "-ERR [SYS/TEMP] The message cannot be read.\r\n");
  EXPECT_EQ(answer("LIST 3 MANGLE"), "-ERR Message 3 expunged.\r\n");
  EXPECT_EQ(port_.log, std::vector<std::string>{"MANGLE: message 2: no"});
  EXPECT_TRUE(port_.marked.empty());
  port_.breaks = true;
  EXPECT_TRUE(answer("RETR 1 MANGLE").ends_with("broken: MANGLE: message 1: the disk is gone"));
}

TEST_F(Mangle, IsTheHostsWhereItIsNotAllowed) {
  const auto taker = [this](const std::string& line) {
    return session().take(line + "\r\n", 0).taker;
  };
  EXPECT_EQ(taker("RETR 1 MANGLE(x)"), Taker::ours);
  EXPECT_EQ(taker("list x-mangle"), Taker::ours);
  for (const std::string line :
       {"RETR 1", "RETR 1 MANGLED", "RETR 1 (MANGLE", "DELE 1 MANGLE", "MANGLE"}) {
    EXPECT_EQ(taker(line), Taker::host) << line;
  }
  made_ = resolution({"LAST"});
  EXPECT_EQ(taker("RETR 1 MANGLE"), Taker::host);
  made_ = resolution({"MANGLE"}, {"RETR"});
  EXPECT_EQ(answer("RETR 1 MANGLE"), "-ERR RETR is disabled for this mailbox.\r\n");
  made_ = resolution({"XLINES"});
  EXPECT_EQ(taker("LIST 1"), Taker::ours);
  EXPECT_EQ(answer("LIST 1"), "+OK 1 100 6\r\n");
  made_.intact = false;
  EXPECT_EQ(taker("LIST 1"), Taker::host);
}

}  // namespace
}  // namespace pop3_legacy
