/// The ids that a POP3 client would see who logs in now.
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

/// Calls `look` with the mailbox as it is; what would be stored is not.
void look_at(struct mailbox* box, const std::function<void(uidl::Maildrop&)>& look);

/// Gives the messages their ids, as they would be with other pins where `pins` is not nullptr. One
/// that has none in a session has none here; the log has said why.
Status name_messages(struct mailbox* box, const policy::Resolution& policy,
                     NumberedMessages& messages, const uidl::GuidIds* pins = nullptr);

}  // namespace pop3_legacy::doveadm

#endif
