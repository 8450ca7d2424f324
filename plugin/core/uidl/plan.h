/// What the administrator wants of a maildrop's ids.
#ifndef POP3_LEGACY_CORE_UIDL_PLAN_H
#define POP3_LEGACY_CORE_UIDL_PLAN_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/uidl/identifier_length.h"

namespace pop3_legacy::uidl {

/// The UIDL schemes of a maildrop: by which formulas its messages are named.
struct Plan {
  /// Mail received before that moment has a chain of its own.
  struct Cutover {
    std::int64_t before = 0;  ///< seconds since 1970: the day's beginning, UTC
    std::vector<std::string> chain;

    bool operator==(const Cutover&) const = default;
  };

  /// Names from the scheme table; the first that has an id for a message gives it, and the host
  /// names what is left. "host" may say so, as the last one or alone.
  std::vector<std::string> chain{"host"};
  std::vector<Cutover> cutovers;  ///< ascending
  std::string form;               ///< for scheme "template"; see uidl/template.h
  std::string key_file;           ///< for scheme "hmac-sha256": its path

  /// Every message has the host's own id.
  [[nodiscard]] bool host() const;
  /// `scheme` stands in one of the chains.
  [[nodiscard]] bool uses(std::string_view scheme) const;
};

/// What becomes of a mailbox whose ids were given by another plan than the policy's.
enum class OnChange : std::uint8_t {
  keep,         ///< it stays with its own
  switch_over,  ///< "switch": it takes the policy's, and clients download everything again
  refuse,       ///< UIDL answers -ERR [SYS/TEMP] until somebody decides
};

struct Wanted {
  Plan plan;
  OnChange on_change = OnChange::keep;
  /// Octets of an old server's id, of a mailbox that has no ids yet.
  std::uint64_t max_length = max_identifier_octets;
};

}  // namespace pop3_legacy::uidl

#endif
