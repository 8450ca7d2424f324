#include "plugin/core/login/authorization.h"

#include <algorithm>
#include <array>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/help_style.h"
#include "plugin/core/protocol/capability_list.h"
#include "plugin/core/protocol/command_line.h"

namespace pop3_legacy {

namespace {

// "-ERR " and CRLF
constexpr std::size_t max_error_octets = max_reply_line_octets - 7;
constexpr std::string_view help_capability = "X-HELP";

struct Row {
  HelpEntry entry;
  bool WaysIn::*needs;  ///< nullptr: always there
};

// In the order of HELP.
constexpr std::array rows{
    Row{{"USER", "USER name", "Tells whose mailbox it is; PASS has to follow."}, &WaysIn::password},
    Row{{"PASS", "PASS password", "Opens the mailbox that USER told."}, &WaysIn::password},
    Row{{"APOP", "APOP name digest", "Opens a mailbox without sending the password."},
        &WaysIn::apop},
    Row{{"AUTH", "AUTH mechanism", "Opens a mailbox by one of the mechanisms in CAPA's line SASL."},
        &WaysIn::sasl},
    Row{{"STLS", "STLS", "Begins TLS."}, &WaysIn::stls},
    Row{{"QUIT", "QUIT", "Ends the session."}, nullptr},
    Row{help_entry, nullptr},
    Row{capa_entry, nullptr},
};

constexpr std::string_view blanks = " \t";

/// What follows LOGIN-DELAY and EXPIRE (RFC 2449, sections 6.5 and 6.7).
bool is_number_for_users(std::string_view arguments, bool may_be_never) {
  const std::string_view amount = take_word(arguments);
  const bool number =
      !amount.empty() && amount.find_first_not_of("0123456789") == std::string_view::npos;
  return (number || (may_be_never && amount == "NEVER")) &&
         (arguments.empty() || arguments == "USER");
}

/// Why CAPA must not show this line before login; empty: it may.
std::string reason_against(std::string_view line) {
  constexpr std::array<std::string_view, 11> of_the_host{
      "APOP", "AUTH-RESP-CODE", "CAPA", "LANG", "PIPELINING", "RESP-CODES",
      "SASL", "STLS",           "TOP",  "UIDL", "USER"};
  std::string_view arguments = line;
  const std::string_view tag = take_word(arguments);
  if (!std::all_of(line.begin(), line.end(), is_printable)) {
    return "has octets that are not printable ASCII";
  }
  if (line.size() > max_capability_octets) {
    return "is longer than the " + std::to_string(max_capability_octets) +
           " octets that fetchmail reads";
  }
  if (equals_ignoring_case(tag, "IMPLEMENTATION")) {
    return "is shown after login only, by the policy's capa.implementation";
  }
  if (std::any_of(of_the_host.begin(), of_the_host.end(),
                  [&](std::string_view known) { return equals_ignoring_case(known, tag); })) {
    return "is announced by the host itself, where it is true";
  }
  if (tag == "LOGIN-DELAY") {
    return is_number_for_users(arguments, false) ? "" : "must be LOGIN-DELAY SECONDS [USER]";
  }
  if (tag == "EXPIRE") {
    return is_number_for_users(arguments, true) ? "" : "must be EXPIRE DAYS|NEVER [USER]";
  }
  if (!tag.starts_with('X')) {
    return "is neither LOGIN-DELAY nor EXPIRE, and others must begin with X";
  }
  return {};
}

}  // namespace

Result<Authorization> Authorization::parse(const AuthorizationWords& words) {
  Authorization made;
  if (!words.login_help.empty()) {
    const auto* const style =
        std::find_if(policy::help_styles.begin(), policy::help_styles.end(),
                     [&](const auto& known) { return known.word == words.login_help; });
    if (style == policy::help_styles.end()) {
      return refused("login_help must be long, rambler or line, not " +
                     in_quotes(words.login_help));
    }
    made.help_ = style->value;
  }
  for (std::string_view rest = words.login_capabilities; !rest.empty();) {
    const std::string_view line = trimmed(take_until(rest, ','), blanks);
    if (line.empty()) {
      continue;
    }
    if (const std::string reason = reason_against(line); !reason.empty()) {
      return refused("login_capabilities: " + in_quotes(line) + ' ' + reason);
    }
    made.capabilities_.emplace_back(line);
  }
  const std::string_view text = trimmed(words.login_unknown_command, blanks);
  if (!std::all_of(text.begin(), text.end(), is_printable) || text.size() > max_error_octets) {
    return refused("login_unknown_command must be printable ASCII of " +
                   std::to_string(max_error_octets) + " octets at most, not " + in_quotes(text));
  }
  if (text.starts_with('[')) {
    return refused(
        "login_unknown_command may not begin with \"[\", which is for response codes (RFC 2449)");
  }
  made.unknown_command_ = text;
  return made;
}

Reply Authorization::help(const WaysIn& ways_in, std::string_view arguments) const {
  constexpr unsigned max_words = 1;
  if (count_words(arguments, max_words + 1) > max_words) {
    return too_many_arguments(help_entry.syntax);
  }
  std::vector<HelpEntry> available;
  for (const Row& row : rows) {
    if (row.needs == nullptr || ways_in.*row.needs) {
      available.push_back(row.entry);
    }
  }
  return help_reply(available, help_.value_or(policy::HelpStyle::full), arguments);
}

Reply Authorization::capa(std::string_view host_answer) const {
  CapabilityList list(host_answer);
  if (has_help()) {
    list.add(help_capability);
  }
  for (const std::string& line : capabilities_) {
    list.add(line);
  }
  return Reply::verbatim(list.wire());
}

std::optional<Reply> Authorization::unknown_command() const {
  return unknown_command_.empty() ? std::nullopt : std::optional(Reply::err(unknown_command_));
}

}  // namespace pop3_legacy
