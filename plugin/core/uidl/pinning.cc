#include "plugin/core/uidl/pinning.h"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "plugin/core/base/text.h"
#include "plugin/core/uidl/identifier.h"

namespace pop3_legacy::uidl {

namespace {

Error in_line(const OldEntry& entry, const std::string& why) {
  return {Failure::permanent, "line " + std::to_string(entry.line) + ": " + why};
}

// What the entries so far have: no GUID and no id may come twice.
struct Taken {
  std::unordered_set<std::string_view> guids;
  std::unordered_map<std::string_view, unsigned> ids;  // id → line
};

// Why the entry cannot be pinned to the message with `guid`. Empty: it can, and both are taken now.
std::string obstacle(const OldEntry& entry, const std::string& guid, std::size_t longest,
                     Taken& taken) {
  if (!is_identifier(entry.id, longest)) {
    return "the id of " + std::to_string(entry.id.size()) + " octets is longer than " +
           std::to_string(longest) +
           " (uidl.max_length), and is not pinned: " + in_quotes(entry.id);
  }
  if (taken.guids.contains(guid)) {
    return "the message has the same GUID as one before it, " + in_quotes(guid) +
           ", and cannot be pinned to " + in_quotes(entry.id);
  }
  const auto [first, is_new] = taken.ids.try_emplace(entry.id, entry.line);
  if (!is_new) {
    return "the id " + in_quotes(entry.id) + " is pinned to the message of line " +
           std::to_string(first->second) + ", and this one has another";
  }
  taken.guids.insert(guid);
  return {};
}

}  // namespace

Result<Pinning> pin_list(const OldList& list, std::span<const NumberedMessage> messages,
                         GuidIds pins, bool replace, std::size_t longest) {
  const auto places = listed_messages(list, messages);
  if (!places) return places.error();

  std::unordered_map<std::string, std::string> owners;  // id → GUID
  for (const auto& [guid, id] : pins) owners.emplace(id, guid);
  Taken taken;
  Pinning out;
  std::optional<Error> first_problem;
  for (std::size_t i = 0; i < list.entries.size(); ++i) {
    const OldEntry& entry = list.entries[i];
    if (places.value()[i] == no_message) {
      ++out.gone;
      continue;
    }
    const std::string& guid = messages[places.value()[i]].guid;
    if (const std::string why = obstacle(entry, guid, longest, taken); !why.empty()) {
      ++out.not_pinned;
      Error told = in_line(entry, why);
      if (out.odd.size() < told_oddities) out.odd.push_back(told.text);
      if (!first_problem) first_problem = std::move(told);
      continue;
    }
    out.pinned.push_back(i);
    const auto before = pins.find(guid);
    if (before != pins.end() && before->second == entry.id) {
      ++out.present;
      continue;
    }
    const auto owner = owners.find(entry.id);
    if (!replace && before != pins.end()) {
      return in_line(entry, "the message is pinned to " + in_quotes(before->second) + ", not " +
                                in_quotes(entry.id));
    }
    if (!replace && owner != owners.end()) {
      return in_line(entry, "the id " + in_quotes(entry.id) + " is pinned to another message");
    }
    ++out.added;
  }
  if (out.pinned.empty() && first_problem) return *first_problem;
  // The old pins are removed first, because two messages may have exchanged their ids.
  for (const std::size_t i : out.pinned) {
    pins.erase(messages[places.value()[i]].guid);
    if (const auto owner = owners.find(list.entries[i].id); owner != owners.end()) {
      pins.erase(owner->second);
    }
  }
  for (const std::size_t i : out.pinned) {
    pins.insert_or_assign(messages[places.value()[i]].guid, list.entries[i].id);
  }
  out.pins = std::move(pins);
  return out;
}

}  // namespace pop3_legacy::uidl
