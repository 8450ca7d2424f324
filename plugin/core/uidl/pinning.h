/// From an old list to the ids that are imported for a mailbox (pins).
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
  GuidIds pins;                     ///< all there are to be now
  std::size_t added = 0;            ///< of the list, new ones and changed ones
  std::size_t present = 0;          ///< of the list, which were pinned so before
  std::size_t gone = 0;             ///< of the list, for messages that the mailbox has no more
  std::vector<std::size_t> pinned;  ///< of the list's entries, those that are pinned now
  /// "line N: …": of the list, what cannot be pinned and why; the first told_oddities.
  std::vector<std::string> odd;
  std::size_t not_pinned = 0;  ///< all of those
};

/// The list's ids added to `pins`, those that there are. Where an id is there for several messages
/// the first has it. A list that pins a message to another id than before, or its id to another
/// message, is refused, or with `replace` wins. One id that cannot be pinned (it is longer than
/// `longest` octets, or its message is a copy of another one) does not keep the others from it. An
/// Error (permanent) says why nothing can be pinned: the list fits no message (listed.h), or there
/// is not one id that can be.
Result<Pinning> pin_list(const OldList& list, std::span<const NumberedMessage> messages,
                         GuidIds pins, bool replace, std::size_t longest = max_identifier_octets);

}  // namespace pop3_legacy::uidl

#endif
