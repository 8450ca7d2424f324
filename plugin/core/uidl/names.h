/// The messages of a maildrop while they are named: the ids so far, and how each came to its own.
#ifndef POP3_LEGACY_CORE_UIDL_NAMES_H
#define POP3_LEGACY_CORE_UIDL_NAMES_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plugin/core/base/log_level.h"
#include "plugin/core/base/result.h"
#include "plugin/core/host/types.h"
#include "plugin/core/uidl/message_id.h"
#include "plugin/core/uidl/plan.h"

namespace pop3_legacy::uidl {

/// In the order of the better right to an id.
enum class Origin : std::uint8_t { imported, kept, computed };

struct Named {
  Origin origin = Origin::computed;
  bool to_keep = false;              ///< what it has now
  const std::string* key = nullptr;  ///< under which it is kept
};

/// By place.
struct Names {
  std::vector<MessageId> ids;
  std::vector<Named> named;

  std::size_t left_out = 0;      ///< messages without an id in this session
  std::size_t unread_count = 0;  ///< of those left out, the ones that are there
  std::optional<Error> unread;   ///< why the first of them was
  std::uint32_t first_unread = 0;

  // Counted for the log:
  std::map<std::string, std::uint64_t> computed;  ///< by who named them
  std::uint64_t imported = 0;
  std::uint64_t told_apart = 0;
  std::uint64_t replaced = 0;  ///< ids that POP3 does not allow
  Uid first_replaced = 0;

  void add(MessageId id, Named how) {
    ids.push_back(std::move(id));
    named.push_back(how);
  }
  /// One message cannot be named: that is no reason to leave the others without their ids.
  void leave_out(std::uint32_t place, const Error& error);
};

/// What the administrator is told of messages that have another id than the plan has for them, or
/// none.
std::vector<std::pair<LogLevel, std::string>> unusual_names(const Names& names, const Plan& plan);
/// The sentence about a mailbox that has just come to its plan.
std::string first_names(const Names& names, const Plan& plan);

}  // namespace pop3_legacy::uidl

#endif
