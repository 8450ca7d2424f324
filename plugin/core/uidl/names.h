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
#include "plugin/core/uidl/ids.h"
#include "plugin/core/uidl/plan.h"

namespace pop3_legacy::uidl {

/// In descending order of the right to an id.
enum class Origin : std::uint8_t { imported, kept, computed };

struct Name {
  NamedBy by = NamedBy::plugin;
  std::string id;  ///< as in Ids::add()
};

struct Named {
  Origin origin = Origin::computed;
  bool to_keep = false;              ///< its present id has to be kept
  const std::string* key = nullptr;  ///< the key under which it is kept
};

/// One row for each message to be named, in UID order.
struct Names {
  std::vector<std::uint32_t> places;  ///< in the maildrop; may be longer than the other two
  std::vector<Name> names;
  std::vector<Named> named;

  std::size_t left_out = 0;      ///< messages without an id in this session
  std::size_t unread_count = 0;  ///< those left out that still exist
  std::optional<Error> unread;   ///< why the first of them could not be read
  std::size_t first_unread = 0;  ///< its row

  // Counted for the log:
  std::map<std::string, std::uint64_t> computed;  ///< by the scheme that named them
  std::uint64_t imported = 0;
  std::uint64_t told_apart = 0;
  std::uint64_t replaced = 0;  ///< ids that POP3 does not allow
  Uid first_replaced = 0;

  void add(Name name, Named how) {
    names.push_back(std::move(name));
    named.push_back(how);
  }
  /// One message that cannot be named is no reason to leave the others without ids.
  void leave_out(std::size_t row, const Error& error);
};

/// What the administrator is told about messages whose id is not the one that the plan has for
/// them, or that have none.
std::vector<Event> unusual_names(const Names& names, const Plan& plan);
/// The sentence about a mailbox that has just adopted its plan.
std::string first_names(const Names& names, std::size_t messages, const Plan& plan);

}  // namespace pop3_legacy::uidl

#endif
