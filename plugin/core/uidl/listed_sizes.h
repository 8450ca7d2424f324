/// The sizes that LIST told on the old server, beside those of the messages of the same numbers.
#ifndef POP3_LEGACY_CORE_UIDL_LISTED_SIZES_H
#define POP3_LEGACY_CORE_UIDL_LISTED_SIZES_H

#include <span>
#include <string>

#include "plugin/core/uidl/listed.h"
#include "plugin/core/uidl/old_list.h"

namespace pop3_legacy::uidl {

/// Why the list cannot be of these messages in this order; empty: nothing speaks against it, or the
/// list has no sizes. No number of it is higher than there are messages.
///
/// Sizes are never equal everywhere: a move adds a header to each message, some servers count the
/// stored octets, and Courier's LIST differs from its own RETR in 6 messages of 200. So a size may
/// be off by what a few headers take, and of ten messages one by anything. A list that is shifted
/// against the maildrop shows by its sizes' being those of the messages next to it.
std::string contradiction(const OldList& list, std::span<const NumberedMessage> messages);

}  // namespace pop3_legacy::uidl

#endif
