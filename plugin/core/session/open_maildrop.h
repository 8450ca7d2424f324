/// What is open in a session, and how it is exchanged: RFC 1082 opens a discussion group in place
/// of the maildrop, or nothing at all.
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
  /// `accesses` must outlive this object.
  OpenMaildrop(const host::Host& host, Accesses& accesses) : host_(host), accesses_(accesses) {}

  /// The user's own maildrop, as at login.
  [[nodiscard]] bool own() const noexcept { return what_ == What::own; }
  /// A mailbox in its place, read-only.
  [[nodiscard]] bool board() const noexcept { return what_ == What::board; }
  [[nodiscard]] bool none() const noexcept { return what_ == What::none; }

  /// Closes what is open, as QUIT does, and opens a board. An Error: the maildrop is still open,
  /// and deleted messages are still deleted. Failure::gone: there is no such mailbox.
  Result<Board> open_board(std::string_view mailbox);
  /// The same, but leaves nothing open.
  Status close();

  /// The format set by XTND SCAN, until RSET.
  struct Scan {
    unsigned width = 0;                  ///< 0: not set
    host::Contents* contents = nullptr;  ///< used to read the messages, if set
  };
  [[nodiscard]] const Scan& scan() const noexcept { return scan_; }
  void set_scan(const Scan& scan) noexcept { scan_ = scan; }
  /// Messages deleted by XDELE since RSET, which need not be looked at again.
  [[nodiscard]] NumberRanges& deleted_by_range() noexcept { return deleted_by_range_; }
  /// The host is given RSET. (MH's RSET also ends XTND SCAN.)
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
