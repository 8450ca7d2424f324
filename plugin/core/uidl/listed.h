/// An old list beside the maildrop that it is about: which message each of its ids is for.
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

/// A message of a maildrop; of several, the first has number 1.
struct NumberedMessage {
  Uid uid = 0;
  std::string guid;
  std::string id;  ///< as clients see it, where that is known
  /// As POP3 counts them, and as they are stored, which is what some servers' LIST told; 0: not
  /// known.
  std::uint64_t octets = 0;
  std::uint64_t stored_octets = 0;
};

/// What a list says of an id, beside that it was there.
enum class ListedBy {
  guid,     ///< the message's GUID
  number,   ///< the message's number
  nothing,  ///< a client's file
};
ListedBy listed_by(const OldList& list);

/// The highest number in the list; 0: it has none.
std::size_t last_number(const OldList& list);

/// The list has LIST's answer of the same session with it.
bool has_sizes(const OldList& list);

/// For the administrator, of a list that goes by number: how far that can be trusted.
std::string trust_in_numbers(const OldList& list, std::size_t message_count);

/// In the place of a message: the maildrop has none for this id.
inline constexpr std::size_t no_message = std::numeric_limits<std::size_t>::max();

/// For each entry of a list that says so, the place of its message in `messages`. By number the
/// list may be the beginning of the maildrop: newer messages are not in it. An Error (permanent):
/// by number, and the list is longer than the maildrop, or LIST's sizes contradict
/// (listed_sizes.h); by GUID, and the list has none of its messages; or the list says nothing.
Result<std::vector<std::size_t>> listed_messages(const OldList& list,
                                                 std::span<const NumberedMessage> messages);

/// `id` as the list would have it: getmail writes "-" for "/".
std::string as_listed(OldListFormat format, std::string id);

}  // namespace pop3_legacy::uidl

#endif
