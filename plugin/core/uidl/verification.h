/// The ids of a maildrop beside those of an old list.
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
  /// A message that clients would load again.
  struct Difference {
    std::size_t number = 0;
    Uid uid = 0;
    std::string expected;  ///< empty: the list does not tell, and has not what is there
    std::string actual;
  };

  std::size_t same = 0;       ///< messages with their id of the list
  std::size_t different = 0;  ///< messages with another
  /// Messages that the list has no id for: newer ones, and those of `shared`.
  std::size_t unlisted = 0;
  std::size_t missing = 0;             ///< ids of the list that no message has or should have
  std::vector<Difference> first;       ///< of the different ones, not more than asked for
  std::vector<std::string> unclaimed;  ///< of the missing ones, not more than asked for
  /// Messages whose id in the list is that of another one, too, which has it: nothing can be
  /// better.
  std::size_t shared = 0;
  std::vector<Difference> first_shared;  ///< of them, not more than asked for
};

/// With numbers or GUIDs in the list, message by message. Of a client's file (which has the ids of
/// removed messages, too, or of several accounts) a message counts as different whose id is not in
/// it. An Error: the list does not fit (listed.h).
Result<Verification> verify_list(const OldList& list, std::span<const NumberedMessage> messages,
                                 std::size_t at_most);

}  // namespace pop3_legacy::uidl

#endif
