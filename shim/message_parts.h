/// Splits messages into parts with GMime, where Dovecot uses lib-mail.
#ifndef POP3_LEGACY_SHIM_MESSAGE_PARTS_H
#define POP3_LEGACY_SHIM_MESSAGE_PARTS_H

#include <memory>

#include "plugin/core/mangle/message_parts.h"
#include "shim/maildrop.h"

namespace pop3_legacy::shim {

/// GMime needs a seekable stream and keeps every header: the message is copied to a temporary file,
/// and its headers stay in memory while it is read.
Result<std::unique_ptr<MessageParts>> take_apart(MessageReader& message);

}  // namespace pop3_legacy::shim

#endif
