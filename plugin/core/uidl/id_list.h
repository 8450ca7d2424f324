/// The list of a mailbox's ids by UID, kept so that the next session need not find them out again.
///
/// It is a cache and no state (state_rules.h): whatever is in it follows from the messages, the
/// plan, and what the mailbox remembers. It is read in one pass, and ignored unless all that it was
/// made from is unchanged. As text:
///
///     dovecot-pop3-legacy uidl-list 1
///     of BASIS UIDNEXT
///     form UID                          (perhaps)
///     UID ID                            (ascending)
///     end COUNT SUM                     (lines.h)
#ifndef POP3_LEGACY_CORE_UIDL_ID_LIST_H
#define POP3_LEGACY_CORE_UIDL_ID_LIST_H

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "plugin/core/host/types.h"
#include "plugin/core/uidl/ids.h"

namespace pop3_legacy::uidl {

/// What a list holds for.
struct ListBasis {
  /// Names all that its ids were made from: one word or more, without line ends.
  std::string text;
  /// Of the mailbox. A list made when it was higher is of another mailbox: an older copy of this
  /// one was restored, and its UIDs may be given to other messages.
  Uid uid_next = 0;
};

struct IdList {
  /// Up to this UID, all ids are UIDs in a form (uid_form.h), so that there is no line for them.
  Uid formed_to = 0;
  Ids ids;
};

/// No value: `text` is no list of ours, is damaged, or was made on another basis.
std::optional<IdList> parse_id_list(std::string text, const ListBasis& basis);

/// The list of those of the messages `uids`, ascending, that the plugin names one by one.
std::string id_list_text(const ListBasis& basis, Ids& ids, std::span<const Uid> uids);
/// The list of ids in a form.
std::string formed_list_text(const ListBasis& basis, Uid formed_to);

}  // namespace pop3_legacy::uidl

#endif
