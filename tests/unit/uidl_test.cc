#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>

#include "plugin/core/base/text.h"
#include "plugin/core/uidl/header_lines.h"
#include "plugin/core/uidl/identifier.h"
#include "plugin/core/uidl/notation.h"
#include "plugin/core/uidl/schemes.h"
#include "plugin/hash/openssl_hasher.h"
#include "tests/unit/fake_facts.h"

namespace pop3_legacy::uidl {
namespace {

using namespace std::string_literals;

const std::string from_line = "From alice@example.org Thu Jan  1 00:00:00 2004\n";
const std::string received = "Received: from a by b\n";
const std::string received_rest = "\tfor <c>; Thu, 1 Jan 2004\n";
const std::string second_received = "Received: from x by a\n";
const std::string date = "Date: Thu, 1 Jan 2004\n";
const std::string message_id = "Message-ID: <1@a>\n";
const std::string subject = "Subject: hello\n";
const std::string subject_rest = " world\n";
const std::string delivered_to = "Delivered-To: bob\n";
const std::string content_length = "Content-Length: 7\n";
const std::string whole_header = received + received_rest + second_received + date + message_id +
                                 subject + subject_rest + delivered_to + content_length;

std::string with_crlf(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? "\r\n"s : std::string(1, c);
  return out;
}

/// Digests given as numbers are from md5sum and from RFC 1321 and RFC 4231.
class UidlTest : public testing::Test {
 protected:
  UidlTest() {
    context_.hasher = [this]() -> Result<Hasher*> {
      ++loads_;
      return hasher_.get();
    };
    facts_.header_text = whole_header;
    facts_.envelope = from_line;
    facts_.body = "Hi\n";
  }

  /// The result of `scheme` for facts_; "none" for no value, "error: …" for an Error.
  std::string id(std::string_view name) {
    const Scheme* const scheme = find_scheme(name);
    if (scheme == nullptr) return "no such scheme";
    const auto answer = scheme->formula(facts_, context_);
    if (!answer) return "error: " + answer.error().text;
    return answer.value().value_or("none");
  }
  std::string id_of_header(std::string_view name, const std::string& header) {
    facts_.header_text = header;
    return id(name);
  }
  std::string md5(std::string_view text) {
    const auto digest = hasher_->md5(std::span(&text, 1));
    EXPECT_TRUE(digest);
    return hex(digest.value());
  }
  /// popa3d's form of the MD5 of `text`.
  std::string popa3d_md5(std::string_view text) {
    const std::string m = md5(text);
    return m.substr(6, 2) + m.substr(4, 2) + m.substr(2, 2) + m.substr(0, 2) + m.substr(14, 2) +
           m.substr(12, 2) + m.substr(10, 2) + m.substr(8, 2);
  }
  std::string filled(std::string_view form) {
    const auto parsed = Template::parse(form);
    if (!parsed) return "error: " + parsed.error().text;
    context_.form = &parsed.value();
    return id("template");
  }

