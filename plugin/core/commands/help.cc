#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/command_table.h"
#include "plugin/core/commands/commands.h"
#include "plugin/core/session.h"
#include "plugin/core/text.h"

namespace pop3_legacy::commands {

namespace {

constexpr std::size_t syntax_column = 16;
// "+OK " and CRLF
constexpr std::size_t max_text_octets = max_reply_line_octets - 6;

Reply one_command(const Command& command, policy::HelpStyle style) {
  if (style == policy::HelpStyle::full) {
    return Reply::ok(command.name)
        .line("Syntax: " + std::string(command.syntax))
        .line(command.summary)
        .end();
  }
  return Reply::ok(std::string(command.syntax) + ": " + std::string(command.summary));
}

using Commands = std::vector<const Command*>;

// Those that are there and begin with `verb`; empty: all.
Commands available(const Session& session, std::string_view verb) {
  Commands found;
  for (const auto rows : {command_table(), session.own_commands()}) {
    for (const Command& command : rows) {
      std::string_view name = command.name;
      const bool meant = verb.empty() || equals_ignoring_case(take_word(name), verb);
      if (meant && session.available(command)) found.push_back(&command);
    }
  }
  return found;
}

Reply one_line_list(const Commands& commands) {
  std::string text = "Valid commands: ";
  std::string_view separator;
  for (const Command* const command : commands) {
    if (text.size() + separator.size() + command->name.size() > max_text_octets) {
      break;
    }
    text.append(separator).append(command->name);
    separator = ", ";
  }
  return Reply::ok(text);
}

Reply full_list(const Commands& commands) {
  Reply reply = Reply::ok("Commands (HELP and a command tells more):");
  for (const Command* const command : commands) {
    std::string line(command->syntax);
    line.resize(std::max(syntax_column, line.size() + 1), ' ');
    reply.line(line.append(command->summary));
  }
  return reply.end();
}

}  // namespace

Answer help(Session& session, std::string_view arguments) {
  const policy::HelpStyle style = session.policy().help.style;
  if (!arguments.empty()) {
    const CommandLine line = parse_command_line(arguments);
    const auto [command, rest] = session.recognize(line);
    if (command != nullptr && rest.empty() && session.available(*command)) {
      return one_command(*command, style);
    }
    if (command != nullptr && !rest.empty()) {
      return Reply::err("Too many arguments. Syntax: " + std::string(find_command("HELP")->syntax));
    }
    // The first word of several commands: XTND.
    const Commands family =
        line.arguments.empty() && command == nullptr ? available(session, line.verb) : Commands{};
    if (family.empty()) return Reply::err("No such command: " + std::string(arguments));
    return style == policy::HelpStyle::full ? full_list(family) : one_line_list(family);
  }
  switch (style) {
    case policy::HelpStyle::rambler:
      return one_line_list(available(session, {}));
    case policy::HelpStyle::line:  // hMailServer's, before login and after
      return Reply::ok("Normal POP3 commands allowed");
    case policy::HelpStyle::full:
      break;
  }
  return full_list(available(session, {}));
}

}  // namespace pop3_legacy::commands
