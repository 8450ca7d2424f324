#include <string>

#include "plugin/core/command_table.h"
#include "plugin/core/commands/commands.h"
#include "plugin/core/session.h"

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

Reply one_line_list(const Session& session) {
  std::string text = "Valid commands: ";
  std::string_view separator;
  for (const Command& command : command_table()) {
    if (!session.available(command)) {
      continue;
    }
    if (text.size() + separator.size() + command.name.size() > max_text_octets) {
      break;
    }
    text.append(separator).append(command.name);
    separator = ", ";
  }
  return Reply::ok(text);
}

Reply full_list(const Session& session) {
  Reply reply = Reply::ok("Commands (HELP and a command tells more):");
  for (const Command& command : command_table()) {
    if (session.available(command)) {
      std::string line(command.syntax);
      line.resize(std::max(syntax_column, line.size() + 1), ' ');
      reply.line(line.append(command.summary));
    }
  }
  return reply.end();
}

}  // namespace

Answer help(Session& session, std::string_view arguments) {
  const policy::HelpStyle style = session.policy().help.style;
  if (!arguments.empty()) {
    const auto word = arguments.substr(0, arguments.find(' '));
    const Command* const command = find_command(word);
    if (command == nullptr || !session.available(*command)) {
      return Reply::err("No such command: " + std::string(word));
    }
    return one_command(*command, style);
  }
  switch (style) {
    case policy::HelpStyle::rambler:
      return one_line_list(session);
    case policy::HelpStyle::line:  // hMailServer's, before login and after
      return Reply::ok("Normal POP3 commands allowed");
    case policy::HelpStyle::full:
      break;
  }
  return full_list(session);
}

}  // namespace pop3_legacy::commands
