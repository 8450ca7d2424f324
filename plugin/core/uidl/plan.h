/// The administrator's choices for a maildrop's ids.
#ifndef POP3_LEGACY_CORE_UIDL_PLAN_H
#define POP3_LEGACY_CORE_UIDL_PLAN_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/uidl/identifier_length.h"

namespace pop3_legacy::uidl {

/// The UIDL schemes of a maildrop: the formulas that name its messages.
struct Plan {
  /// Mail received before `before` has a chain of its own.
  struct Cutover {
    std::int64_t before = 0;  ///< seconds since 1970: the beginning of the day, UTC
    std::vector<std::string> chain;

    bool operator==(const Cutover&) const = default;
  };

  /// Names from the scheme table. The first that has an id for a message gives it, and the host
  /// names the rest. "host" may say so explicitly, at the end or alone.
  std::vector<std::string> chain{"host"};
  std::vector<Cutover> cutovers;  ///< ascending
  std::string form;               ///< for scheme "template"; see uidl/template.h
  std::string key_file;           ///< for scheme "hmac-sha256": the file's path

  /// Every message has the host's own id.
  [[nodiscard]] bool host() const;
  /// One of the chains contains `scheme`.
  [[nodiscard]] bool uses(std::string_view scheme) const;
};

/// What happens to a mailbox whose ids come from another plan than the policy's.
enum class OnChange : std::uint8_t {
  keep,         ///< it keeps its own plan
  switch_over,  ///< "switch": it adopts the policy's, and clients download everything again
  refuse,       ///< UIDL answers -ERR [SYS/TEMP] until somebody decides
};

struct Wanted {
  Plan plan;
  OnChange on_change = OnChange::keep;
  /// In octets, for an old server's id in a mailbox that has no ids yet.
  std::uint64_t max_length = max_identifier_octets;
};

}  // namespace pop3_legacy::uidl

#endif
