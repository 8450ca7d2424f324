/// An old list beside the maildrop that it is about: which message each of its ids is for.
#ifndef POP3_LEGACY_CORE_UIDL_LISTED_H
#define POP3_LEGACY_CORE_UIDL_LISTED_H

#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "plugin/core/port.h"
#include "plugin/core/result.h"
#include "plugin/core/uidl/old_list.h"

namespace pop3_legacy::uidl {

/// A message of a maildrop; of several, the first has number 1.
struct NumberedMessage {
  Uid uid = 0;
  std::string guid;
  std::string id;  ///< as clients see it, where that is known
};

/// What a list says of an id, beside that it was there.
enum class ListedBy {
  guid,     ///< the message's GUID
  number,   ///< the message's number
  nothing,  ///< a client's file
};
ListedBy listed_by(const OldList& list);

/// In the place of a message: the maildrop has none for this id.
inline constexpr std::size_t no_message = std::numeric_limits<std::size_t>::max();

/// For each entry of a list that says so, the place of its message in `messages`. An Error
/// (permanent): by number, and the list is not as long as the maildrop; by GUID, and the list has
/// none of its messages; or the list says nothing.
Result<std::vector<std::size_t>> listed_messages(const OldList& list,
                                                 std::span<const NumberedMessage> messages);

/// `id` as the list would have it: getmail writes "-" for "/".
std::string as_listed(OldListFormat format, std::string id);

}  // namespace pop3_legacy::uidl

#endif
