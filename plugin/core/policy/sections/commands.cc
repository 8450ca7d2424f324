// Which commands are available: [commands], [help], [capa], [x_commands], and `inherit`.

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/help_style.h"
#include "plugin/core/policy/sections/sections.h"
#include "plugin/core/protocol/command_table.h"

namespace pop3_legacy::policy {

namespace {

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

// The error for a name that is in no row. `wanted` selects the rows that could have been meant.
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
  if (!command->deniable) return refused(name + " cannot be denied: every session needs it");
  return name;
}

constexpr std::array top_keys{
    Key{.path = inherit_path,
        .description = "The name of a profile whose values come first: \"fetchmail\" is "
                       "profiles/fetchmail.toml. Empty for none.",
        .kind = TextKey{any_text, nullptr}},
};

constexpr std::array commands_keys{
    Key{.path = "commands.allow",
        .description = "The plugin's commands that are available, besides CAPA. Any other command "
                       "is left to Dovecot, which may know it itself.",
        .kind = NamesKey{name_to_allow, at<&Policy::commands, &Policy::Commands::allow>,
                         "command names", "[\"LAST\"]"}},
    Key{.path = deny_path,
        .description = "The commands that are refused, Dovecot's own included (\"DELE\", \"TOP\"), "
                       "even if `allow` names them. QUIT, NOOP, RSET and CAPA cannot be denied.",
        .kind = NamesKey{name_to_deny, at<&Policy::commands, &Policy::Commands::deny>,
                         "command names", "[\"LAST\"]"}},
};

constexpr std::array help_keys{
    Key{.path = "help.style",
        .description = "How HELP answers.",
        .kind = one_of<help_styles, &Policy::help, &Policy::Help::style>()},
};

constexpr std::array capa_keys{
    Key{.path = "capa.implementation",
        .description = "The text of CAPA's IMPLEMENTATION line, shown after login only; empty for "
                       "no such line.",
        .kind = TextKey{check_implementation, at<&Policy::capa, &Policy::Capa::implementation>}},
};

constexpr std::array x_commands_keys{
    Key{.path = "x_commands",
        .description =
            "Commands of your own, whose names begin with X: another command's name, a "
            "fixed reply, or what a program or a service of Dovecot's answers. `false` "
            "removes an inherited one. conf.d/README.md says what a program gets and what to "
            "beware of; a program needs `service pop3 { extra_groups = }` in Dovecot's "
            "configuration, and from 2.4.3 on `mail_access_groups =`.",
        .kind = XCommandsKey{},
        .example = "[x_commands]\n"
                   "XMSGS    = { alias = \"STAT\" }\n"
                   "XVERSION = { reply = \"+OK example.org mail\" }\n"
                   "XQUOTA   = { program = \"/usr/local/libexec/xquota\", timeout = \"10s\", "
                   "max_output = \"64K\" }\n"
                   "XNEWS    = { script = \"xnews\", multi_line = true }\n"},
};

}  // namespace

const Section top_section{.table = {}, .description = {}, .keys = top_keys};
const Section commands_section{.table = "commands", .description = {}, .keys = commands_keys};
const Section help_section{.table = "help", .description = {}, .keys = help_keys};
const Section capa_section{.table = "capa", .description = {}, .keys = capa_keys};
const Section x_commands_section{.table = "x_commands", .description = {}, .keys = x_commands_keys};

}  // namespace pop3_legacy::policy
