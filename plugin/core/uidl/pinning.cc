#include "plugin/core/uidl/pinning.h"

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "plugin/core/text.h"
#include "plugin/core/uidl/identifier.h"

namespace pop3_legacy::uidl {

namespace {

Error in_line(const OldEntry& entry, const std::string& why) {
  return {Failure::permanent, "line " + std::to_string(entry.line) + ": " + why};
}

}  // namespace

Result<Pinning> pin_list(const OldList& list, std::span<const NumberedMessage> messages,
                         GuidIds pins, bool replace) {
  const auto places = listed_messages(list, messages);
  if (!places) return places.error();

  std::unordered_map<std::string, std::string> owners;  // id → GUID
  for (const auto& [guid, id] : pins) owners.emplace(id, guid);
  std::unordered_set<std::string_view> named;
  Pinning out;
  for (std::size_t i = 0; i < list.entries.size(); ++i) {
    const OldEntry& entry = list.entries[i];
    if (!is_identifier(entry.id)) {
      return in_line(entry, "POP3 does not allow the id " + in_quotes(entry.id) + " of " +
                                std::to_string(entry.id.size()) + " octets");
    }
    if (places.value()[i] == no_message) {
      ++out.gone;
      continue;
    }
    const std::string& guid = messages[places.value()[i]].guid;
    if (!named.insert(guid).second) {
      return in_line(entry, "another message before this one has the same GUID " + in_quotes(guid));
    }
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
  // The old ones go first: two messages may have changed their ids.
  for (std::size_t i = 0; i < list.entries.size(); ++i) {
    if (places.value()[i] == no_message) continue;
    pins.erase(messages[places.value()[i]].guid);
    if (const auto owner = owners.find(list.entries[i].id); owner != owners.end()) {
      pins.erase(owner->second);
    }
  }
  for (std::size_t i = 0; i < list.entries.size(); ++i) {
    if (places.value()[i] == no_message) continue;
    pins.insert_or_assign(messages[places.value()[i]].guid, list.entries[i].id);
  }
  out.pins = std::move(pins);
  return out;
}

}  // namespace pop3_legacy::uidl
