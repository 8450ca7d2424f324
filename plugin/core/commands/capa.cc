#include <algorithm>
#include <string>
#include <vector>

#include "plugin/core/command_table.h"
#include "plugin/core/commands/commands.h"
#include "plugin/core/session.h"
#include "plugin/core/text.h"

namespace pop3_legacy::commands {

namespace {

/// mpop gives up on a longer list.
constexpr std::size_t max_lines = 50;
/// fetchmail reads capabilities into a buffer of 64, its final NUL included.
constexpr std::size_t max_line_octets = 63;

std::string_view tag_of(std::string_view capability) noexcept {
  return capability.substr(0, capability.find(' '));
}

/// The command of the host that announces itself by `capability`, if there is one.
const Command* announced_by(std::string_view capability) noexcept {
  const auto table = command_table();
  const auto row = std::find_if(table.begin(), table.end(), [&](const Command& command) {
    return !command.capability.empty() && !command.ours() &&
           equals_ignoring_case(command.capability, tag_of(capability));
  });
  return row == table.end() ? nullptr : &*row;
}

}  // namespace

Answer capa(Session& session, std::string_view /*arguments*/) {
  auto asked = session.port().host_answer("CAPA");
  if (!asked) {
    session.port().log_error("CAPA: " + asked.error().text);
    return Reply::temporary_failure("The capabilities cannot be read.");
  }
  const std::string& host = asked.value();
  if (!host.starts_with("+OK")) {
    return Reply::verbatim(host);
  }

  std::string wire;
  std::vector<std::string> tags;
  std::string_view rest = host;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size() - 1) + 1;
    const std::string_view with_end = rest.substr(0, end);
    rest.remove_prefix(end);
    const auto line = with_end.substr(0, with_end.find_first_of("\r\n"));
    if (line == ".") {
      break;
    }
    if (!wire.empty()) {  // not the status line
      const Command* const command = announced_by(line);
      if (command != nullptr && !session.available(*command)) {
        continue;
      }
      tags.emplace_back(tag_of(line));
    }
    wire += with_end;
  }
  const auto add = [&](const std::string& line) {
    if (tags.size() < max_lines && line.size() <= max_line_octets &&
        std::find(tags.begin(), tags.end(), tag_of(line)) == tags.end()) {
      tags.emplace_back(tag_of(line));
      wire += line + "\r\n";
    }
  };
  for (const Command& command : command_table()) {
    if (command.ours() && !command.capability.empty() && session.available(command)) {
      add(std::string(command.capability));
    }
  }
  if (!session.policy().capa.implementation.empty()) {
    add("IMPLEMENTATION " + session.policy().capa.implementation);
  }
  return Reply::verbatim(wire + ".\r\n");
}

}  // namespace pop3_legacy::commands
