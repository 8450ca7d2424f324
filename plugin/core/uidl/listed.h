/// Compares an old list with the maildrop: which message each of its ids belongs to.
#ifndef POP3_LEGACY_CORE_UIDL_LISTED_H
#define POP3_LEGACY_CORE_UIDL_LISTED_H

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/host/types.h"
#include "plugin/core/uidl/old_list.h"

namespace pop3_legacy::uidl {

/// A message of a maildrop; the first has number 1.
struct NumberedMessage {
  Uid uid = 0;
  std::string guid;
  std::string id;  ///< as clients see it, if known
  /// As POP3 counts them, and as they are stored, which is what some servers' LIST showed; 0: not
  /// known.
  std::uint64_t octets = 0;
  std::uint64_t stored_octets = 0;
};

/// How a list identifies the message of an id, besides containing the id.
enum class ListedBy {
  guid,     ///< the message's GUID
  number,   ///< the message's number
  nothing,  ///< not at all: a client's file
};
ListedBy listed_by(const OldList& list);

/// The highest number in the list; 0: it has no numbers.
std::size_t last_number(const OldList& list);

/// The list includes LIST's answer of the same session.
bool has_sizes(const OldList& list);

/// For the administrator: how far the numbers of a list that has nothing else can be trusted.
std::string trust_in_numbers(const OldList& list, std::size_t message_count);

/// Stands for a message: the maildrop has none for this id.
inline constexpr std::size_t no_message = std::numeric_limits<std::size_t>::max();

/// The place in `messages` of each entry's message, if the list identifies messages. A numbered
/// list may be just the beginning of the maildrop: newer messages are not in it. An Error
/// (permanent): the list has numbers and is longer than the maildrop, or LIST's sizes contradict it
/// (listed_sizes.h); it has GUIDs and none of its messages is there; or it identifies no messages.
Result<std::vector<std::size_t>> listed_messages(const OldList& list,
                                                 std::span<const NumberedMessage> messages);

/// `id` as the list would contain it: getmail writes "-" for "/".
std::string as_listed(OldListFormat format, std::string id);

}  // namespace pop3_legacy::uidl

#endif
