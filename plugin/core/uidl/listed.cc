#include "plugin/core/uidl/listed.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "plugin/core/uidl/listed_sizes.h"

namespace pop3_legacy::uidl {

namespace {

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
  if (!found.empty() &&
      std::all_of(found.begin(), found.end(), [](std::size_t p) { return p == no_message; })) {
    return refused(
        "no message of the mailbox has one of the list's GUIDs; if the list is of another server's "
        "copy with the same messages in the same order, keep only its numbers and ids "
        "(cut -f 1,4, without the first line)");
  }
  return found;
}

Result<std::vector<std::size_t>> by_number(const OldList& list,
                                           std::span<const NumberedMessage> messages) {
  const std::size_t last = last_number(list);
  if (last > messages.size()) {
    return refused((last == list.entries.size()
                        ? "the list has " + std::to_string(last) + " ids"
                        : "the list goes up to message " + std::to_string(last)) +
                   " and the mailbox " + std::to_string(messages.size()) + " messages");
  }
  if (const std::string why = contradiction(list, messages); !why.empty()) return refused(why);
  std::vector<std::size_t> found;
  found.reserve(list.entries.size());
  for (const OldEntry& entry : list.entries) {
    found.push_back(entry.number ? std::size_t{*entry.number} - 1 : no_message);
  }
  return found;
}

}  // namespace

ListedBy listed_by(const OldList& list) {
  switch (list.format) {
    case OldListFormat::own:
      return ListedBy::guid;
    case OldListFormat::uidl:
      return ListedBy::number;
    default:
      return ListedBy::nothing;
  }
}

std::size_t last_number(const OldList& list) {
  std::uint32_t last = 0;
  for (const OldEntry& entry : list.entries) last = std::max(last, entry.number.value_or(0));
  return last;
}

bool has_sizes(const OldList& list) {
  return std::any_of(list.entries.begin(), list.entries.end(),
                     [](const OldEntry& entry) { return entry.octets.has_value(); });
}

std::string trust_in_numbers(const OldList& list, std::size_t message_count) {
  std::string trust =
      has_sizes(list)
          ? "the ids are matched by message number, and LIST's sizes do not contradict that"
          : "the ids are matched by message number alone: whether message N is the same on both "
            "servers is not known (a session saved with LIST's answer would tell more)";
  if (const std::size_t last = last_number(list); last < message_count) {
    trust += "; the list ends at message " + std::to_string(last) + " of " +
             std::to_string(message_count);
  }
  return trust;
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
  if (list.entries.empty()) return std::vector<std::size_t>();
  return refused("the list is " + std::string(format_name(list.format)) +
                 ", which does not say which message has which id; the old server's UIDL answer "
                 "does");
}

std::string as_listed(OldListFormat format, std::string id) {
  if (format == OldListFormat::getmail) std::replace(id.begin(), id.end(), '/', '-');
  return id;
}

}  // namespace pop3_legacy::uidl