  std::unique_ptr<Hasher> hasher_ = openssl_hasher();
  int loads_ = 0;
  Context context_;
  FakeFacts facts_;
};

// Once, each line was copied together with all lines before it and had a place in a list. One such
// mail kept its owner from all the others.
TEST_F(UidlTest, AHeaderOfAMillionLinesIsReadInOnePass) {
  constexpr int lines = 1'000'000;
  std::string header = "X-UIDL: a\n";
  for (int i = 0; i < lines; ++i) header += " x\n";
  EXPECT_EQ(id_of_header("xuidl", header), "none");
  header.replace(0, header.find('\n'), "Received: a");
  EXPECT_EQ(id_of_header("popa3d", header), popa3d_md5(header));
  EXPECT_EQ(id_of_header("solid-mbox", header), md5("Received: a\n"));
}

// --- the table ---

TEST_F(UidlTest, EverySchemeHasItsNameAndSaysWhatItIs) {
  std::set<std::string_view> names;
  for (const Scheme& scheme : schemes()) {
    EXPECT_TRUE(names.insert(scheme.name).second) << scheme.name;
    EXPECT_EQ(find_scheme(scheme.name), &scheme);
    EXPECT_FALSE(scheme.description.empty()) << scheme.name;
    EXPECT_FALSE(scheme.description.ends_with('.')) << scheme.name;
  }
  EXPECT_GE(names.size(), 24U);
  EXPECT_EQ(find_scheme("UW"), nullptr);
  EXPECT_EQ(find_scheme(""), nullptr);
}

TEST_F(UidlTest, OnlyThoseThatSaySoAskForTheHasher) {
  const auto form = Template::parse("{uid}");
  context_.form = &form.value();
  context_.key = "key";
  for (const Scheme& scheme : schemes()) {
    loads_ = 0;
    EXPECT_TRUE(scheme.formula(facts_, context_)) << scheme.name;
    EXPECT_EQ(loads_ > 0, scheme.hashes) << scheme.name;
  }
}

TEST_F(UidlTest, AFactThatIsNotKnownIsNoIdAndNoOtherOne) {
  const auto form = Template::parse("{guid}");
  context_.form = &form.value();
  context_.key = "key";
  facts_.error = Error{Failure::temporary, "a lock"};
  for (const Scheme& scheme : schemes()) {
    const bool of_uids = scheme.needs == Needs::index && scheme.name != "template" &&
                         scheme.name != "hmac-sha256" && !scheme.survives_conversion;
    const auto answer = scheme.formula(facts_, context_);
    ASSERT_EQ(answer.ok(), of_uids) << scheme.name;
    if (!of_uids) {
      EXPECT_EQ(answer.error().text, "a lock") << scheme.name;
    }
  }
}

TEST_F(UidlTest, AnEmptyMessageHarmsNone) {
  facts_.empty_line = "";
  facts_.body = "";
  facts_.file = "";
  for (const char* const envelope : {"", "\n", "From "}) {
    facts_.envelope = envelope;
    for (const char* const header : {"", "\n", "\r\n", ":", "X-UIDL:", "Message-Id:", "\n\n"}) {
      facts_.header_text = header;
      for (const Scheme& scheme : schemes()) {
        if (scheme.name == "template" || scheme.name == "hmac-sha256") continue;
        EXPECT_TRUE(scheme.formula(facts_, context_)) << scheme.name;
      }
    }
  }
}

TEST_F(UidlTest, AHasherThatDoesNotLoadIsAnError) {
  context_.hasher = []() -> Result<Hasher*> { return Error{Failure::permanent, "no module"}; };
  context_.key = "key";
  for (const Scheme& scheme : schemes()) {
    if (scheme.hashes) {
      EXPECT_EQ(id(scheme.name), "error: no module");
    }
  }
  EXPECT_EQ(identifier("a b", context_).error().text, "no module");
  EXPECT_EQ(identifier("ab", context_).value(), "ab");
}

// --- index.cc ---

TEST_F(UidlTest, OfUidAndUidvalidity) {
  EXPECT_EQ(id("uw"), "4fe12d9000000abc");
  EXPECT_EQ(id("dovecot"), "00000abc4fe12d90");
  EXPECT_EQ(id("cyrus"), "1340157328.2748");
  EXPECT_EQ(id("cyrus-uidonly"), "2748");
  EXPECT_EQ(id("cyrus-courier"), "1340157328-2748");
  EXPECT_EQ(id("decimal-uid"), "2748");
  EXPECT_EQ(id("numeric"), "43280000002748");
  facts_.uid_value = 4294967295U;
  facts_.validity = 4294967295U;
  EXPECT_EQ(id("uw"), "ffffffffffffffff");
  EXPECT_EQ(id("cyrus"), "4294967295.4294967295");
  EXPECT_EQ(id("numeric"), "62954294967295");
  facts_.validity = 9000;
  EXPECT_EQ(id("numeric"), "10004294967295");
}

// --- file_name.cc ---

TEST_F(UidlTest, CourierIsAsItsListHasIt) {
  EXPECT_EQ(id("courier"), "none");
  facts_.number = CourierNumber{.number = 17, .validity = 1072915200};
  EXPECT_EQ(id("courier"), "UID17-1072915200");
  facts_.number->validity = 0;
  EXPECT_EQ(id("courier"), "UID17");
}

TEST_F(UidlTest, OfTheFileName) {
  facts_.file = "1.V2,S=3\"'+ \xFF\x7F~!";
  EXPECT_EQ(id("courier-v0"), "1.V2,S=3+22+27+2B+20+FF+7F~!");
  EXPECT_EQ(id("qmail"), *facts_.file);
  EXPECT_EQ(id("xmail"), *facts_.file);
  facts_.file = "1000000000.M1P2.host";
  EXPECT_EQ(id("maildir-md5"), "851f290ceb42d2460b0d4a3e24eaaae6");
  facts_.file = "";
  EXPECT_EQ(id("maildir-md5"), "d41d8cd98f00b204e9800998ecf8427e");
}

TEST_F(UidlTest, OutsideOfAMaildirThereIsNoFileName) {
  facts_.file.reset();
  for (const char* const name : {"courier-v0", "qmail", "xmail", "maildir-md5"}) {
    EXPECT_EQ(id(name), "none") << name;
  }
  EXPECT_EQ(loads_, 0);
}

// --- mbox.cc ---

TEST_F(UidlTest, Tpop3dHashesTheEmptyLineBeforeTheNextMessageToo) {
  EXPECT_EQ(id("tpop3d-mbox"), "96d3edfb006f614c89c4806e6d60b615");
  EXPECT_EQ(id("tpop3d-mbox"), md5(from_line + whole_header + "\nHi\n\n"));
}

TEST_F(UidlTest, Tpop3dHashes512Octets) {
  facts_.body = "";
  for (int i = 0; i < 64; ++i) facts_.body += "0123456789abcde\n";
  EXPECT_EQ(id("tpop3d-mbox"), "89769b7895760e66a4ed46c6ba52901d");
  facts_.header_text = with_crlf(whole_header);
  facts_.empty_line = "\r\n";
  facts_.body = with_crlf(facts_.body);
  EXPECT_EQ(id("tpop3d-mbox"), "89769b7895760e66a4ed46c6ba52901d");
}

TEST_F(UidlTest, Tpop3dAtTheBorder) {
  const std::size_t before = (from_line + whole_header + "\n").size();
  for (const std::size_t octets : {510U, 511U, 512U, 513U}) {
    facts_.body = std::string(octets - before - 1, 'x') + "\n";
    const std::string mbox = from_line + whole_header + "\n" + facts_.body + "\n";
    EXPECT_EQ(id("tpop3d-mbox"), md5(mbox.substr(0, 512))) << octets;
  }
}

TEST_F(UidlTest, WithoutAFromLineThereIsNoneOfItsIds) {
  facts_.envelope.reset();
  for (const char* const name : {"tpop3d-mbox", "qpopper-old", "qpopper",
                                 "qpopper-old-content-length", "qpopper-content-length"}) {
    EXPECT_EQ(id(name), "none") << name;
  }
}

TEST_F(UidlTest, SolidComparesLetterForLetterAndTakesNoContinuations) {
  EXPECT_EQ(id("solid-mbox"), "30fc38016bc7fcf14f366b5eac23d6a1");
  EXPECT_EQ(id("solid-mbox"), md5(received + second_received + date + subject));
  EXPECT_EQ(id_of_header("solid-mbox", "Message-Id: <1>\nMessage-ID: <2>\ndate: 3\nSUBJECT: 4\n"),
            md5("Message-Id: <1>\n"));
  EXPECT_EQ(id_of_header("solid-mbox", "From: a\n"), "d41d8cd98f00b204e9800998ecf8427e");
}

TEST_F(UidlTest, Popa3dHashesWhatComesBeforeTheFirstReceived) {
  EXPECT_EQ(id("popa3d"), "6240697d9e6c593d");
  EXPECT_EQ(id("popa3d"), popa3d_md5(received + received_rest + delivered_to));
  EXPECT_EQ(id_of_header("popa3d", date + message_id + whole_header), "c2ef081e992063f8");
  EXPECT_EQ(id_of_header("popa3d", date + message_id + whole_header),
            popa3d_md5(date + message_id + received + received_rest + delivered_to));
  EXPECT_EQ(id_of_header("popa3d", subject), "d98c1dd404b2008f");
}

TEST_F(UidlTest, Popa3dTakesOnlyACapitalX) {
  EXPECT_EQ(id_of_header("popa3d", "X-Delivery-id: 9\nx-delivery-id: 8\n 7\n"), "8b35403c21ed775c");
  EXPECT_EQ(id_of_header("popa3d", "dElivered-to: 1\nDELIVERED-TO: 2\n"),
            popa3d_md5("dElivered-to: 1\nDELIVERED-TO: 2\n"));
}

TEST_F(UidlTest, Popa3dsContinuationsFollowTheirField) {
  EXPECT_EQ(
      id_of_header("popa3d", " x\n" + subject + " x\n" + delivered_to + " y\n\tz\n" + subject),
      popa3d_md5(delivered_to + " y\n\tz\n"));
}

TEST_F(UidlTest, CrlfIsLfUnlessLfIsAmongIt) {
  for (const char* const name : {"solid-mbox", "popa3d", "qpopper-old", "qpopper", "xuidl",
                                 "xuidl-qpopper", "heimdal", "tpop3d-mbox"}) {
    facts_.header_text = whole_header + "X-UIDL: 123456789012\n";
    facts_.empty_line = "\n";
    facts_.body = "Hi\n";
    const std::string with_lf_only = id(name);
    facts_.header_text = with_crlf(facts_.header_text);
    facts_.empty_line = "\r\n";
    facts_.body = "Hi\r\n";
    EXPECT_EQ(id(name), with_lf_only) << name;
  }
  EXPECT_EQ(id_of_header("solid-mbox", "Subject: a\r\nDate: b\n"), md5("Subject: a\r\nDate: b\n"));
}

// --- qpopper.cc ---

TEST_F(UidlTest, Base80IsNotANumber) {
  EXPECT_EQ(base80({0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80, 0x09, 0x98, 0xec,
                    0xf8, 0x42, 0x7e}),
            "j2Z\"!5n,\"!i7k\"!O,\"#!");
  EXPECT_EQ(base80({}), "!!!!!!!!!!!!!!!!!!!!");
  EXPECT_EQ(base80({0, 0, 0, 13}).substr(0, 5), "~!!!!");  // "." would be byte-stuffed
}

TEST_F(UidlTest, QpopperHashesFromLineAndHeaderLines) {
  const std::string text = from_line + received + second_received + date + message_id + subject;
  EXPECT_EQ(id("qpopper-old"), md5(text));
  EXPECT_EQ(id("qpopper-old"), "d4364456a3daedca00b85ad883e99bbf");
  EXPECT_EQ(id("qpopper"), "YQG!!N59!!DCm!!4\\,\"!");
  EXPECT_EQ(id("qpopper-old-content-length"), "5ea2d1aaa5df3f2867e630906411f7f6");
  EXPECT_EQ(id("qpopper-content-length"), "l/^!!942!!icQ\"!CKH\"!");
}

TEST_F(UidlTest, QpopperComparesContentLengthLetterForLetter) {
  const std::string header = "sUBJECT: a\ncontent-length: 7\n";
  EXPECT_EQ(id_of_header("qpopper-old-content-length", header), md5(from_line + "sUBJECT: a\n"));
}

TEST_F(UidlTest, QpoppersLongLineComesInPieces) {
  const std::string first = "Subject: " + std::string(1014, 'x');  // 1023 octets
  EXPECT_EQ(id_of_header("qpopper-old", first + "yyy\n" + date), md5(from_line + first + date));
  EXPECT_EQ(id_of_header("qpopper-old", first + "Date: y\n"), md5(from_line + first + "Date: y\n"));
}

TEST_F(UidlTest, QpoppersHeaderEndsWithAPieceOfOnlyALf) {
  const std::string first = "Subject: " + std::string(1014, 'x');
  EXPECT_EQ(id_of_header("qpopper-old", first + "\n" + date), md5(from_line + first));
}

TEST_F(UidlTest, QpoppersLongFromLineIsCutToo) {
  const std::string first = "From " + std::string(1018, 'x');
  facts_.envelope = first + "Date: y\n";
  EXPECT_EQ(id_of_header("qpopper-old", subject), md5(first + "Date: y\n" + subject));
  facts_.envelope = first + "yyy\n";
  EXPECT_EQ(id_of_header("qpopper-old", subject), md5(first + subject));
}

TEST_F(UidlTest, QpopperReadsANulAsASpace) {
  EXPECT_EQ(id_of_header("qpopper-old", "Subject: a\0b\n"s), md5(from_line + "Subject: a b\n"));
}

// --- stored.cc ---

TEST_F(UidlTest, XuidlIsTheFirstIfItIsLegal) {
  EXPECT_EQ(id("xuidl"), "none");
  EXPECT_EQ(id_of_header("xuidl", "Subject: a\nx-uidl: \t abc \nX-UIDL: def\n"), "abc");
  EXPECT_EQ(id_of_header("xuidl", "X-UIDL:\n abc\nSubject: a\n"), "abc");
  const std::string longest(max_identifier_octets, 'x');
  EXPECT_EQ(id_of_header("xuidl", "X-UIDL: " + longest + "\n"), longest);
  EXPECT_EQ(id_of_header("xuidl", "X-UIDL: " + longest + "x\n"), "none");
  EXPECT_EQ(id_of_header("xuidl", "X-UIDL: a b\n"), "none");
  EXPECT_EQ(id_of_header("xuidl", "X-UIDL: \nX-UIDL: abc\n"), "none");
  EXPECT_EQ(id_of_header("xuidl", "X-UIDL: abc"), "abc");
}

TEST_F(UidlTest, QpoppersXuidlHas12To32Characters) {
  for (const std::size_t length : {0U, 11U, 12U, 32U, 33U, 1015U, 2000U}) {
    const std::string value(length, 'x');
    EXPECT_EQ(id_of_header("xuidl-qpopper", "X-UIDL: " + value + "\n"),
              length == 12 || length == 32 ? value : "none");
  }
  const std::string header = "X-UIDL: short\nx-uidl:\t123456789012\nX-UIDL: 210987654321\n";
  EXPECT_EQ(id_of_header("xuidl-qpopper", header), "123456789012");
  EXPECT_EQ(id_of_header("xuidl-qpopper", "X-UIDL: 12345678901 \n"), "12345678901");
  EXPECT_EQ(id_of_header("xuidl-qpopper",
                         "Subject: " + std::string(1014, 'x') + "X-UIDL: 123456789012\n"),
            "123456789012");
}

TEST_F(UidlTest, HeimdalTakesTheLastXuidlElseTheFirstMessageId) {
  EXPECT_EQ(id_of_header("heimdal", "message-id:  <1@a> \nMessage-Id: <2@a>\n"), "<1@a>");
  EXPECT_EQ(id_of_header("heimdal", "X-UIDL: a\nMessage-Id: <1@a>\nx-uidl: b\n"), "b");
  EXPECT_EQ(id_of_header("heimdal", "Message-Id:\n <1@a>\n"), "none");
  EXPECT_EQ(id_of_header("heimdal", "Message-Id: <1\0@a>\n"s), "<1");
  EXPECT_EQ(id_of_header("heimdal", subject), "none");
}

// --- own.cc, template.cc ---

TEST_F(UidlTest, HmacIsOfUserAndGuid) {
  EXPECT_EQ(id("hmac-sha256"), "error: the scheme hmac-sha256 has no key, or an empty one");
  context_.key = "key";
  EXPECT_EQ(id("hmac-sha256"), "e8d5830e382f886a5813feae500dff96");
  facts_.uid_value = 9;
  EXPECT_EQ(id("hmac-sha256"), "e8d5830e382f886a5813feae500dff96");
  facts_.guid_value = "guid-2";
  EXPECT_NE(id("hmac-sha256"), "e8d5830e382f886a5813feae500dff96");
  facts_.guid_value = "guid-1";
  facts_.user_value = "bob@example.org";
  EXPECT_NE(id("hmac-sha256"), "e8d5830e382f886a5813feae500dff96");
}

TEST_F(UidlTest, ATemplateIsFilled) {
  EXPECT_EQ(filled("{uidvalidity:08x}{uid:08X}"), "4fe12d9000000ABC");
  EXPECT_EQ(filled("{uid}"), "2748");
  EXPECT_EQ(filled("{uid:d}-{uid:x}-{uid:X}-{uid:06d}-{uid:01x}"), "2748-abc-ABC-002748-abc");
  EXPECT_EQ(filled("{uid:020d}"), "00000000000000002748");
  EXPECT_EQ(filled("<{guid}@{received}>"), "<guid-1@1072915200>");
  EXPECT_EQ(filled("{filename}"), "1000000000.M1P2.host");
  EXPECT_EQ(filled("a{{b}}{uid}}}"), "a{b}2748}");
  facts_.received_value = -1;
  EXPECT_EQ(filled("{uid}{received:02x}"), "2748-01");
  facts_.received_value = INT64_MIN;
  EXPECT_EQ(filled("{uid}{received}"), "2748-9223372036854775808");
  facts_.file.reset();
  EXPECT_EQ(filled("{uid}{filename}"), "none");
  context_.form = nullptr;
  EXPECT_EQ(id("template"), "error: the scheme template has no uidl.template");
}

TEST_F(UidlTest, ATemplateThatIsWrongSaysWhatAndWhere) {
  const std::string format = "; a format is d, x or X, optionally after 0 and a width of 1 to 20";
  for (const char* const wrong :
       {"{uid:}", "{uid:8x}", "{uid:0x}", "{uid:021x}", "{uid:08}", "{uid:08u}", "{uid: 8x}",
        "{uid:0-1x}", "{uid:00x}", "{uid:099999999999x}", "{uid:08x:}"}) {
    EXPECT_EQ(filled(wrong), "error: has \""s + wrong + "\"" + format) << wrong;
  }
  EXPECT_EQ(filled("a{Uid}"),
            "error: has \"{Uid}\", which is none of uid, uidvalidity, guid, filename and received; "
            "did you mean \"uid\"?");
  EXPECT_EQ(filled("{uid}{}"),
            "error: has \"{}\", which is none of uid, uidvalidity, guid, filename and received");
  EXPECT_EQ(filled("{guid:x}"),
            "error: has \"{guid:x}\", but guid is not a number and takes no format");
  for (const char* const single : {"}", "{", "{uid", "}{uid}"}) {
    EXPECT_EQ(filled(single), "error: has a single brace at \""s + single +
                                  "\"; write {{ or }} where a brace is meant");
  }
  EXPECT_EQ(filled("{uid} "), "error: has \" \", which no id may contain");
  EXPECT_EQ(filled("{uid}\xC3\xA4"), "error: has \"\\xc3\", which no id may contain");
  for (const char* const same : {"", "a", "{uidvalidity}", "{received}"}) {
    EXPECT_EQ(filled(same),
              "error: gives all messages the same id; it needs {uid}, {guid} or {filename}");
  }
}

// --- identifier.h ---

TEST(Identifier, IsAsRfc1939HasItAndAsLongAsAReplyLineCarries) {
  EXPECT_TRUE(is_identifier("!"));
  EXPECT_TRUE(is_identifier("~"));
  EXPECT_TRUE(is_identifier(std::string(70, 'x'), max_own_identifier_octets));
  EXPECT_FALSE(is_identifier(std::string(71, 'x'), max_own_identifier_octets));
  EXPECT_TRUE(is_identifier(std::string(max_identifier_octets, 'x')));
  EXPECT_FALSE(is_identifier(std::string(max_identifier_octets + 1, 'x')));
  const std::string line = "+OK 4294967295 " + std::string(max_identifier_octets, 'x') + "\r\n";
  EXPECT_EQ(line.size(), 512U);
  for (const char* const wrong : {"", " ", "a b", "a\n", "\x7F", "\x80", "a\tb"}) {
    EXPECT_FALSE(is_identifier(wrong)) << wrong;
  }
  EXPECT_FALSE(is_identifier("a\0b"s));
}

TEST_F(UidlTest, AnIllegalIdIsReplacedByTheSameLegalOneEachTime) {
  EXPECT_EQ(identifier("abc", context_).value(), "abc");
  EXPECT_EQ(loads_, 0);
  EXPECT_EQ(identifier("a b", context_).value(), "c8687a08aa5d6ed2044328fa6a697ab8");
  EXPECT_EQ(identifier("", context_).value(), "e3b0c44298fc1c149afbf4c8996fb924");
  EXPECT_EQ(identifier(std::string(71, 'x'), context_).value(), std::string(71, 'x'));
  context_.longest = max_own_identifier_octets;
  EXPECT_EQ(identifier(std::string(71, 'x'), context_).value(), "87a1e4c1c92b7b7a7c46433d780de6cc");
  EXPECT_EQ(loads_, 3);
}

// --- openssl_hasher.h ---

TEST(OpensslHasher, HashesPiecesAsOneText) {
  const auto hasher = openssl_hasher();
  constexpr std::array<std::string_view, 3> pieces = {"a", "", "bc"};
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(hex(hasher->md5(pieces).value()), "900150983cd24fb0d6963f7d28e17f72");
    EXPECT_EQ(hex(hasher->md5({}).value()), "d41d8cd98f00b204e9800998ecf8427e");
    EXPECT_EQ(hex(hasher->sha256("abc").value()),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex(hasher->hmac_sha256("Jefe", "what do ya want for nothing?").value()),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }
}

TEST(OpensslHasher, HashesWhatComesInPieces) {
  const auto hasher = openssl_hasher();
  const auto one = hasher->begin_sha256();
  const auto other = hasher->begin_sha256();
  one.value()->add("a");
  other.value()->add("x");
  one.value()->add("");
  EXPECT_NE(hex(hasher->sha256("y").value()), "");
  one.value()->add("bc");
  EXPECT_EQ(hex(one.value()->finish().value()),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(other.value()->finish().value(), hasher->sha256("x").value());
}

/// As on a machine with only FIPS algorithms.
class FipsOnly : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(EVP_set_default_properties(nullptr, "fips=yes"), 1); }
  void TearDown() override { ASSERT_EQ(EVP_set_default_properties(nullptr, ""), 1); }
};

TEST_F(FipsOnly, AMissingAlgorithmIsAnErrorAndLeavesNoOtherBehind) {
  const auto hasher = openssl_hasher();
  const auto md5 = hasher->md5({});
  ASSERT_FALSE(md5);
  EXPECT_EQ(md5.error().kind, Failure::permanent);
  EXPECT_EQ(md5.error().text, "OpenSSL has no MD5 here (FIPS?)");
  EXPECT_FALSE(hasher->sha256("a"));
  EXPECT_FALSE(hasher->begin_sha256());
  EXPECT_FALSE(hasher->hmac_sha256("a", "b"));
  EXPECT_EQ(ERR_peek_error(), 0U);
}

}  // namespace
}  // namespace pop3_legacy::uidl
