/// The maildrop of a session, with its marks.
#ifndef POP3_LEGACY_SHIM_OPEN_MAILDROP_H
#define POP3_LEGACY_SHIM_OPEN_MAILDROP_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/host/types.h"
#include "shim/maildrop.h"

namespace pop3_legacy::shim {

/// The open maildrop, and what this session has done to its messages.
struct OpenMaildrop {
  /// Nothing is open; there are no messages.
  OpenMaildrop() = default;
  explicit OpenMaildrop(std::shared_ptr<Maildrop> opened, bool to_read_only = false)
      : maildrop(std::move(opened)),
        read_only(to_read_only),
        sizes(std::size_t{maildrop->message_count()} + 1),
        deleted(sizes.size()),
        seen(sizes.size()) {
    all.messages = count();
    for (MessageNumber number = 1; number <= count(); ++number) {
      sizes[number] = maildrop->size(number);
      all.octets += sizes[number];
    }
  }

  [[nodiscard]] MessageNumber count() const noexcept {
    return static_cast<MessageNumber>(sizes.size() - 1);
  }

  /// `number` must not be deleted.
  void mark_deleted(MessageNumber number) {
    deleted[number] = true;
    ++removed.messages;
    removed.octets += sizes[number];
  }
  void unmark_deleted() {
    deleted.assign(deleted.size(), false);
    removed = {};
  }
  /// What is not deleted.
  [[nodiscard]] Tally left() const noexcept {
    return {all.messages - removed.messages, all.octets - removed.octets};
  }

  static std::vector<MessageNumber> marked(const std::vector<bool>& marks) {
    std::vector<MessageNumber> numbers;
    for (MessageNumber number = 1; number < marks.size(); ++number) {
      if (marks[number]) {
        numbers.push_back(number);
      }
    }
    return numbers;
  }

  /// Removes the messages `gone`, and stores which messages have been seen.
  Status commit(std::span<const MessageNumber> gone) {
    const auto have_seen = marked(seen);
    if (read_only || (gone.empty() && have_seen.empty() && !removes_unseen)) {
      return Done{};
    }
    return maildrop->commit(gone, have_seen);
  }

  std::shared_ptr<Maildrop> maildrop;
  bool read_only = true;
  bool removes_unseen = false;          ///< messages that are not in the view
  std::vector<std::uint64_t> sizes{0};  ///< this and the next two are indexed by number
  std::vector<bool> deleted{false};
  std::vector<bool> seen{false};  ///< by RETR in this session
  Tally all;
  Tally removed;  ///< the deleted part of it
};

}  // namespace pop3_legacy::shim

#endif
