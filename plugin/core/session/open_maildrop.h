/// What is open in a session, and how it is left for something else: RFC 1082 opens a discussion
/// group in the maildrop's place, or nothing at all.
#ifndef POP3_LEGACY_CORE_SESSION_OPEN_MAILDROP_H
#define POP3_LEGACY_CORE_SESSION_OPEN_MAILDROP_H

#include <cstdint>
#include <functional>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/host/host.h"
#include "plugin/core/session/number_ranges.h"
#include "plugin/core/tracking/accesses.h"

namespace pop3_legacy {

class OpenMaildrop {
 public:
  /// `accesses` lives longer than this.
  OpenMaildrop(const host::Host& host, Accesses& accesses) : host_(host), accesses_(accesses) {}

  /// The user's own, as at login.
  [[nodiscard]] bool own() const noexcept { return what_ == What::own; }
  /// A mailbox in its place, read-only.
  [[nodiscard]] bool board() const noexcept { return what_ == What::board; }
  [[nodiscard]] bool none() const noexcept { return what_ == What::none; }

  /// Closes what is open as QUIT does, and opens a board. An Error: it is open still, and what was
  /// deleted is so still; Failure::gone: there is no such mailbox.
  Result<Board> open_board(std::string_view mailbox);
  /// The same, and nothing is open behind it.
  Status close();

  /// What XTND SCAN has set, until RSET.
  struct Scan {
    unsigned width = 0;                  ///< 0: it has not
    host::Contents* contents = nullptr;  ///< of the messages, where it has
  };
  [[nodiscard]] const Scan& scan() const noexcept { return scan_; }
  void set_scan(const Scan& scan) noexcept { scan_ = scan; }
  /// Messages that XDELE has deleted since RSET, and that need not be looked at again.
  [[nodiscard]] NumberRanges& deleted_by_range() noexcept { return deleted_by_range_; }
  /// The host is given RSET. (MH's ends XTND SCAN, too.)
  void reset() noexcept {
    scan_ = {};
    deleted_by_range_.clear();
  }

 private:
  enum class What : std::uint8_t { own, board, none };

  Status leave_for(What next, const std::function<Status()>& open);

  host::Host host_;
  Accesses& accesses_;
  What what_ = What::own;
  Scan scan_;
  NumberRanges deleted_by_range_;
};

}  // namespace pop3_legacy

#endif
