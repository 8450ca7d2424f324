/// What `doveadm pop3-legacy uidl …` does with one mailbox.
#ifndef POP3_LEGACY_DOVEADM_UIDL_VERBS_H
#define POP3_LEGACY_DOVEADM_UIDL_VERBS_H

#include "plugin/core/base/result.h"
#include "plugin/core/policy/resolver.h"
#include "plugin/core/uidl/old_list.h"
#include "plugin/doveadm/doveadm_host.h"
#include "plugin/doveadm/inbox.h"

namespace pop3_legacy::doveadm {

/// What each verb works with.
struct Work {
  struct mailbox* box;
  const policy::Resolution& policy;
  NumberedMessages messages;
};

// Each verb prints either all its rows or, with an Error, none. False: the rows or the log say no.

Result<bool> list(Work& work);
Result<bool> detect(Work& work, const uidl::OldList& old_list);
Result<bool> verify(Work& work, const uidl::OldList& old_list);
/// Changes the mailbox unless it returns an Error. Replaces pins that contradict the list only with
/// `replace`.
Result<bool> pin(Work& work, const uidl::OldList& old_list, bool replace);

}  // namespace pop3_legacy::doveadm

#endif
