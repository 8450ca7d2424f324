/// Turns an old list into ids that are imported for a mailbox (pins).
#ifndef POP3_LEGACY_CORE_UIDL_PINNING_H
#define POP3_LEGACY_CORE_UIDL_PINNING_H

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/identifier_length.h"
#include "plugin/core/uidl/listed.h"
#include "plugin/core/uidl/old_list.h"

namespace pop3_legacy::uidl {

struct Pinning {
  GuidIds pins;             ///< the complete new set
  std::size_t added = 0;    ///< from the list: new and changed ones
  std::size_t present = 0;  ///< from the list: those already pinned
  std::size_t gone = 0;     ///< from the list: those whose messages are no longer in the mailbox
  std::vector<std::size_t> pinned;  ///< indexes of the list's entries that are now pinned
  /// "line N: …": what cannot be pinned, and why; the first told_oddities entries.
  std::vector<std::string> odd;
  std::size_t not_pinned = 0;  ///< the number of all such entries
};

/// Adds the list's ids to the existing `pins`. If several messages have the same id, the first gets
/// it. If the list pins a message to another id than before, or its id to another message, it is
/// refused; with `replace` the list wins. An id that cannot be pinned (it is longer than `longest`
/// octets, or its message is a copy of another) does not affect the others. An Error (permanent)
/// says why nothing can be pinned: the list fits no message (listed.h), or no id can be pinned.
Result<Pinning> pin_list(const OldList& list, std::span<const NumberedMessage> messages,
                         GuidIds pins, bool replace, std::size_t longest = max_identifier_octets);

}  // namespace pop3_legacy::uidl

#endif
