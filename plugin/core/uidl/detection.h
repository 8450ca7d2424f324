/// Finds the schemes that give a maildrop's messages the ids of an old list.
#ifndef POP3_LEGACY_CORE_UIDL_DETECTION_H
#define POP3_LEGACY_CORE_UIDL_DETECTION_H

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/uidl/listed.h"
#include "plugin/core/uidl/maildrop.h"
#include "plugin/core/uidl/old_list.h"
#include "plugin/core/uidl/plan.h"

namespace pop3_legacy::uidl {

struct Detection {
  struct Row {
    std::vector<std::string> chain;  ///< one or two schemes
    std::string form;                ///< for scheme "template"; empty: it is not in the chain
    std::size_t reproduced = 0;      ///< how many ids of the list
  };

  std::size_t ids = 0;      ///< in the list, each counted once
  std::size_t stored = 0;   ///< messages with an id stored by the host, which takes precedence
  bool by_message = false;  ///< an id counts only for the message that the list assigns it to
  /// Each scheme that reproduces an id, the best first. The best chain of two precedes them if it
  /// is better than any of them.
  std::vector<Row> rows;
};

/// Tries every scheme that needs no key, on the ids that it produces by itself (without pins,
/// memory and duplicates). For scheme "template" it tries the forms in which servers of the last
/// twenty years combined UID and UIDVALIDITY (Dovecot's pop3_uidl_format, of cPanel, Plesk and many
/// others), and the policy's own. If two forms give these messages the same ids, only the more
/// usual one is reported. `messages` are those of `maildrop`, which keeps nothing; its ids are
/// governed by `wanted`. A numbered list that does not end with the maildrop is treated as one
/// without numbers. An Error: a message cannot be read.
Result<Detection> detect_schemes(Maildrop& maildrop, const Wanted& wanted, const OldList& list,
                                 std::span<const NumberedMessage> messages);

/// The row as written in the policy's section [uidl]: `scheme = "uw"`, `scheme = ["xuidl", "uw"]`.
/// With a template these are two of its lines: `scheme = "template", template =
/// "{uid}.{uidvalidity}"`.
std::string policy_line(const Detection::Row& row);

}  // namespace pop3_legacy::uidl

#endif
