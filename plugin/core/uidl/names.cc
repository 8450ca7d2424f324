#include "plugin/core/uidl/names.h"

#include <algorithm>

#include "plugin/core/uidl/memory.h"

namespace pop3_legacy::uidl {

void Names::leave_out(std::size_t row, const Error& error) {
  names.resize(std::max(names.size(), row + 1));
  named.resize(names.size());
  names[row] = {.by = NamedBy::nobody, .id = {}};
  named[row] = {};
  ++left_out;
  if (error.kind == Failure::gone) return;
  if (!unread) {
    unread = error;
    first_unread = row;
  }
  ++unread_count;
}

std::vector<Event> unusual_names(const Names& names, const Plan& plan) {
  std::vector<Event> said;
  if (names.replaced > 0) {
    said.push_back({LogLevel::warning,
                    (names.replaced == 1 ? "1 message has an id"
                                         : std::to_string(names.replaced) + " messages have ids") +
                        " by " + plan_words(plan) +
                        " that POP3 does not allow, replaced for good; the first has UID " +
                        std::to_string(names.first_replaced)});
  }
  if (names.unread) {
    said.push_back(
        {LogLevel::error, (names.unread_count == 1 ? "1 message cannot be read, and has"
                                                   : std::to_string(names.unread_count) +
                                                         " messages cannot be read, and have") +
                              " no id in this session: " + names.unread->text});
  }
  return said;
}

std::string first_names(const Names& names, std::size_t messages, const Plan& plan) {
  std::string counts;
  const auto add = [](std::string& to, std::uint64_t number, const std::string& what) {
    if (number > 0) to += (to.empty() ? "" : ", ") + std::to_string(number) + " " + what;
  };
  add(counts, names.imported, "pinned");
  for (const auto& [who, number] : names.computed) add(counts, number, who);
  add(counts, names.left_out, "without an id in this session");
  std::string among;
  add(among, names.replaced, "not allowed by POP3 and replaced");
  add(among, names.told_apart, "told apart from equal ones");
  return "ids by " + plan_words(plan) + " from now on: " + std::to_string(messages) +
         (messages == 1 ? " message" : " messages") + (counts.empty() ? "" : ", " + counts) +
         (among.empty() ? "" : "; among them " + among);
}

}  // namespace pop3_legacy::uidl
