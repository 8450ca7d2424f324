#include "plugin/core/uidl/listed_ids.h"

#include <algorithm>
#include <functional>

namespace pop3_legacy::uidl {

std::size_t ListedIds::hash(std::string_view id) noexcept {
  return std::hash<std::string_view>()(id);
}

void ListedIds::close() {
  std::sort(hashes_.begin(), hashes_.end());
}

std::optional<std::uint32_t> ListedIds::holder(std::string_view id) const {
  const std::size_t wanted = hash(id);
  const auto found = std::lower_bound(hashes_.begin(), hashes_.end(), std::pair(wanted, 0U));
  if (found == hashes_.end() || found->first != wanted) return std::nullopt;
  return found->second;
}

}  // namespace pop3_legacy::uidl
