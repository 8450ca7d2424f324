/// Compares the ids of a maildrop with those of an old list.
#ifndef POP3_LEGACY_CORE_UIDL_VERIFICATION_H
#define POP3_LEGACY_CORE_UIDL_VERIFICATION_H

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/host/types.h"
#include "plugin/core/uidl/listed.h"
#include "plugin/core/uidl/old_list.h"

namespace pop3_legacy::uidl {

struct Verification {
  /// A message that clients would download again.
  struct Difference {
    std::size_t number = 0;
    Uid uid = 0;
    std::string expected;  ///< empty: the list does not tell, but lacks the message's id
    std::string actual;
  };

  std::size_t same = 0;       ///< messages whose id is that of the list
  std::size_t different = 0;  ///< messages with another id
  /// Messages without a usable id in the list: newer ones, and those of `shared`.
  std::size_t unlisted = 0;
  std::size_t missing = 0;             ///< ids of the list that no message has or should have
  std::vector<Difference> first;       ///< of the different ones, up to the requested number
  std::vector<std::string> unclaimed;  ///< of the missing ones, up to the requested number
  /// Messages that share their id in the list with another message, which has it: this cannot be
  /// improved.
  std::size_t shared = 0;
  std::vector<Difference> first_shared;  ///< of the shared ones, up to the requested number
};

/// If the list has numbers or GUIDs, compares message by message. For a client's file (which also
/// contains the ids of removed messages, or of several accounts), a message counts as different if
/// its id is not in the file. An Error: the list does not fit (listed.h).
Result<Verification> verify_list(const OldList& list, std::span<const NumberedMessage> messages,
                                 std::size_t at_most);

}  // namespace pop3_legacy::uidl

#endif
