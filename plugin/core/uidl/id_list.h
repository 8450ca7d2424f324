/// The list of a mailbox's ids by UID, kept so that the next session need not find them out again.
///
/// It is a cache and no state (state_rules.h): whatever is in it follows from the messages, the
/// plan, and what the mailbox remembers. It is ignored unless all that it was made from is
/// unchanged. As text:
///
///     dovecot-pop3-legacy uidl-list 1
///     of BASIS UIDNEXT
///     form UID                          (or, or neither)
///     all
///     UID ID                            (ascending)
///     end COUNT SUM                     (as in lines.h, but another sum)
#ifndef POP3_LEGACY_CORE_UIDL_ID_LIST_H
#define POP3_LEGACY_CORE_UIDL_ID_LIST_H

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/host/types.h"
#include "plugin/core/uidl/identifier_length.h"
#include "plugin/core/uidl/list_file.h"

namespace pop3_legacy::uidl {

class Ids;

/// What a list holds for.
struct ListBasis {
  /// Names all that its ids were made from: one word or more, without line ends.
  std::string text;
  /// Of the mailbox. A list made when it was higher is of another mailbox: an older copy of this
  /// one was restored, and its UIDs may be given to other messages.
  Uid uid_next = 0;
};

/// A list that is read through a window, which is all of it that is in memory: a maildrop may have
/// a million messages.
class IdList {
 public:
  static constexpr std::size_t window_octets = 16384;

  /// Reads the whole file once. No value: it is no list of ours, is damaged, or was made on another
  /// basis.
  static std::optional<IdList> open(std::unique_ptr<ListFile> file, const ListBasis& basis);

  /// Up to this UID, all ids are UIDs in a form (uid_form.h), so that there is no line for them.
  [[nodiscard]] Uid formed_to() const noexcept { return formed_to_; }
  /// No message up to last() was without a line when the list was made: what has none is younger.
  [[nodiscard]] bool whole() const noexcept { return whole_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// The highest UID; 0: there is none.
  [[nodiscard]] Uid last() const noexcept { return last_; }

  /// A message's id, valid until the next call; empty: it has none here. In ascending order all
  /// calls together read the file once. Any other takes as many reads as the number of windows can
  /// be halved.
  std::string_view find(Uid uid);
  /// The file has changed after all, or cannot be read any more: now there is no id here.
  [[nodiscard]] bool lost() const noexcept { return lost_; }

 private:
  explicit IdList(std::unique_ptr<ListFile> file);

  /// Reads the number at `at`, behind which there is something else, and steps over it.
  static Uid take_digits(const char*& at) noexcept;

  std::string_view read(std::uint64_t offset, std::uint64_t most);
  bool read_heading(const ListBasis& basis);
  bool read_end();
  bool load(std::uint64_t offset);
  [[nodiscard]] std::uint64_t behind_window() const noexcept { return begin_ + window_.size(); }
  void rewind() noexcept;
  bool go_to(Uid uid);
  bool seek(Uid uid);
  bool step();
  bool lose() noexcept;

  std::unique_ptr<ListFile> file_;
  Uid formed_to_ = 0;
  bool whole_ = false;
  std::uint64_t lines_begin_ = 0;  ///< their offsets in the file
  std::uint64_t lines_end_ = 0;
  std::size_t size_ = 0;
  Uid last_ = 0;
  bool lost_ = false;

  std::vector<char> room_;        ///< of the window
  std::uint64_t room_begin_ = 0;  ///< the offset of what was read last
  std::size_t used_ = 0;          ///< octets of it
  std::string_view window_;       ///< the whole lines in `room_`
  std::uint64_t begin_ = 0;       ///< their offset
  Uid first_in_window_ = 0;
  Uid last_in_window_ = 0;

  const char* next_ = nullptr;  ///< the next line in the window
  Uid uid_ = 0;                 ///< of the line before that
  std::string_view id_;
  Uid before_ = 0;  ///< no line has a UID between this one and uid_
};

// A line of a listing is these three functions.

inline Uid IdList::take_digits(const char*& at) noexcept {
  Uid uid = 0;
  for (; *at >= '0' && *at <= '9'; ++at) uid = uid * 10 + static_cast<Uid>(*at - '0');
  return uid;
}

inline bool IdList::step() {
  const char* at = next_;
  const Uid uid = take_digits(at);
  const char* const id = at + 1;
  const auto left = static_cast<std::size_t>(window_.data() + window_.size() - at);
  const auto* const end = static_cast<const char*>(std::memchr(at, '\n', left));
  if (*at != ' ' || end == id || end > id + max_identifier_octets) return lose();
  before_ = uid_;
  uid_ = uid;
  id_ = {id, end};
  next_ = end + 1;
  return true;
}

inline std::string_view IdList::find(Uid uid) {
  if (uid > last_) return {};
  if ((uid > last_in_window_ || uid <= before_) && !go_to(uid)) return {};
  while (uid_ < uid) {
    if (!step()) return {};
  }
  return uid_ == uid ? id_ : std::string_view();
}

/// What those say who find that lost().
Error list_is_lost();

/// The list of those of the messages `uids`, all there are, ascending, that the plugin names one by
/// one.
std::string id_list_text(const ListBasis& basis, Ids& ids, std::span<const Uid> uids);
/// The last line of a list, behind `text`.
std::string with_list_end(std::string text, std::size_t count);
/// The list of ids in a form.
std::string formed_list_text(const ListBasis& basis, Uid formed_to);

}  // namespace pop3_legacy::uidl

#endif
