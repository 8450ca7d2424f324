/// Which schemes give a maildrop's messages the ids of an old list.
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
    std::vector<std::string> chain;  ///< of one scheme or two
    std::string form;                ///< of scheme "template"; empty: it is not in the chain
    std::size_t reproduced = 0;      ///< ids of the list
  };

  std::size_t ids = 0;      ///< in the list, each counted once
  std::size_t stored = 0;   ///< messages with an id that the host has stored, which goes first
  bool by_message = false;  ///< an id counts only for the message that the list has it for
  /// Each scheme that reproduces an id, the best first; before them the best chain of two, if it
  /// is better than any.
  std::vector<Row> rows;
};

/// Tries every scheme that needs no key, on the ids that it gives by itself (pins, memory and
/// duplicates aside), and for scheme "template" the forms in which servers of the last twenty years
/// put UID and UIDVALIDITY (Dovecot's pop3_uidl_format, of cPanel, Plesk and many others), and the
/// policy's own. Of two
/// forms that give these messages the same ids only the more usual is there. Keeps nothing in
/// `maildrop`, whose messages are `messages`, and which has ids as `wanted` has them. A list with
/// numbers that does not end with the maildrop is taken as one without. An Error: a message cannot
/// be read.
Result<Detection> detect_schemes(Maildrop& maildrop, const Wanted& wanted, const OldList& list,
                                 std::span<const NumberedMessage> messages);

/// The row as the policy's section [uidl] has it: `scheme = "uw"`, `scheme = ["xuidl", "uw"]`. With
/// a template these are two of its lines: `scheme = "template", template = "{uid}.{uidvalidity}"`.
std::string policy_line(const Detection::Row& row);

}  // namespace pop3_legacy::uidl

#endif
