// How messages are named: [uidl].

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/sections/sections.h"
#include "plugin/core/uidl/schemes.h"
#include "plugin/core/uidl/template.h"

namespace pop3_legacy::policy {

namespace {

Status check_form(std::string_view text) {
  const auto form =
      text.empty() ? Result<uidl::Template>(uidl::Template()) : uidl::Template::parse(text);
  return form ? Status(Done{}) : Status(form.error());
}

// The mailbox stores it as a line, and the system takes it as a NUL-terminated string.
Status check_key_file(std::string_view text) {
  if (text.empty() || (without_control_characters(text) && text.starts_with('/'))) return Done{};
  return refused("has to be a path that begins with / and has no control characters, not " +
                 in_quotes(text));
}

constexpr std::array on_change{
    Choice{"keep", UidlOnChange::keep, "it keeps them, and the log says so"},
    Choice{"switch", UidlOnChange::switch_over,
           "it takes the new ones, and clients download everything again"},
    Choice{"refuse", UidlOnChange::refuse, "UIDL answers `-ERR [SYS/TEMP]` until somebody decides"},
};

constexpr std::array keys{
    Key{.path = "uidl.scheme",
        .description = "The UIDL scheme that gives messages their ids, or a list: the first scheme "
                       "that has an id for a message gives it. \"host\" leaves ids to Dovecot, and "
                       "so does the end of a list.",
        .kind = ChainKey{at<&Policy::uidl, &Policy::Uidl::plan, &UidlPlan::chain>}},
    Key{.path = "uidl.template",
        .description =
            "The form of the ids under the scheme \"template\": `{uidvalidity:08x}{uid:08x}`. "
            "Fields: uid, uidvalidity, received (in seconds), guid, filename.",
        .kind = TextKey{check_form, at<&Policy::uidl, &Policy::Uidl::plan, &UidlPlan::form>}},
    Key{.path = "uidl.key_file",
        .description = "The file with the key of the scheme \"hmac-sha256\": at least 16 octets, "
                       "which only the mail user may read.",
        .kind =
            TextKey{check_key_file, at<&Policy::uidl, &Policy::Uidl::plan, &UidlPlan::key_file>}},
    Key{.path = "uidl.on_change",
        .description = "What happens to a mailbox that has ids by another scheme.",
        .kind = one_of<on_change, &Policy::uidl, &Policy::Uidl::on_change>()},
    Key{.path = "uidl.max_length",
        .description =
            "The octets that an id may have. 495 is what a reply line holds: old servers sent file "
            "names and Message-IDs whole, and clients know them. 70 is RFC 1939's limit. A longer "
            "id is replaced by a hash. The key applies to mailboxes that get their first ids.",
        .kind = CountKey{at<&Policy::uidl, &Policy::Uidl::max_length>,
                         uidl::max_own_identifier_octets, uidl::max_identifier_octets}},
    Key{.path = "uidl.cutover",
        .description = "Other schemes, \"host\" included, for mail received before a day (UTC): a "
                       "table for each day, at the end of the file.",
        .kind = CutoversKey{at<&Policy::uidl, &Policy::Uidl::plan, &UidlPlan::cutovers>},
        .example = "[[uidl.cutover]]\n"
                   "before = 2026-03-01\n"
                   "scheme = [\"courier\", \"qmail\"]\n"},
};

}  // namespace

const Section uidl_section{
    .table = "uidl",
    .description = "The ids of messages, so that clients of another server know them again.",
    .keys = keys};

Result<std::vector<std::string>> chain_of(const std::vector<std::string>& names) {
  std::vector<std::string> chain;
  for (const std::string& name : names) {
    if (name == "host" && &name != &names.back()) {
      return refused(R"(Dovecot has an id for every message, so nothing can follow "host")");
    }
    if (name != "host" && uidl::find_scheme(name) == nullptr) {
      std::vector<std::string_view> known{"host"};
      for (const uidl::Scheme& scheme : uidl::schemes()) known.push_back(scheme.name);
      const std::string meant = suggestion(name, known);
      return refused("there is no scheme " + in_quotes(name) +
                     (meant.empty() ? ", only " + enumerated(known) : meant));
    }
    if (std::find(chain.begin(), chain.end(), name) == chain.end()) chain.push_back(name);
  }
  if (chain.empty()) return refused("it must name at least one scheme");
  return chain;
}

Status check_plan(const UidlPlan& plan) {
  if (plan.uses("template") && plan.form.empty()) {
    return refused(R"(uidl.scheme is "template", but there is no uidl.template)");
  }
  if (plan.uses("hmac-sha256") && plan.key_file.empty()) {
    return refused(R"(uidl.scheme is "hmac-sha256", but there is no uidl.key_file)");
  }
  return Done{};
}

}  // namespace pop3_legacy::policy
