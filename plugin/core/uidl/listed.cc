#include "plugin/core/uidl/listed.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace pop3_legacy::uidl {

namespace {

Error refused(std::string why) {
  return {Failure::permanent, std::move(why)};
}

Result<std::vector<std::size_t>> by_guid(const OldList& list,
                                         std::span<const NumberedMessage> messages) {
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t place = 0; place < messages.size(); ++place) {
    places.emplace(messages[place].guid, place);
  }
  std::vector<std::size_t> found;
  found.reserve(list.entries.size());
  for (const OldEntry& entry : list.entries) {
    const auto place = places.find(entry.guid);
    found.push_back(place == places.end() ? no_message : place->second);
  }
  if (std::all_of(found.begin(), found.end(), [](std::size_t p) { return p == no_message; })) {
    return refused(
        "no message of the mailbox has one of the list's GUIDs; if the list is of another server's "
        "copy with the same messages in the same order, leave only its numbers and ids "
        "(cut -f 1,4, without the first line)");
  }
  return found;
}

Result<std::vector<std::size_t>> by_number(const OldList& list,
                                           std::span<const NumberedMessage> messages) {
  if (list.entries.size() != messages.size()) {
    return refused("the list has " + std::to_string(list.entries.size()) + " ids and the mailbox " +
                   std::to_string(messages.size()) + " messages");
  }
  std::vector<std::size_t> found(list.entries.size());
  for (std::size_t place = 0; place < found.size(); ++place) found[place] = place;
  return found;
}

}  // namespace

ListedBy listed_by(const OldList& list) {
  if (!list.entries.front().guid.empty()) return ListedBy::guid;
  return list.entries.front().number ? ListedBy::number : ListedBy::nothing;
}

Result<std::vector<std::size_t>> listed_messages(const OldList& list,
                                                 std::span<const NumberedMessage> messages) {
  switch (listed_by(list)) {
    case ListedBy::guid:
      return by_guid(list, messages);
    case ListedBy::number:
      return by_number(list, messages);
    case ListedBy::nothing:
      break;
  }
  return refused("the list is " + std::string(format_name(list.format)) +
                 ", which does not say which message has which id; the old server's UIDL answer "
                 "does");
}

std::string as_listed(OldListFormat format, std::string id) {
  if (format == OldListFormat::getmail) std::replace(id.begin(), id.end(), '/', '-');
  return id;
}

}  // namespace pop3_legacy::uidl
