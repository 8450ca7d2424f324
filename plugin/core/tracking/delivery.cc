#include "plugin/core/tracking/delivery.h"

#include <algorithm>
#include <string_view>

namespace pop3_legacy {

namespace {

constexpr std::string_view shortest_retrieval = "RETR 1\n";

}  // namespace

void Delivery::sent(const MessageAccess& access, const Place& place) {
  messages_.push_back({.access = access, .place = place, .arrived = 0});
}

// The commands that were waiting may all have been retrievals. Overcounting them only means that a
// message is sent twice.
void Delivery::all_left() {
  for (; left_ < messages_.size(); ++left_) {
    Waiting& sent = messages_[left_];
    sent.arrived = std::max(arrived_, sent.place.end);
    under_way_ =
        std::max(under_way_, 1 + (sent.arrived - sent.place.end) / shortest_retrieval.size());
  }
}

const MessageAccess* Delivery::proved() const {
  if (left_ == 0) return nullptr;
  const Waiting& first = messages_.front();
  const bool later = begin_ >= first.arrived;
  const bool of_download = kind_ != Kind::other && under_way_ > 1;
  const bool far_enough = first.place.retrievals + under_way_ <= place_.retrievals;
  return later && (!of_download || far_enough) ? &first.access : nullptr;
}

void Delivery::pop() {
  messages_.pop_front();
  --left_;
}

void Delivery::forget() {
  messages_.clear();
  left_ = 0;
}

}  // namespace pop3_legacy
