#include "plugin/core/state/state_rules.h"

#include <algorithm>
#include <array>

#include "plugin/core/base/number.h"

namespace pop3_legacy {

namespace {

using Owner = StateRule::Owner;

constexpr std::string_view title_begin = "dovecot-pop3-legacy ";

constexpr std::array<StateRule, 6> rules{{
    {"pins", 1, Owner::messages, true, "UIDL is refused",
     R"(restore it from a backup, or remove it and pin the ids again with "uidl pin")"},
    {"uidl", 2, Owner::messages, true, "UIDL is refused",
     "restore it from a backup; without it, the policy gives the messages new ids"},
    {"hidden", 2, Owner::mailbox, true, "no message is shown",
     "restore it from a backup, or remove it: then all mail is shown again"},
    {"last", 2, Owner::mailbox, false, "LAST starts at the highest message with \\Seen",
     "it is replaced at the end of the session"},
    {"xmit", 1, Owner::user, true, "XTND XMIT is refused",
     "remove it: then what was sent in the last hour no longer counts, and a message that is sent "
     "again is delivered again"},
    {"pace", 1, Owner::user, false, "counting starts again",
     "it is replaced when there is something to count"},
}};

// The version of a text that starts with a title, or of LAST's; 0: there is nothing like one.
unsigned version_of(std::string_view name, std::string_view text) noexcept {
  const std::string_view line = text.substr(0, text.find('\n'));
  std::string_view rest = line;
  if (name == "last") {
    rest = line.substr(0, line.find(' '));
  } else if (rest.starts_with(title_begin) && rest.substr(title_begin.size()).starts_with(name)) {
    rest.remove_prefix(title_begin.size() + name.size());
    if (!rest.starts_with(' ')) return 0;
    rest.remove_prefix(1);
  } else {
    return 0;
  }
  return whole_number<unsigned>(rest).value_or(0);
}

}  // namespace

std::span<const StateRule> state_rules() noexcept {
  return rules;
}

const StateRule* find_state_rule(std::string_view name) noexcept {
  const auto* const found = std::find_if(rules.begin(), rules.end(),
                                         [&](const StateRule& rule) { return rule.name == name; });
  return found == rules.end() ? nullptr : found;
}

std::string state_title(std::string_view name, unsigned version) {
  return std::string(title_begin).append(name) + ' ' + std::to_string(version);
}

Error unusable_state(const StateStore& store, std::string_view name, std::string_view text,
                     const Error& why) {
  const StateRule* const rule = find_state_rule(name);
  const std::string place = store.place_of(name);
  if (rule == nullptr) {
    return {Failure::permanent, "the stored state is damaged, " + place + ": " + why.text};
  }
  const bool newer = version_of(name, text) > rule->version;
  std::string sentence = newer ? "the stored state is from a newer version of the plugin, so "
                               : "the stored state is damaged, so ";
  sentence.append(rule->consequence).append(": ").append(place);
  if (newer) {
    sentence.append("; update the plugin").append(rule->closes ? ", or " : "; ");
  } else {
    sentence.append(": ").append(why.text).append("; ");
  }
  return {Failure::permanent, sentence.append(rule->advice)};
}

}  // namespace pop3_legacy
