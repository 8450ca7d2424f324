#include "plugin/core/uidl/ids.h"

#include <algorithm>
#include <limits>

namespace pop3_legacy::uidl {

namespace {

constexpr std::size_t max_octets = std::numeric_limits<std::uint16_t>::max();

}  // namespace

void Ids::add(Uid uid, NamedBy by, std::string_view text) {
  if (text.size() > max_octets) text = {};
  rows_.push_back({.uid = uid,
                   .begin = static_cast<std::uint32_t>(text_.size()),
                   .octets = static_cast<std::uint16_t>(text.size()),
                   .by = by});
  text_.append(text);
  last_ = std::max(last_, uid);
  if (by == NamedBy::plugin) return;
  ++others_;
  if (by == NamedBy::nobody) unnamed_.push_back(uid);
}

// nullptr: it was not added.
const Ids::Row* Ids::row_of(Uid uid) {
  if (rows_.empty() || uid < rows_.front().uid) return nullptr;
  if (next_ >= rows_.size() || rows_[next_].uid != uid) {
    const auto found = std::lower_bound(rows_.begin(), rows_.end(), uid,
                                        [](const Row& row, Uid other) { return row.uid < other; });
    if (found == rows_.end() || found->uid != uid) return nullptr;
    next_ = static_cast<std::size_t>(found - rows_.begin());
  }
  return &rows_[next_++];
}

std::optional<Ids::Id> Ids::find(Uid uid) {
  if (form_) {
    text_ = form_->id(uid);
    return Id{NamedBy::plugin, text_};
  }
  if (const Row* const row = row_of(uid)) return Id{row->by, text_of(*row)};
  const std::string_view id = listed(uid);
  return id.empty() ? std::nullopt : std::optional(Id{NamedBy::plugin, id});
}

char* Ids::write_one(Uid uid, char* out) {
  const Row* const row = row_of(uid);
  if (row != nullptr && row->by != NamedBy::plugin) return nullptr;
  const std::string_view id = row != nullptr ? text_of(*row) : listed(uid);
  return id.empty() ? nullptr : std::copy_n(id.data(), id.size(), out);
}

}  // namespace pop3_legacy::uidl
