/// Compares the sizes that LIST showed on the old server with those of the messages with the same
/// numbers.
#ifndef POP3_LEGACY_CORE_UIDL_LISTED_SIZES_H
#define POP3_LEGACY_CORE_UIDL_LISTED_SIZES_H

#include <span>
#include <string>

#include "plugin/core/uidl/listed.h"
#include "plugin/core/uidl/old_list.h"

namespace pop3_legacy::uidl {

/// Why the list cannot belong to these messages in this order; empty: nothing contradicts it, or
/// the list has no sizes. Requires that no number in it is higher than the number of messages.
///
/// The sizes are never all equal: a move adds a header to each message, some servers count the
/// octets as stored, and Courier's LIST differs from its own RETR in 6 of 200 messages. So a size
/// may differ by what a few headers take, and one in ten messages by any amount. If the list is
/// shifted against the maildrop, its sizes are those of neighbouring messages.
std::string contradiction(const OldList& list, std::span<const NumberedMessage> messages);

}  // namespace pop3_legacy::uidl

#endif
