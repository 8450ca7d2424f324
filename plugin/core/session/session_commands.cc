#include "plugin/core/session/session_commands.h"

#include <algorithm>

#include "plugin/core/base/text.h"
#include "plugin/core/tracking/pace.h"
#include "plugin/core/tracking/view.h"

namespace pop3_legacy {

namespace {

bool names(const std::vector<std::string>& list, const Command& command) noexcept {
  return std::find(list.begin(), list.end(), command.name) != list.end();
}

constexpr std::string_view xtnd = "XTND";

bool is_xtnd(const Command& command) noexcept {
  return command.name.size() > xtnd.size() && command.name.starts_with(xtnd) &&
         command.name[xtnd.size()] == ' ';
}

bool is_program(const policy::XCommand& own) noexcept {
  return own.kind == policy::XCommand::Kind::program || own.kind == policy::XCommand::Kind::script;
}

bool is_alias(const Command& command) noexcept {
  return command.own != nullptr && command.own->kind == policy::XCommand::Kind::alias;
}

/// The row of the command that an alias refers to.
const Command& target_of(const Command& alias) noexcept {
  return *recognize(parse_command_line(alias.own->target)).command;
}

/// Of a command of the table.
std::size_t row_of(const Command& command) noexcept {
  return static_cast<std::size_t>(&command - command_table().data());
}

/// Some clients older than RFC 1939 send TOP with only the message number.
bool is_top_without_lines(std::string_view line) noexcept {
  const CommandLine parsed = parse_command_line(line);
  const Recognized recognized = recognize(parsed);
  return recognized.command != nullptr && recognized.command->access == Access::top &&
         !parsed.has_nul && count_words(recognized.arguments, 2) == 1;
}

}  // namespace

bool refuses_deletion(const policy::Policy::Delete& policy, const Command& command) noexcept {
  return policy.mode == policy::DeleteMode::deny &&
         (command.access == Access::remove || command.like == "DELE");
}

SessionCommands::SessionCommands(policy::Policy& policy, const policy::Resolution& resolution,
                                 const host::Host& host)
    : policy_(policy) {
  const auto table = command_table();
  treatments_.reserve(table.size());
  for (const Command& command : table) {
    treatments_.push_back(decide(command, resolution, host));
  }
  for (std::size_t row = 0; row < table.size(); ++row) {
    if (table[row].owner == Owner::shared) {
      treatments_[row] = capa_needs_us() ? Treatment::ours : Treatment::host;
    }
  }
  for (const Command& command : table) {
    if (command.takes != nullptr && treatment(command) == Treatment::ours) {
      takers_.push_back(&command);
    }
  }
  if (!resolution.intact || !resolution.deny_known) own_treatment_ = Treatment::unavailable;
  add_own(policy.x_commands, host.programs != nullptr);
  as_typed_ = own_.empty() && policy.lenient.top_lines == 0 && !policy.lenient.spaces;
  offers_xtnd_ = std::any_of(table.begin(), table.end(),
                             [&](const Command& command) {
                               return is_xtnd(command) && treatment(command) == Treatment::ours;
                             }) ||
                 std::any_of(own_.begin(), own_.end(), is_xtnd);
  passes_.reserve(table.size());
  for (const Command& command : table) passes_.push_back(passes(command));
}

// RSET ends XTND SCAN, and UIDL waits for the ids.
bool SessionCommands::passes(const Command& command) const noexcept {
  const bool has_arguments = command.syntax != command.name;
  return as_typed_ && treatment(command) == Treatment::host && !is_xtnd(command) &&
         (takers_.empty() || !has_arguments) && command.access != Access::reset &&
         command.name != "UIDL" && command.like != "UIDL";
}

bool SessionCommands::passed(const Command& command) const noexcept {
  return passes_[row_of(command)];
}

// The rows point into the policy, whose commands do not move.
void SessionCommands::add_own(std::vector<policy::XCommand>& commands, bool programs) {
  for (policy::XCommand& own : commands) {
    if (own.kind == policy::XCommand::Kind::removed || (is_program(own) && !programs)) continue;
    if (own.summary.empty()) {
      own.summary = own.kind == policy::XCommand::Kind::alias ? "Stands for " + own.target + '.'
                                                              : "A command of this server's own.";
    }
    own_.push_back(Command{.name = own.name,
                           .syntax = own.name,
                           .summary = own.summary,
                           .owner = Owner::ours,
                           .capability = {},
                           .max_words = any_number_of_words,
                           .own = &own});
  }
}

bool SessionCommands::all_hosts() const noexcept {
  return as_typed_ && std::all_of(treatments_.begin(), treatments_.end(),
                                  [](Treatment treatment) { return treatment == Treatment::host; });
}

Treatment SessionCommands::decide(const Command& command, const policy::Resolution& resolution,
                                  const host::Host& host) const {
  if (command.deniable && !resolution.deny_known) {
    return Treatment::unavailable;
  }
  const Command* const like = find_command(command.like);
  if (command.deniable && (names(policy_.commands.deny, command) ||
                           (like != nullptr && names(policy_.commands.deny, *like)) ||
                           refuses_deletion(policy_.deletion, command))) {
    return Treatment::denied;
  }
  if (!command.ours() || !command.handler.needs.met_by(host)) {
    return Treatment::host;
  }
  if (!resolution.intact) {
    return Treatment::unavailable;
  }
  return names(policy_.commands.allow, command) ? Treatment::ours : Treatment::host;
}

bool SessionCommands::capa_needs_us() const noexcept {
  const auto table = command_table();
  return !policy_.capa.implementation.empty() || !view::expire_capability(policy_).empty() ||
         policy::delays_logins(policy_) ||
         std::any_of(table.begin(), table.end(), [&](const Command& command) {
           return !command.capability.empty() && available(command) == command.ours();
         });
}

Treatment SessionCommands::treatment(const Command& command) const noexcept {
  if (is_alias(command)) return treatment(target_of(command));
  if (command.own != nullptr) return own_treatment_;
  return treatments_[row_of(command)];
}

bool SessionCommands::available(const Command& command) const noexcept {
  if (is_alias(command)) return available(target_of(command));
  return treatment(command) == (command.ours() ? Treatment::ours : Treatment::host) ||
         command.owner == Owner::shared;
}

Recognized SessionCommands::named(const CommandLine& line) const noexcept {
  const Recognized recognized = recognize(line);
  return recognized.command != nullptr ? recognized : recognize(line, own_);
}

Recognized SessionCommands::taker(const Recognized& hosts, const CommandLine& line) const noexcept {
  if (takers_.empty() || hosts.command == nullptr || hosts.command->own != nullptr ||
      treatment(*hosts.command) != Treatment::host) {
    return hosts;
  }
  for (const Command* const command : takers_) {
    if (command->takes(*hosts.command, hosts.arguments)) {
      const std::string_view whole(
          line.verb.data(), static_cast<std::size_t>(line.arguments.data() + line.arguments.size() -
                                                     line.verb.data()));
      return {command, command->no_verb ? whole : hosts.arguments};
    }
  }
  return hosts;
}

std::optional<std::string> SessionCommands::meant(std::string_view line) const {
  const std::string_view typed = without_line_end(line);
  const std::string_view meant = policy_.lenient.spaces ? trimmed(typed, " ") : typed;
  bool other = meant.size() != typed.size();
  std::string text(meant);
  if (!own_.empty() || policy_.lenient.top_lines > 0) {
    const CommandLine parsed = parse_command_line(meant);
    const auto [command, arguments] = named(parsed);
    if (command != nullptr && is_alias(*command)) {
      other = true;
      text = command->own->target;
      if (!arguments.empty()) text.append(" ").append(arguments);
      if (parsed.has_nul) text += '\0';
    }
  }
  if (policy_.lenient.top_lines > 0 && is_top_without_lines(text)) {
    other = true;
    text.append(" ").append(std::to_string(policy_.lenient.top_lines));
  }
  return other ? std::optional(text + "\r\n") : std::nullopt;
}

bool SessionCommands::is_unknown_xtnd(const CommandLine& line,
                                      const Command* command) const noexcept {
  return offers_xtnd_ && equals_ignoring_case(line.verb, xtnd) &&
         (command == nullptr || treatment(*command) == Treatment::host);
}

}  // namespace pop3_legacy
