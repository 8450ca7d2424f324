#include "plugin/core/uidl/listed_ids.h"

#include <algorithm>

namespace pop3_legacy::uidl {

namespace {

std::size_t hash(std::string_view id) noexcept {
  return std::hash<std::string_view>()(id);
}

}  // namespace

void ListedIds::look_for(const std::vector<std::string_view>& ids) {
  if (!list_) return;
  for (const std::string_view id : ids) looked_for_.push_back(hash(id));
  std::sort(looked_for_.begin(), looked_for_.end());
  list_([this](std::string_view id, std::uint32_t place) {
    const std::size_t of_id = hash(id);
    if (std::binary_search(looked_for_.begin(), looked_for_.end(), of_id)) {
      holders_.emplace_back(of_id, place);
    }
  });
  std::sort(holders_.begin(), holders_.end());
}

std::optional<std::uint32_t> ListedIds::holder(std::string_view id) {
  if (!list_) return std::nullopt;
  const std::size_t wanted = hash(id);
  if (!has_all_ && !std::binary_search(looked_for_.begin(), looked_for_.end(), wanted)) {
    holders_.clear();
    list_([this](std::string_view listed, std::uint32_t place) {
      holders_.emplace_back(hash(listed), place);
    });
    std::sort(holders_.begin(), holders_.end());
    has_all_ = true;
  }
  const auto found = std::lower_bound(holders_.begin(), holders_.end(), std::pair(wanted, 0U));
  if (found == holders_.end() || found->first != wanted) return std::nullopt;
  return found->second;
}

}  // namespace pop3_legacy::uidl
