/// Takes messages of a maildrop apart with GMime, where Dovecot has lib-mail.
#ifndef POP3_LEGACY_SHIM_MESSAGE_PARTS_H
#define POP3_LEGACY_SHIM_MESSAGE_PARTS_H

#include <memory>

#include "plugin/core/mangle/message_parts.h"
#include "shim/maildrop.h"

namespace pop3_legacy::shim {

/// GMime wants a stream that it can seek in, and keeps every header: the message is copied to a
/// temporary file, and its headers are in memory while it is taken apart.
Result<std::unique_ptr<MessageParts>> take_apart(MessageReader& message);

}  // namespace pop3_legacy::shim

#endif
