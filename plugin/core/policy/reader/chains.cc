#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/reader/values.h"
#include "plugin/core/policy/sections/sections.h"

namespace pop3_legacy::policy {

namespace {

// No value: it has been refused.
std::optional<std::vector<std::string>> chain_in(const Value& value, const toml::node& node) {
  std::vector<std::string> names;
  const toml::array* const list = node.as_array();
  const auto add = [&](const toml::node& element) {
    const auto* const name = element.as_string();
    if (name != nullptr) {
      names.push_back(name->get());
    } else {
      value.refuse(element, "has to be the name of a scheme in quotes, or a list of names, not " +
                                type_name(element));
    }
    return name != nullptr;
  };
  if (list == nullptr ? !add(node) : !std::all_of(list->cbegin(), list->cend(), add)) {
    return std::nullopt;
  }
  Result<std::vector<std::string>> chain = chain_of(names);
  if (chain) return std::move(chain.value());
  value.refuse(node, "is wrong: " + chain.error().text);
  return std::nullopt;
}

std::optional<UidlPlan::Cutover> cutover_in(const Value& value, const toml::node& node) {
  const toml::table* const table = node.as_table();
  if (table == nullptr) {
    value.refuse(node, "has to be a list of tables, [[uidl.cutover]]");
    return std::nullopt;
  }
  for (const auto& [name, entry] : *table) {
    if (name.str() != "before" && name.str() != "scheme") {
      value.refuse(entry, R"(has "before" and "scheme" only, not )" + in_quotes(name.str()));
      return std::nullopt;
    }
  }
  const toml::node* const before = table->get("before");
  const toml::node* const scheme = table->get("scheme");
  const auto* const day = before == nullptr ? nullptr : before->as_date();
  if (day == nullptr || scheme == nullptr) {
    value.refuse(before == nullptr || day != nullptr ? node : *before,
                 "needs a day without quotes, before = 2026-03-01, and a scheme");
    return std::nullopt;
  }
  auto chain = chain_in(value, *scheme);
  if (!chain) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(day->get().year),
                                         std::chrono::month(day->get().month),
                                         std::chrono::day(day->get().day)};
  return UidlPlan::Cutover{
      std::chrono::seconds(std::chrono::sys_days(date).time_since_epoch()).count(),
      std::move(*chain)};
}

}  // namespace

std::optional<Setter> read(const ChainKey& kind, const Value& value) {
  auto chain = chain_in(value, value.node);
  if (!chain) return std::nullopt;
  return
      [member = kind.member, chain = std::move(*chain)](Policy& policy) { member(policy) = chain; };
}

std::optional<Setter> read(const CutoversKey& kind, const Value& value) {
  const toml::array* const list = value.node.as_array();
  std::vector<UidlPlan::Cutover> cutovers;
  if (list == nullptr) {
    value.refuse(R"(has to be written as [[uidl.cutover]], with a date "before" and a "scheme")");
    return std::nullopt;
  }
  for (const toml::node& element : *list) {
    auto cutover = cutover_in(value, element);
    if (!cutover) return std::nullopt;
    cutovers.push_back(std::move(*cutover));
  }
  std::sort(cutovers.begin(), cutovers.end(),
            [](const auto& a, const auto& b) { return a.before < b.before; });
  for (std::size_t i = 1; i < cutovers.size(); ++i) {
    if (cutovers[i - 1].before == cutovers[i].before) {
      value.refuse("has the same day twice");
      return std::nullopt;
    }
  }
  return [member = kind.member, cutovers = std::move(cutovers)](Policy& policy) {
    member(policy) = cutovers;
  };
}

}  // namespace pop3_legacy::policy
