/// The messages of a mailbox that POP3 no longer shows. Sessions under [view] and [delete] record
/// them by UID, and by GUID in case the UIDs change.
///
/// The state is a text in two parts. Each consists of lines and has its own last line
/// (uidl/lines.h):
///
///     dovecot-pop3-legacy hidden 2
///     uidvalidity 1700000000
///     known 105
///     present 93
///     guids 93 lost 1 octets 4711
///     fetched 1-90
///     deleted 91
///     deleted 92-100 on 20148
///     end 3 5d41402a
///     dovecot-pop3-legacy hidden-guids 2
///     guid 1 1600000001.M1P1.host
///     …
///     lost deleted on 20148 since 20150 1600000002.M2P2.host
///     end 94 00b7c2d1
///
/// The first part has a line for each run of UIDs with the same mark. Days are counted since 1970,
/// in UTC. A run may include UIDs that are gone: they never come back, and including them keeps the
/// runs few. A login under the same UIDVALIDITY reads only this part; the second, which may be
/// megabytes, is not even looked at.
///
/// The second part has the GUID of each marked message (a word, uidl::as_word()), and the marks
/// whose messages have no UID here: "lost" since the day on which the message was not found under a
/// new UIDVALIDITY, or stored by a session that still had the old one. A lost mark is forgotten
/// after 30 days.
///
/// `known` is the highest UID that the mailbox had, and `present` is how many marked messages it
/// contained, when the state was stored. The UIDs have changed if UIDVALIDITY has. Under the same
/// one they may have changed (as in a Maildir that has lost dovecot-uidlist but not its index) if
/// marked messages are missing and there are messages above `known`: those are looked up by GUID.
///
/// Version 1 had only the first part, without `known`, `present` and `guids`. Its marks get their
/// GUIDs when it is replaced.
#ifndef POP3_LEGACY_CORE_TRACKING_HIDDEN_H
#define POP3_LEGACY_CORE_TRACKING_HIDDEN_H

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/host/types.h"

namespace pop3_legacy::view {

/// The state's name in the StateStore.
inline constexpr std::string_view hidden_state = "hidden";

/// What has happened to a message.
struct Mark {
  /// The greater value hides more.
  enum class Kind : std::uint8_t { none, fetched, deleted };

  Kind kind = Kind::none;
  /// The day of deletion under keep-days; 0: kept for good.
  std::int64_t day = 0;

  bool operator==(const Mark&) const = default;
};

/// The known GUIDs of a mailbox's messages, as words (uidl::as_word()).
using Guids = std::map<Uid, std::string>;

class Hidden {
 public:
  Hidden() = default;
  explicit Hidden(UidValidity uidvalidity) : uidvalidity_(uidvalidity) {}

  /// Parses the first part, all of which is in `text`; `octets` is the size of the whole state. An
  /// Error names the line. Detects that the second part was cut short, but not changes in it.
  static Result<Hidden> parse_runs(std::string_view text, std::size_t octets);
  static Result<Hidden> parse_runs(std::string_view text) { return parse_runs(text, text.size()); }
  /// `text` contains the whole first part.
  [[nodiscard]] static bool has_runs(std::string_view text);
  /// Parses both parts. If the second is damaged, `damage` is set and there are no GUIDs.
  static Result<Hidden> parse(std::string_view text, std::optional<Error>& damage);
  [[nodiscard]] std::string text() const;

  [[nodiscard]] UidValidity uidvalidity() const noexcept { return uidvalidity_; }
  /// It is of version 1, which has no GUIDs.
  [[nodiscard]] bool of_version_1() const noexcept { return !guid_count_; }
  [[nodiscard]] Mark mark(Uid uid) const;

  /// The UIDs are still right for the mailbox, whose UIDs are `mailbox`, ascending.
  [[nodiscard]] bool fits(UidValidity uidvalidity, const std::vector<Uid>& mailbox) const;

  /// If it does not fit: the messages whose GUIDs translated() needs.
  [[nodiscard]] std::vector<Uid> to_ask(UidValidity uidvalidity,
                                        const std::vector<Uid>& mailbox) const;
  /// The same marks for a mailbox whose messages have these UIDs. If more messages than marks share
  /// a GUID, none of them gets a mark: a message may be shown twice, but never lost. `guids` has
  /// the GUIDs for to_ask(); a message missing from it is gone.
  [[nodiscard]] Hidden translated(UidValidity uidvalidity, const std::vector<Uid>& mailbox,
                                  const Guids& guids, std::int64_t today) const;
  /// There are marks without a GUID, which translated() drops under another UIDVALIDITY.
  [[nodiscard]] bool marks_without_guid() const;

  /// The same, plus `marks` where they hide more than the present ones. `mailbox` has the UIDs that
  /// this session found, ascending: UIDs below its last that are not in it are gone, and are
  /// forgotten.
  [[nodiscard]] Hidden with(const std::map<Uid, Mark>& marks, const std::vector<Uid>& mailbox,
                            std::int64_t today) const;
  /// The marked messages of `mailbox` for which no GUID is stored here.
  [[nodiscard]] std::vector<Uid> without_guid(const std::vector<Uid>& mailbox) const;
  void add_guids(const Guids& guids);
  /// The same, plus marks of messages whose UIDs do not belong to this state: for a session that
  /// began under another UIDVALIDITY.
  [[nodiscard]] Hidden with_lost(const std::map<Uid, Mark>& marks, const Guids& guids,
                                 std::int64_t today) const;

  /// More messages of the mailbox are marked than in `other`.
  [[nodiscard]] bool marks_more_than(const Hidden& other, const std::vector<Uid>& mailbox) const {
    return marked_in(mailbox) > other.marked_in(mailbox);
  }

 private:
  struct Run {
    Uid first = 0;
    Uid last = 0;
    Mark mark;
  };
  struct Lost {
    Mark mark;
    std::int64_t since = 0;
    std::string guid;
  };
  /// There may be a hundred thousand of these, and most are never looked at, so their words stay
  /// where they are, in one of owned_.
  struct Known {
    Uid uid = 0;
    std::string_view guid;
  };

  bool add_line(std::string_view line);
  bool add_counts(std::string_view line);
  bool add_run(Mark::Kind kind, std::string_view line);
  bool add_guid(std::string_view line);
  bool add_lost(std::string_view line);
  [[nodiscard]] std::string guid_lines() const;
  [[nodiscard]] std::size_t lost_count() const noexcept {
    return lost_.empty() ? counted_lost_ : lost_.size();
  }
  [[nodiscard]] std::size_t marked_in(const std::vector<Uid>& mailbox) const;
  [[nodiscard]] bool has_guid(Uid uid) const;
  void forget_old(std::int64_t today);

  UidValidity uidvalidity_ = 0;
  Uid known_ = 0;
  std::size_t present_ = 0;
  std::vector<Run> runs_;     ///< ascending, each with a mark
  std::vector<Known> guids_;  ///< ascending
  std::vector<Lost> lost_;
  std::vector<std::shared_ptr<const std::string>> owned_;
  // As in the first part; no value: the state is of version 1.
  std::optional<std::size_t> guid_count_;
  std::size_t counted_lost_ = 0;
  std::size_t octets_ = 0;
};

}  // namespace pop3_legacy::view

#endif
