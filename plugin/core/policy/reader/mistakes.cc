#include "plugin/core/policy/reader/mistakes.h"

#include <algorithm>
#include <utility>

#include "plugin/core/base/text.h"

namespace pop3_legacy::policy {

namespace {

template <class Predicate>
bool any_key(Predicate&& predicate) {
  return std::any_of(sections().begin(), sections().end(), [&](const Section* section) {
    return std::any_of(section->keys.begin(), section->keys.end(), predicate);
  });
}

// The unknown key `name` may have been meant as a key of `table`, or as the table itself.
bool looks_like_table(std::string_view name, std::string_view table) {
  return near(name, table) || any_key([&](const Key& key) {
           return table_of(key.path) == table &&
                  (near(name, key.path) || near(name, last_part(key.path)));
         });
}

// The path of a key or table that withholds something from the client.
bool withholds(std::string_view path) {
  const std::string_view table = table_of(path);
  return path == deny_path || path == inherit_path || path == table_of(deny_path) ||
         std::any_of(withholding_tables.begin(), withholding_tables.end(),
                     [&](std::string_view one) { return one == path || one == table; });
}

// The unknown key `name` may have been meant to deny a command, whatever table it is in.
bool looks_like_deny(std::string_view name) {
  return near(name, inherit_path) || near(name, deny_path) || near(name, table_of(deny_path)) ||
         near(name, last_part(deny_path)) ||
         std::any_of(withholding_tables.begin(), withholding_tables.end(),
                     [&](std::string_view table) { return looks_like_table(name, table); });
}

// The same for the UIDL scheme.
bool looks_like_uidl(std::string_view name) {
  return near(name, inherit_path) || looks_like_table(name, uidl_table);
}

// `name`, or a name inside its table.
bool may_hide(bool (*looks_like_it)(std::string_view), std::string_view name,
              const toml::node& node) {
  if (looks_like_it(name)) return true;
  const toml::table* const table = node.as_table();
  if (table == nullptr) return false;
  return std::any_of(table->cbegin(), table->cend(), [&](const auto& entry) {
    return may_hide(looks_like_it, entry.first.str(), entry.second);
  });
}

// The known key whose spelling is near `path`, or else one with that name in another table.
std::string_view key_meant_by(std::string_view path) {
  std::vector<std::string_view> paths;
  std::vector<std::string_view> names;
  for (const Section* const section : sections()) {
    for (const Key& key : section->keys) {
      paths.push_back(key.path);
      names.push_back(last_part(key.path));
    }
  }
  const std::string_view by_path = nearest(path, paths);
  if (!by_path.empty()) return by_path;
  const std::string_view by_name = nearest(last_part(path), names);
  const auto name = std::find(names.begin(), names.end(), by_name);
  return name == names.end() ? std::string_view{}
                             : paths[static_cast<std::size_t>(name - names.begin())];
}

}  // namespace

std::string type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return node.is_array_of_tables() ? "an array of tables" : "a list";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or time";
    case toml::node_type::none:
      break;
  }
  return "nothing";
}

std::vector<std::string_view> known_tables() {
  std::vector<std::string_view> tables;
  for (const Section* const section : sections()) {
    // [x_commands] is a key whose value is a table.
    if (!section->table.empty() && find_key(section->table) == nullptr) {
      tables.push_back(section->table);
    }
  }
  return tables;
}

std::string Problem::sentence() const {
  if (file.empty()) return printable(text);
  std::string out = file;
  if (line > 0) out += ':' + std::to_string(line);
  if (column > 0) out += ':' + std::to_string(column);
  return printable(out + ": " + text);
}

void Mistakes::report(const toml::source_region& where, std::string text) {
  report(static_cast<unsigned>(where.begin.line), static_cast<unsigned>(where.begin.column),
         std::move(text));
}

void Mistakes::report(unsigned line, unsigned column, std::string text) {
  problems.push_back({file_, line, column, std::move(text)});
}

void Mistakes::refuse(const Key& key, const toml::node& node, const std::string& why) {
  refuse(key.path, node, why);
}

void Mistakes::refuse(std::string_view path, const toml::node& node, const std::string& why) {
  if (withholds(path)) deny_trusted = false;
  if (table_of(path) == uidl_table || path == inherit_path) uidl_trusted = false;
  report(node.source(), std::string(path) + ' ' + why);
}

void Mistakes::refuse_table(std::string_view path, const toml::node& node) {
  if (path == uidl_table) uidl_trusted = false;
  refuse(path, node, "has to be a table, [" + std::string(path) + "], not " + type_name(node));
}

void Mistakes::distrust(const toml::key& name, const toml::node& node) {
  if (may_hide(looks_like_deny, name.str(), node)) deny_trusted = false;
  if (may_hide(looks_like_uidl, name.str(), node)) uidl_trusted = false;
}

void Mistakes::report_unknown(const std::string& path, const toml::key& name,
                              const toml::node& node) {
  distrust(name, node);
  if (withholds(path)) deny_trusted = false;
  if (table_of(path) == uidl_table) uidl_trusted = false;
  const bool table_at_top = node.is_table() && path == name.str();
  std::string text = (table_at_top ? "unknown table " : "unknown key ") + in_quotes(path);
  if (table_at_top) {
    const std::vector<std::string_view> tables = known_tables();
    const std::string meant = suggestion(path, tables);
    text += meant.empty() ? ", only " + enumerated(tables) + " are known" : meant;
  } else if (const std::string_view meant = key_meant_by(path); !meant.empty()) {
    text += "; did you mean " + in_quotes(meant) + (meant == path ? " without the quotes?" : "?");
  }
  report(name.source(), std::move(text));
}

}  // namespace pop3_legacy::policy
