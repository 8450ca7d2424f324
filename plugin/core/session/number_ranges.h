/// Message numbers, kept as ranges.
#ifndef POP3_LEGACY_CORE_SESSION_NUMBER_RANGES_H
#define POP3_LEGACY_CORE_SESSION_NUMBER_RANGES_H

#include <algorithm>
#include <iterator>
#include <map>

#include "plugin/core/host/types.h"

namespace pop3_legacy {

class NumberRanges {
 public:
  /// Adds all numbers from `first` to `last`. Each range is merged away at most once, so the total
  /// cost of many calls is proportional to the number of ranges added.
  void add(MessageNumber first, MessageNumber last) {
    auto next = last_by_first_.upper_bound(first);
    if (next != last_by_first_.begin()) {
      const auto before = std::prev(next);
      if (before->second >= first) {
        first = before->first;
        next = before;
      }
    }
    while (next != last_by_first_.end() && next->first <= last) {
      last = std::max(last, next->second);
      next = last_by_first_.erase(next);
    }
    last_by_first_[first] = last;
  }

  /// The first number, from `number` on, that is not in the set.
  [[nodiscard]] MessageNumber first_missing(MessageNumber number) const {
    const auto next = last_by_first_.upper_bound(number);
    if (next == last_by_first_.begin()) return number;
    const MessageNumber last = std::prev(next)->second;
    return last >= number ? last + 1 : number;
  }

  void clear() noexcept { last_by_first_.clear(); }

 private:
  std::map<MessageNumber, MessageNumber> last_by_first_;
};

}  // namespace pop3_legacy

#endif
