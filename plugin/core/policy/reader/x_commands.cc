#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/reader/values.h"
#include "plugin/core/policy/x_commands.h"

namespace pop3_legacy::policy {

namespace {

// False: it has been refused.
bool read_x_value(XCommand& command, std::string_view word, const Part& part) {
  if (word == "timeout") {
    const auto seconds = seconds_in(part, 1, most_x_timeout);
    command.timeout = seconds.value_or(0);
    return seconds.has_value();
  }
  if (word == "max_output") {
    const auto octets = octets_in(part, 1, most_x_octets);
    command.max_octets = octets.value_or(0);
    return octets.has_value();
  }
  if (word == "multi_line") {
    const auto flag = flag_in(part);
    command.multi_line = flag.value_or(false);
    return flag.has_value();
  }
  std::vector<std::string> lines;
  const toml::array* const list = word == "reply" ? part.node.as_array() : nullptr;
  const auto add = [&](const toml::node& element) {
    auto text = text_in({part.path, element, part.mistakes});
    if (text) lines.push_back(std::move(*text));
    return text.has_value();
  };
  if (list == nullptr ? !add(part.node) : !std::all_of(list->cbegin(), list->cend(), add)) {
    return false;
  }
  const Status set = set_x_command(command, word, std::move(lines));
  if (!set) part.refuse(set.error().text);
  return set.ok();
}

std::optional<XCommand> x_command_in(std::string name, const toml::node& node, Mistakes& mistakes) {
  const std::string path = "x_commands." + name;
  XCommand command;
  command.name = std::move(name);
  if (const auto* const flag = node.as_boolean(); flag != nullptr && !flag->get()) {
    return command;
  }
  const toml::table* const table = node.as_table();
  if (table == nullptr) {
    mistakes.refuse(
        path, node,
        R"(has to be a table, like { alias = "STAT" }, or false, not )" + type_name(node));
    return std::nullopt;
  }
  bool good = true;
  bool for_programs = false;
  for (const auto& [key, value] : *table) {
    const std::string_view word = key.str();
    const std::string value_path = path + '.' + std::string(word);
    const XCommandValue kind = x_command_value(word);
    if (kind == XCommandValue::unknown) {
      mistakes.distrust(key, value);
      mistakes.report(key.source(),
                      path + " cannot have " + in_quotes(word) + x_command_suggestion(word));
      good = false;
    } else if (kind == XCommandValue::what && command.kind != XCommand::Kind::removed) {
      mistakes.report(key.source(),
                      path + " has to have one of alias, reply, program and script only");
      good = false;
    } else {
      for_programs = for_programs || kind == XCommandValue::for_programs;
      good = read_x_value(command, word, {value_path, value, mistakes}) && good;
    }
  }
  if (!good) return std::nullopt;
  if (command.kind == XCommand::Kind::removed) {
    mistakes.refuse(path, node, "needs one of alias, reply, program and script");
    return std::nullopt;
  }
  if (for_programs && command.kind != XCommand::Kind::program &&
      command.kind != XCommand::Kind::script) {
    mistakes.refuse(path, node, "may have timeout, max_output and multi_line with a program only");
    return std::nullopt;
  }
  return command;
}

}  // namespace

std::optional<Setter> read(const XCommandsKey& /*kind*/, const Value& value) {
  const toml::table* const table = value.node.as_table();
  if (table == nullptr) {
    value.refuse("has to be a table, [x_commands], not " + type_name(value.node));
    return std::nullopt;
  }
  const std::string path(value.key.path);
  std::set<std::string> names;
  std::vector<XCommand> commands;
  for (const auto& [typed, entry] : *table) {
    Result<std::string> name = x_command_name(typed.str());
    if (!name) {
      // This may be where a misplaced [commands] entry ended up.
      value.mistakes.distrust(typed, entry);
      value.mistakes.report(typed.source(), path + ": " + name.error().text);
    } else if (!names.insert(name.value()).second) {
      value.mistakes.report(typed.source(), path + " has " + name.value() + " twice");
    } else if (auto command = x_command_in(std::move(name.value()), entry, value.mistakes)) {
      commands.push_back(std::move(*command));
    }
  }
  if (commands.empty()) return std::nullopt;
  return [commands = std::move(commands)](Policy& policy) {
    for (const XCommand& command : commands) put_x_command(policy.x_commands, command);
  };
}

}  // namespace pop3_legacy::policy
