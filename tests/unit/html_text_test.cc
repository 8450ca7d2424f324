#include "plugin/core/mangle/html_text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace pop3_legacy {
namespace {

/// The result must be the same however the input is cut.
std::string text_of(std::string_view html) {
  std::string whole;
  HtmlText text;
  text.add(html, whole);
  text.end(whole);
  std::string cut;
  for (const char c : html) {
    text.add({&c, 1}, cut);
  }
  text.end(cut);
  EXPECT_EQ(cut, whole);
  return whole;
}

TEST(HtmlText, HasNoTags) {
  EXPECT_EQ(text_of("<html><body bgcolor=\"a>b\">Hi <b>there</b>,\r\n\t you</body></html>"),
            "Hi there, you");
  EXPECT_EQ(text_of("a<!-- not - this --> -- > nor this -->b"), "a -- > nor this -->b");
  EXPECT_EQ(text_of("a<!-- <b> not this -->b"), "ab");
}

TEST(HtmlText, BeginsLines) {
  EXPECT_EQ(text_of("<p>one</p><p>two<br>three<br><br>four<div>five</div>"),
            "one\n\ntwo\nthree\n\nfour\nfive");
  EXPECT_EQ(text_of("<tr><td>a</td><td>b</td></tr><tr><td>c"), "a b\nc");
  EXPECT_EQ(text_of("a" + std::string(400'000, ' ') + "b"), "a b");
  std::string breaks = "a";
  for (int i = 0; i < 1000; ++i) {
    breaks += "<br>";
  }
  EXPECT_EQ(text_of(breaks + "b"), "a" + std::string(10, '\n') + "b");
  EXPECT_EQ(text_of("<pre>a\n  b</pre>  c"), "a\n  b\n\nc");
}

TEST(HtmlText, KnowsReferences) {
  EXPECT_EQ(text_of("&lt;&amp;&gt;&#65;&#x42;&#X43; &eur &unknown; &#0;&#1114112;&"),
            "<&>ABC &eur &unknown; \xEF\xBF\xBD\xEF\xBF\xBD&");
  EXPECT_EQ(text_of("1 &lt 2"), "1 < 2");
  EXPECT_EQ(text_of("&euro;&#8364;&#x1F600;"), "€€😀");
  EXPECT_EQ(text_of("&" + std::string(100, 'x') + ";"), "&" + std::string(100, 'x') + ";");
}

TEST(HtmlText, LeavesOutWhatIsNotShown) {
  EXPECT_EQ(text_of("<title>t</title>a<script>if (x < 1 && y > 2) '</p>'</script>b"), "ab");
  EXPECT_EQ(text_of("<style>p { }</style>b<STYLE>"), "b");
  EXPECT_EQ(text_of("1 < 2 and 3 > 2"), "1 < 2 and 3 > 2");
  EXPECT_EQ(text_of("<unfinished"), "");
}

}  // namespace
}  // namespace pop3_legacy
