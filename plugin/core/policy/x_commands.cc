#include "plugin/core/policy/x_commands.h"

#include <algorithm>
#include <array>
#include <utility>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/kinds.h"
#include "plugin/core/protocol/command_table.h"
#include "plugin/core/protocol/reply.h"

namespace pop3_legacy::policy {

namespace {

using Kind = XCommand::Kind;

constexpr std::size_t max_name_octets = 40;
constexpr std::size_t max_alias_octets = 200;
constexpr std::size_t max_path_octets = 1024;
constexpr std::size_t max_socket_octets = 64;
constexpr std::size_t max_summary_octets = 200;
constexpr std::size_t max_reply_lines = 1000;
constexpr std::string_view family = "XTND";

constexpr std::array<std::string_view, 4> whats{"alias", "reply", "program", "script"};
constexpr std::array<std::string_view, 3> for_programs{"timeout", "max_output", "multi_line"};
constexpr std::string_view summary = "summary";

bool all_printable(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), is_printable);
}

bool is_word(std::string_view text) noexcept {
  return !text.empty() && all_printable(text) && text.find(' ') == std::string_view::npos;
}

std::string upper(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  });
  return made;
}

Status set_alias(XCommand& command, std::string_view text) {
  if (!all_printable(text) || text.size() > max_alias_octets) {
    return refused("has to be a command in printable ASCII, of " +
                   std::to_string(max_alias_octets) + " characters at most, not " +
                   in_quotes(text));
  }
  const Recognized meant = recognize(parse_command_line(text));
  if (meant.command == nullptr) {
    return refused("has to be a command of Dovecot or the plugin, but not of [x_commands], not " +
                   in_quotes(text));
  }
  command.kind = Kind::alias;
  command.target = meant.command->name;
  if (!meant.arguments.empty()) command.target.append(" ").append(meant.arguments);
  return Done{};
}

Status set_reply(XCommand& command, std::vector<std::string> lines) {
  // Requires a text, because some clients fail on a bare "+OK" (RFC 1957).
  const auto begins = [&](std::string_view status) {
    return lines.front().size() > status.size() && lines.front().starts_with(status);
  };
  if (lines.empty() || !(begins("+OK ") || begins("-ERR "))) {
    return refused("has to begin with +OK or -ERR, like \"+OK example.org mail\"");
  }
  if (lines.size() > 1 && !begins("+OK ")) {
    return refused("has to begin with +OK where it has several lines");
  }
  if (lines.size() > max_reply_lines) {
    return refused("may have " + std::to_string(max_reply_lines) + " lines at most");
  }
  for (const std::string& line : lines) {
    // Reserves room for CRLF, and for stuffing a leading dot.
    const std::size_t most = max_reply_line_octets - 2 - (line.starts_with('.') ? 1 : 0);
    if (!all_printable(line) || line.size() > most) {
      return refused("has to have lines of printable ASCII, of " +
                     std::to_string(max_reply_line_octets - 2) + " characters at most, not " +
                     in_quotes(line));
    }
  }
  command.kind = Kind::reply;
  command.reply = std::move(lines);
  return Done{};
}

Status set_program(XCommand& command, std::string path) {
  if (!path.starts_with('/') || !all_printable(path) || path.size() > max_path_octets) {
    return refused("has to be a path that begins with /, without arguments, not " +
                   in_quotes(path));
  }
  command.kind = Kind::program;
  command.target = std::move(path);
  return Done{};
}

Status set_script(XCommand& command, std::string socket) {
  if (!is_word(socket) || socket.find('/') != std::string::npos || socket.starts_with('.') ||
      socket.size() > max_socket_octets) {
    return refused("has to be the name of a unix_listener, without folders, not " +
                   in_quotes(socket));
  }
  command.kind = Kind::script;
  command.target = std::move(socket);
  return Done{};
}

Status set_summary(XCommand& command, std::string text) {
  if (!all_printable(text) || text.size() > max_summary_octets) {
    return refused("has to be printable ASCII, of " + std::to_string(max_summary_octets) +
                   " characters at most, not " + in_quotes(text));
  }
  command.summary = std::move(text);
  return Done{};
}

}  // namespace

Result<std::string> x_command_name(std::string_view typed) {
  std::string name = upper(typed);
  const std::size_t space = name.find(' ');
  const std::string_view verb = std::string_view(name).substr(0, space);
  const bool two_words = space != std::string::npos;
  if (find_command(name) != nullptr || name == family) {
    return refused(in_quotes(typed) + " would hide a command that is there already");
  }
  if (!verb.starts_with('X') || verb.size() < 2) {
    return refused("a command's name has to begin with X, because all others belong to POP3; " +
                   in_quotes(typed) + " does not");
  }
  if (!is_word(verb) ||
      (two_words && (verb != family || !is_word(std::string_view(name).substr(space + 1))))) {
    return refused(
        in_quotes(typed) +
        " cannot be a command's name: a name is one word in printable ASCII, or XTND and a word");
  }
  if (name.size() > max_name_octets) {
    return refused(in_quotes(typed) + " is longer than " + std::to_string(max_name_octets) +
                   " characters, the most a command's name may have");
  }
  return name;
}

XCommandValue x_command_value(std::string_view key) noexcept {
  if (std::find(whats.begin(), whats.end(), key) != whats.end()) return XCommandValue::what;
  if (std::find(for_programs.begin(), for_programs.end(), key) != for_programs.end()) {
    return XCommandValue::for_programs;
  }
  return key == summary ? XCommandValue::any : XCommandValue::unknown;
}

std::string x_command_suggestion(std::string_view key) {
  std::vector<std::string_view> known(whats.begin(), whats.end());
  known.insert(known.end(), for_programs.begin(), for_programs.end());
  known.push_back(summary);
  std::string meant = suggestion(key, known);
  return meant.empty() ? ", only " + enumerated(known) : meant;
}

Status set_x_command(XCommand& command, std::string_view key, std::vector<std::string> lines) {
  if (key == "reply") return set_reply(command, std::move(lines));
  std::string& text = lines.front();
  if (key == "alias") return set_alias(command, text);
  if (key == "program") return set_program(command, std::move(text));
  if (key == "script") return set_script(command, std::move(text));
  return set_summary(command, std::move(text));
}

void put_x_command(std::vector<XCommand>& commands, const XCommand& command) {
  const auto same = std::find_if(commands.begin(), commands.end(),
                                 [&](const XCommand& other) { return other.name == command.name; });
  if (same == commands.end()) {
    commands.push_back(command);
  } else {
    *same = command;
  }
}

}  // namespace pop3_legacy::policy
