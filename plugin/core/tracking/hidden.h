/// Which messages of a mailbox POP3 shows no more: what sessions under [view] and [delete] leave
/// behind, by UID, and by GUID for the day on which the UIDs are others.
///
/// The state is a text in two parts, each by lines with its own last line (uidl/lines.h):
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
/// The first part has a line for each run of UIDs that have the same mark. The days are those since
/// 1970, UTC. UIDs that are gone may lie within a run: they never come back, and so the runs stay
/// few. A login under the same UIDVALIDITY reads this part only, and the second, which may be
/// megabytes, is not even looked at.
///
/// The second part has the GUID of each marked message (a word, uidl::as_word()), and marks whose
/// message has no UID here: "lost" since the day on which it was not found under a new UIDVALIDITY,
/// or from a session that still had the old one. After 30 days a lost mark is forgotten.
///
/// `known` is the highest UID that the mailbox had, and `present` how many marked messages were in
/// it, when this was stored. UIDs are others where UIDVALIDITY is; and under the same one (a
/// Maildir that has lost dovecot-uidlist, but not its index), where marked messages are missing and
/// there are messages above `known`: those are looked for by GUID.
///
/// Version 1 had the first part only, without `known`, `present` and `guids`. What it marks gets
/// its GUIDs when it is replaced.
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

/// GUIDs of messages of one mailbox, those that are known, as words (uidl::as_word()).
using Guids = std::map<Uid, std::string>;

class Hidden {
 public:
  Hidden() = default;
  explicit Hidden(UidValidity uidvalidity) : uidvalidity_(uidvalidity) {}

  /// The first part, which is all in `text`; the whole state has so many octets. An Error names the
  /// line. That the second part has been cut short is noticed, but not what has changed in it.
  static Result<Hidden> parse_runs(std::string_view text, std::size_t octets);
  static Result<Hidden> parse_runs(std::string_view text) { return parse_runs(text, text.size()); }
  /// `text` has the whole first part.
  [[nodiscard]] static bool has_runs(std::string_view text);
  /// All of it. `damage` gets the Error of a second part that is damaged: there are no GUIDs then.
  static Result<Hidden> parse(std::string_view text, std::optional<Error>& damage);
  [[nodiscard]] std::string text() const;

  [[nodiscard]] UidValidity uidvalidity() const noexcept { return uidvalidity_; }
  /// No GUIDs belong to it.
  [[nodiscard]] bool of_version_1() const noexcept { return !guid_count_; }
  [[nodiscard]] Mark mark(Uid uid) const;

  /// The UIDs say what is hidden in the mailbox, whose UIDs `mailbox` has, ascending.
  [[nodiscard]] bool fits(UidValidity uidvalidity, const std::vector<Uid>& mailbox) const;

  /// Where it does not fit: whose GUIDs translated() needs.
  [[nodiscard]] std::vector<Uid> to_ask(UidValidity uidvalidity,
                                        const std::vector<Uid>& mailbox) const;
  /// The same marks for a mailbox in which the messages have these UIDs. Where more messages have a
  /// GUID than marks, none gets one by it: a message may be shown twice, but never be lost. `guids`
  /// has those of to_ask(); what it has not is a message that is gone.
  [[nodiscard]] Hidden translated(UidValidity uidvalidity, const std::vector<Uid>& mailbox,
                                  const Guids& guids, std::int64_t today) const;
  /// Marks without a GUID, which translated() leaves out under another UIDVALIDITY.
  [[nodiscard]] bool marks_without_guid() const;

  /// The same with `marks`, each where it hides more than what stands there. `mailbox` are the
  /// UIDs that this session found, ascending: others below the last of them are gone, and
  /// forgotten.
  [[nodiscard]] Hidden with(const std::map<Uid, Mark>& marks, const std::vector<Uid>& mailbox,
                            std::int64_t today) const;
  /// The marked messages of `mailbox` that have no GUID here.
  [[nodiscard]] std::vector<Uid> without_guid(const std::vector<Uid>& mailbox) const;
  void add_guids(const Guids& guids);
  /// The same with marks of messages whose UIDs are not those of this: for a session that has
  /// begun under another UIDVALIDITY.
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
  /// There may be a hundred thousand, and at most of them nobody looks: their words stay where they
  /// are, in one of owned_.
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
  // As the first part has them; no value: it is of version 1.
  std::optional<std::size_t> guid_count_;
  std::size_t counted_lost_ = 0;
  std::size_t octets_ = 0;
};

}  // namespace pop3_legacy::view

#endif
