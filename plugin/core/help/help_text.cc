#include "plugin/core/help/help_text.h"

#include <algorithm>
#include <string>
#include <vector>

#include "plugin/core/base/text.h"
#include "plugin/core/protocol/command_line.h"

namespace pop3_legacy {

namespace {

constexpr std::size_t syntax_column = 16;
// "+OK " and CRLF
constexpr std::size_t max_text_octets = max_reply_line_octets - 6;

Reply one_command(const HelpEntry& command, policy::HelpStyle style) {
  if (style == policy::HelpStyle::full) {
    return Reply::ok(command.name)
        .line("Syntax: " + std::string(command.syntax))
        .line(command.summary)
        .end();
  }
  return Reply::ok(std::string(command.syntax) + ": " + std::string(command.summary));
}

// Rambler's, which had no CAPA: with CAPA this would no longer be its line, word for word.
Reply one_line_list(std::span<const HelpEntry> available) {
  std::string text = "Valid commands: ";
  std::string_view separator;
  for (const HelpEntry& command : available) {
    if (command.name == capa_entry.name) {
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

Reply full_list(std::span<const HelpEntry> available) {
  Reply reply = Reply::ok("Commands (HELP and a command tells more):");
  for (const HelpEntry& command : available) {
    std::string line(command.syntax);
    line.resize(std::max(syntax_column, line.size() + 1), ' ');
    reply.line(line.append(command.summary));
  }
  return reply.end();
}

Reply list(std::span<const HelpEntry> available, policy::HelpStyle style) {
  switch (style) {
    case policy::HelpStyle::rambler:
      return one_line_list(available);
    case policy::HelpStyle::line:  // hMailServer's, before login and after
      return Reply::ok("Normal POP3 commands allowed");
    case policy::HelpStyle::full:
      break;
  }
  return full_list(available);
}

}  // namespace

Reply help_reply(std::span<const HelpEntry> available, policy::HelpStyle style,
                 std::string_view arguments) {
  if (arguments.empty()) {
    return list(available, style);
  }
  const std::string asked(arguments);
  const std::string_view first = take_word(arguments);
  const std::string_view second = take_word(arguments);
  std::vector<HelpEntry> family;  // of two-word commands: XTND
  for (const HelpEntry& entry : available) {
    std::string_view rest = entry.name;
    if (!equals_ignoring_case(take_word(rest), first)) {
      continue;
    }
    if (equals_ignoring_case(rest, second)) {
      return arguments.empty() ? one_command(entry, style) : too_many_arguments(help_entry.syntax);
    }
    if (rest.empty()) {
      return too_many_arguments(help_entry.syntax);
    }
    family.push_back(entry);
  }
  if (family.empty() || !second.empty()) {
    return Reply::err("No such command: " + asked);
  }
  return style == policy::HelpStyle::full ? full_list(family) : one_line_list(family);
}

Reply too_many_arguments(std::string_view syntax) {
  return Reply::err("Too many arguments. Syntax: " + std::string(syntax));
}

}  // namespace pop3_legacy
