/// The ids that a POP3 client would see if it logged in now.
#ifndef POP3_LEGACY_DOVEADM_SHOWN_IDS_H
#define POP3_LEGACY_DOVEADM_SHOWN_IDS_H

#include <functional>

#include "plugin/core/base/result.h"
#include "plugin/core/policy/resolver.h"
#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/maildrop.h"
#include "plugin/doveadm/doveadm_host.h"
#include "plugin/doveadm/inbox.h"

namespace pop3_legacy::doveadm {

/// Calls `look` with the mailbox as it is. Nothing is stored.
void look_at(struct mailbox* box, const std::function<void(uidl::Maildrop&)>& look);

/// Gives the messages their ids; if `pins` is not nullptr, those they would have with these pins. A
/// message without an id in a session has none here either; the log has said why.
Status name_messages(struct mailbox* box, const policy::Resolution& policy,
                     NumberedMessages& messages, const uidl::GuidIds* pins = nullptr);

}  // namespace pop3_legacy::doveadm

#endif
