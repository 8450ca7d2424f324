/// The ids of a maildrop's messages that are known from the list (id_list.h), while the others are
/// being named.
#ifndef POP3_LEGACY_CORE_UIDL_LISTED_IDS_H
#define POP3_LEGACY_CORE_UIDL_LISTED_IDS_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace pop3_legacy::uidl {

/// Keeps a hash of each id: two ids with one hash count as the same, which does no harm, because an
/// id that is taken is only replaced by a longer one.
class ListedIds {
 public:
  void reserve(std::size_t ids) { hashes_.reserve(ids); }
  void add(std::string_view id, std::uint32_t place) { hashes_.emplace_back(hash(id), place); }
  /// To be called once, after the last add().
  void close();

  /// The place of the message that has this id.
  [[nodiscard]] std::optional<std::uint32_t> holder(std::string_view id) const;

 private:
  static std::size_t hash(std::string_view id) noexcept;

  std::vector<std::pair<std::size_t, std::uint32_t>> hashes_;
};

}  // namespace pop3_legacy::uidl

#endif
