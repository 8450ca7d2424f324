/// Which messages of a mailbox POP3 shows no more: what sessions under [view] and [delete] leave
/// behind, by UID.
///
/// The state is a text by lines (uidl/lines.h), one for each run of UIDs that have the same mark:
///
///     dovecot-pop3-legacy hidden 1
///     uidvalidity 1700000000
///     fetched 1-90
///     deleted 91
///     deleted 92-100 on 20148
///     end 3 5d41402a
///
/// The days are those since 1970, UTC. UIDs that are gone may lie within a run: they never come
/// back, and so the runs stay few.
#ifndef POP3_LEGACY_CORE_VIEW_HIDDEN_H
#define POP3_LEGACY_CORE_VIEW_HIDDEN_H

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/port.h"
#include "plugin/core/result.h"

namespace pop3_legacy::view {

/// In the StateStore.
inline constexpr std::string_view hidden_state = "hidden";

/// What has been done to a message.
struct Mark {
  /// The greater one hides more.
  enum class Kind : std::uint8_t { none, fetched, deleted };

  Kind kind = Kind::none;
  /// The day it was deleted under keep-days; 0: it is kept for good.
  std::int64_t day = 0;

  bool operator==(const Mark&) const = default;
};

class Hidden {
 public:
  Hidden() = default;
  explicit Hidden(UidValidity uidvalidity) : uidvalidity_(uidvalidity) {}

  /// An Error names the line.
  static Result<Hidden> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  [[nodiscard]] UidValidity uidvalidity() const noexcept { return uidvalidity_; }
  [[nodiscard]] Mark mark(Uid uid) const;

  /// The same with `marks`, each where it hides more than what stands there. `mailbox` are the
  /// UIDs that this session found, ascending: others below the last of them are gone.
  [[nodiscard]] Hidden with(const std::map<Uid, Mark>& marks,
                            const std::vector<Uid>& mailbox) const;

 private:
  struct Run {
    Uid first = 0;
    Uid last = 0;
    Mark mark;
  };

  bool add_line(std::string_view line);

  UidValidity uidvalidity_ = 0;
  std::vector<Run> runs_;  ///< ascending, each with a mark
};

}  // namespace pop3_legacy::view

#endif
