#include "plugin/core/policy/report.h"

#include <string_view>
#include <variant>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/keys.h"
#include "plugin/core/policy/reader/json.h"

namespace pop3_legacy::policy {

namespace {

// Calls line(key, value) for each key that Policy has.
template <class Line>
void for_each_value(Policy policy, Line&& line) {
  for (const Section* const section : sections()) {
    for (const Key& key : section->keys) {
      const std::string value =
          std::visit([&](const auto& kind) { return kind.toml(policy); }, key.kind);
      if (!value.empty()) line(key, value);
    }
  }
}

}  // namespace

std::string show(const Policy& policy) {
  std::string top;  // keys outside of tables come before all tables
  std::string out;
  std::string_view table;
  for_each_value(policy, [&](const Key& key, const std::string& value) {
    if (table_of(key.path).empty()) {
      top.append(key.path).append(" = ").append(value).append("\n");
      return;
    }
    if (table_of(key.path) != table) {
      table = table_of(key.path);
      out.append(out.empty() ? "[" : "\n[").append(table).append("]\n");
    }
    out.append(last_part(key.path)).append(" = ").append(value).append("\n");
  });
  return top.empty() ? out : top + '\n' + out;
}

std::string explain(const Policy& policy, const Origins& origins, Told told) {
  std::string out;
  for_each_value(policy, [&](const Key& key, const std::string& value) {
    const auto origin = origins.find(key.path);
    if (origin == origins.end() && told == Told::changed) return;
    out.append(key.path).append(" = ").append(value).append("  # ");
    out += origin == origins.end()
               ? "built in"
               : printable(origin->second.location) + ':' + std::to_string(origin->second.line);
    out += '\n';
  });
  return out;
}

std::string json(const Policy& policy, const Origins& origins, Told told) {
  std::string document;
  for_each_value(policy, [&](const Key& key, const std::string& value) {
    if (told == Told::changed && !origins.contains(key.path)) return;
    document.append("\"").append(key.path).append("\" = ").append(value).append("\n");
  });
  return json_of(document);
}

}  // namespace pop3_legacy::policy
