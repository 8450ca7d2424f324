// What commands about messages reveal: [xlst], [euidl], [xsender], [gurl].

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "plugin/core/base/text.h"
#include "plugin/core/message/header_field.h"
#include "plugin/core/policy/sections/sections.h"

namespace pop3_legacy::policy {

namespace {

/// The longest reply line without "+OK " and CRLF.
constexpr std::size_t max_url_octets = 506;

Status check_header(std::string_view text) {
  if (text.empty() || is_field_name(text)) return Done{};
  return refused("has to be a header name without a colon, not " + in_quotes(text));
}

Status check_url(std::string_view text) {
  if (text.size() <= max_url_octets && text.find(' ') == std::string_view::npos &&
      std::all_of(text.begin(), text.end(), is_printable)) {
    return Done{};
  }
  return refused("has to be an address of printable ASCII without blanks, of " +
                 std::to_string(max_url_octets) + " characters at most, not " + in_quotes(text));
}

Result<std::string> header_name(std::string_view typed) {
  if (is_field_name(typed)) return std::string(typed);
  return refused(in_quotes(typed) +
                 " cannot be a header name: a name is printable ASCII without blanks and colons");
}

constexpr std::array match{
    Choice{"prefix", XlstMatch::prefix, "the first whose name begins with it, as Qpopper"},
    Choice{"exact", XlstMatch::exact, "the first of that name"},
};

constexpr std::array missing{
    Choice{"placeholder", XlstMissing::placeholder,
           "a line with the name and no value; Mozilla needs it"},
    Choice{"omit", XlstMissing::omit, "nothing, as in Qpopper; Mozilla then loses messages"},
};

constexpr std::array orders{
    Choice{"qpopper", EuidlOrder::qpopper, "`n uid size from`"},
    Choice{"cnet", EuidlOrder::cnet, "`n size uid from`, as CNet's server"},
};

constexpr std::array xlst_keys{
    Key{.path = "xlst.match",
        .description = "Which header XTND XLST takes for the one it was asked for.",
        .kind = one_of<match, &Policy::xlst, &Policy::Xlst::match>()},
    Key{.path = "xlst.missing",
        .description = "What XTND XLST shows of a message without the header.",
        .kind = one_of<missing, &Policy::xlst, &Policy::Xlst::missing>()},
    Key{.path = "xlst.headers",
        .description = "The headers that XTND XLST shows, by their whole names: [\"Message-Id\", "
                       "\"Subject\"]. Empty for all.",
        .kind = NamesKey{header_name, at<&Policy::xlst, &Policy::Xlst::headers>, "headers' names",
                         "[\"Subject\"]"}},
};

constexpr std::array euidl_keys{
    Key{.path = "euidl.order",
        .description = "The order of EUIDL's columns.",
        .kind = one_of<orders, &Policy::euidl, &Policy::Euidl::order>()},
};

constexpr std::array xsender_keys{
    Key{.path = "xsender.header",
        .description = "The header in which your mail system names a message's proven sender, and "
                       "which it removes from incoming mail. XSENDER tells it, and clients show it "
                       "as true; empty for none: `+OK none`.",
        .kind = TextKey{check_header, at<&Policy::xsender, &Policy::Xsender::header>}},
};

constexpr std::array gurl_keys{
    Key{.path = "gurl.url",
        .description = "The page where users manage their account, which GURL tells. Empty for "
                       "none: GURL answers -ERR.",
        .kind = TextKey{check_url, at<&Policy::gurl, &Policy::Gurl::url>}},
};

}  // namespace

const Section xlst_section{.table = "xlst", .description = {}, .keys = xlst_keys};
const Section euidl_section{.table = "euidl", .description = {}, .keys = euidl_keys};
const Section xsender_section{.table = "xsender", .description = {}, .keys = xsender_keys};
const Section gurl_section{.table = "gurl", .description = {}, .keys = gurl_keys};

}  // namespace pop3_legacy::policy
