/// The messages of a maildrop while they are being named: the ids so far and their origins.
#ifndef POP3_LEGACY_CORE_UIDL_NAMES_H
#define POP3_LEGACY_CORE_UIDL_NAMES_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plugin/core/base/event.h"
#include "plugin/core/base/result.h"
#include "plugin/core/host/types.h"
#include "plugin/core/uidl/message_id.h"
#include "plugin/core/uidl/plan.h"

namespace pop3_legacy::uidl {

/// In descending order of the right to an id.
enum class Origin : std::uint8_t { imported, kept, computed };

struct Named {
  Origin origin = Origin::computed;
  bool to_keep = false;              ///< its present id has to be kept
  const std::string* key = nullptr;  ///< the key under which it is kept
};

/// By place.
struct Names {
  std::vector<MessageId> ids;
  std::vector<Named> named;

  std::size_t left_out = 0;      ///< messages without an id in this session
  std::size_t unread_count = 0;  ///< those left out that still exist
  std::optional<Error> unread;   ///< why the first of them could not be read
  std::uint32_t first_unread = 0;

  // Counted for the log:
  std::map<std::string, std::uint64_t> computed;  ///< by the scheme that named them
  std::uint64_t imported = 0;
  std::uint64_t told_apart = 0;
  std::uint64_t replaced = 0;  ///< ids that POP3 does not allow
  Uid first_replaced = 0;

  void add(MessageId id, Named how) {
    ids.push_back(std::move(id));
    named.push_back(how);
  }
  /// One message that cannot be named is no reason to leave the others without ids.
  void leave_out(std::uint32_t place, const Error& error);
};

/// What the administrator is told about messages whose id is not the one that the plan has for
/// them, or that have none.
std::vector<Event> unusual_names(const Names& names, const Plan& plan);
/// The sentence about a mailbox that has just adopted its plan.
std::string first_names(const Names& names, const Plan& plan);

}  // namespace pop3_legacy::uidl

#endif
