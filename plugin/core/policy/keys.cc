#include "plugin/core/policy/keys.h"

#include <algorithm>
#include <array>
#include <utility>

#include "plugin/core/command_table.h"
#include "plugin/core/text.h"

namespace pop3_legacy::policy {

namespace {

Error refused(std::string why) {
  return {Failure::permanent, std::move(why)};
}

Status any_text(std::string_view /*text*/) {
  return Done{};
}

Status check_implementation(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), is_printable)) {
    return refused("may have printable ASCII only, not " + in_quotes(text));
  }
  if (text.size() > max_implementation_octets) {
    return refused("may have " + std::to_string(max_implementation_octets) +
                   " characters at most, not " + std::to_string(text.size()));
  }
  return Done{};
}

// A name that stands in no row at all. `wanted` are the rows that could have been meant.
template <class Wanted>
Error unknown_command(std::string_view typed, Wanted wanted) {
  std::vector<std::string_view> names;
  for (const Command& command : command_table()) {
    if (wanted(command)) names.push_back(command.name);
  }
  return refused("there is no command " + in_quotes(typed) + suggestion(typed, names));
}

Result<std::string> name_to_allow(std::string_view typed) {
  const Command* const command = find_command(typed);
  if (command == nullptr) {
    return unknown_command(typed, [](const Command& row) { return row.ours(); });
  }
  const std::string name(command->name);
  switch (command->owner) {
    case Owner::ours:
      return name;
    case Owner::shared:
      return refused(name + " is always there, so it cannot be listed");
    case Owner::host:
      break;
  }
  return refused(name + " is Dovecot's own command and needs no permission");
}

Result<std::string> name_to_deny(std::string_view typed) {
  const Command* const command = find_command(typed);
  if (command == nullptr) {
    return unknown_command(typed, [](const Command& row) { return row.deniable; });
  }
  std::string name(command->name);
  if (!command->deniable) return refused(name + " cannot be denied: no session goes without it");
  return name;
}

template <LastSemantics value>
void set(Policy& policy) {
  policy.last.semantics = value;
}
template <LastStart value>
void set(Policy& policy) {
  policy.last.start = value;
}
template <LastOnDrop value>
void set(Policy& policy) {
  policy.last.on_drop = value;
}
template <LastWording value>
void set(Policy& policy) {
  policy.last.wording = value;
}
template <HelpStyle value>
void set(Policy& policy) {
  policy.help.style = value;
}

constexpr std::array semantics{
    Word{"rfc1225", set<LastSemantics::rfc1225>}, Word{"rfc1460", set<LastSemantics::rfc1460>},
    Word{"uw", set<LastSemantics::uw>},           Word{"popper", set<LastSemantics::popper>},
    Word{"dovecot", set<LastSemantics::dovecot>},
};

constexpr std::array starts{
    Word{"durable", set<LastStart::durable>},
    Word{"seen", set<LastStart::seen>},
    Word{"session", set<LastStart::session>},
};

constexpr std::array on_drop{
    Word{"delivered", set<LastOnDrop::delivered>},
    Word{"all", set<LastOnDrop::all>},
    Word{"nothing", set<LastOnDrop::nothing>},
};

constexpr std::array wordings{
    Word{"plain", set<LastWording::plain>},
    Word{"popper", set<LastWording::popper>},
    Word{"qpopper", set<LastWording::qpopper>},
    Word{"mh", set<LastWording::mh>},
};

constexpr std::array help_styles{
    Word{"long", set<HelpStyle::full>},
    Word{"rambler", set<HelpStyle::rambler>},
    Word{"line", set<HelpStyle::line>},
};

std::vector<std::string>& allowed(Policy& policy) {
  return policy.commands.allow;
}
std::vector<std::string>& denied(Policy& policy) {
  return policy.commands.deny;
}
std::string& implementation(Policy& policy) {
  return policy.capa.implementation;
}

const std::array table{
    Key{inherit_path, "The name of a profile whose values come first; empty for none.",
        TextKey{any_text, nullptr}},
    Key{"commands.allow",
        "The plugin's own commands that are there, beside CAPA; the others are left to Dovecot.",
        CommandsKey{name_to_allow, allowed}},
    Key{deny_path, "The commands that are refused, Dovecot's own included; stronger than allow.",
        CommandsKey{name_to_deny, denied}},
    Key{"last.semantics", "Which commands raise LAST's number, and where RSET puts it.",
        WordKey{semantics}},
    Key{"last.start", "Where LAST's number starts at login.", WordKey{starts}},
    Key{"last.on_drop",
        "What a session that ended without QUIT leaves behind, with last.start = \"durable\".",
        WordKey{on_drop}},
    Key{"last.wording", "The text behind LAST's number.", WordKey{wordings}},
    Key{"help.style", "How HELP answers.", WordKey{help_styles}},
    Key{"capa.implementation",
        "The text of CAPA's IMPLEMENTATION line, shown after login only; empty for no such line.",
        TextKey{check_implementation, implementation}},
};

}  // namespace

std::span<const Key> keys() noexcept {
  return table;
}

const Key* find_key(std::string_view path) noexcept {
  const auto* const row =
      std::find_if(table.begin(), table.end(), [&](const Key& key) { return key.path == path; });
  return row == table.end() ? nullptr : &*row;
}

}  // namespace pop3_legacy::policy
