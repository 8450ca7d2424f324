#include "shim/narrowed_maildrop.h"

#include <algorithm>

namespace pop3_legacy::shim {

bool NarrowedMaildrop::remove_unseen(const std::vector<Uid>& uids) {
  for (MessageNumber number = 1; number <= whole_->message_count(); ++number) {
    if (std::find(uids.begin(), uids.end(), whole_->uid(number)) != uids.end()) {
      unseen_.push_back(number);
    }
  }
  return !unseen_.empty();
}

Status NarrowedMaildrop::commit(std::span<const MessageNumber> deleted,
                                std::span<const MessageNumber> seen) {
  const auto in_order = [this](std::span<const MessageNumber> numbers) {
    std::vector<MessageNumber> made;
    for (const MessageNumber number : numbers) {
      made.push_back(in_whole(number));
    }
    return made;
  };
  std::vector<MessageNumber> removed = in_order(deleted);
  removed.insert(removed.end(), unseen_.begin(), unseen_.end());
  std::sort(removed.begin(), removed.end());
  return whole_->commit(removed, in_order(seen));
}

}  // namespace pop3_legacy::shim
