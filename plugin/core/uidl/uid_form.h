/// Ids that are a message's UID, written in a form that is the same for the whole mailbox.
///
/// They need no message, no memory and no comparison: within one mailbox, two UIDs never give the
/// same id.
#ifndef POP3_LEGACY_CORE_UIDL_UID_FORM_H
#define POP3_LEGACY_CORE_UIDL_UID_FORM_H

#include <cstddef>
#include <cstdint>
#include <string>

#include "plugin/core/host/types.h"

namespace pop3_legacy::uidl {

struct UidForm {
  enum class Base : std::uint8_t { decimal, lower_hex, upper_hex };

  std::string before = {};
  Base base = Base::decimal;
  unsigned width = 0;  ///< minimum number of digits, at most 20; zero-padded
  std::string after = {};
  std::uint64_t offset = 0;  ///< added to the UID

  /// No id is longer, in octets.
  [[nodiscard]] std::size_t longest() const noexcept;
  /// Writes the id to `out`, which has room for longest() octets, and returns its end.
  char* write(Uid uid, char* out) const noexcept;
  [[nodiscard]] std::string id(Uid uid) const;
};

}  // namespace pop3_legacy::uidl

#endif
