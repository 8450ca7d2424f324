/// Names the messages of a maildrop one by one, regardless of each other (distinct_ids.h
/// distinguishes equal ids).
#ifndef POP3_LEGACY_CORE_UIDL_NAMING_H
#define POP3_LEGACY_CORE_UIDL_NAMING_H

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/uidl/deadline.h"
#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/mailbox_memory.h"
#include "plugin/core/uidl/maildrop.h"
#include "plugin/core/uidl/message_keys.h"
#include "plugin/core/uidl/names.h"
#include "plugin/core/uidl/plan_formulas.h"

namespace pop3_legacy::uidl {

/// Places of messages that another session has removed.
using Places = std::unordered_set<std::uint32_t>;

class Naming {
 public:
  /// Names the messages at `places`, ascending. All other arguments must outlive this object.
  Naming(Maildrop& maildrop, MailboxMemory& memory, MessageKeys& keys, const Places& gone,
         PlanFormulas formulas, std::vector<std::uint32_t> places)
      : maildrop_(maildrop),
        memory_(memory),
        keys_(keys),
        gone_(gone),
        formulas_(std::move(formulas)) {
    names_.places = std::move(places);
  }

  /// False: there is more to do. An Error: no message can be named.
  Result<bool> go_on(Deadline until);

  [[nodiscard]] Names& names() noexcept { return names_; }

 private:
  bool find_known(std::uint32_t place);
  bool take(const GuidIds& known, std::string_view key, Origin origin);
  Status compute(std::uint32_t place);
  Status add_own(const PlanFormulas::RawName& named, Facts& facts);
  Status leave_to_host(bool may_change);
  void add_hosts(std::string id, bool may_change);
  void keep_what_comes_behind_unread();

  Maildrop& maildrop_;
  MailboxMemory& memory_;
  MessageKeys& keys_;
  const Places& gone_;
  PlanFormulas formulas_;
  Names names_;
};

}  // namespace pop3_legacy::uidl

#endif
