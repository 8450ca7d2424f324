/// From an old list to the ids that are imported for a mailbox (pins).
#ifndef POP3_LEGACY_CORE_UIDL_PINNING_H
#define POP3_LEGACY_CORE_UIDL_PINNING_H

#include <cstddef>
#include <span>

#include "plugin/core/result.h"
#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/listed.h"
#include "plugin/core/uidl/old_list.h"

namespace pop3_legacy::uidl {

struct Pinning {
  GuidIds pins;             ///< all there are to be now
  std::size_t added = 0;    ///< of the list, new ones and changed ones
  std::size_t present = 0;  ///< of the list, which were pinned so before
  std::size_t gone = 0;     ///< of the list, for messages that the mailbox has no more
};

/// The list's ids added to `pins`, those that there are. A list that pins a message to another id
/// than before, or its id to another message, is refused, or with `replace` wins. An Error
/// (permanent) says why nothing can be pinned: the list fits no message (listed.h), or an id is
/// not legal (identifier.h).
Result<Pinning> pin_list(const OldList& list, std::span<const NumberedMessage> messages,
                         GuidIds pins, bool replace);

}  // namespace pop3_legacy::uidl

#endif
