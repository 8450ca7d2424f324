/// The ids of a maildrop's messages that are known from the list (id_list.h), while the others are
/// being told apart from them.
#ifndef POP3_LEGACY_CORE_UIDL_LISTED_IDS_H
#define POP3_LEGACY_CORE_UIDL_LISTED_IDS_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace pop3_legacy::uidl {

/// Keeps hashes: two ids with one hash count as the same, which does no harm, because an id that is
/// taken is only replaced by a longer one. There may be a million ids and a few that are looked
/// for, so the others' hashes are kept only once any other id is asked for.
class ListedIds {
 public:
  /// Takes a message's id and place.
  using Take = std::function<void(std::string_view id, std::uint32_t place)>;

  /// There are none.
  ListedIds() = default;
  /// `list` passes all that is listed, each time it is called.
  explicit ListedIds(std::function<void(const Take&)> list) : list_(std::move(list)) {}

  /// To be called once, before holder(): it will be asked for these.
  void look_for(const std::vector<std::string_view>& ids);
  /// The place of the message that has this id.
  [[nodiscard]] std::optional<std::uint32_t> holder(std::string_view id);

 private:
  std::function<void(const Take&)> list_;
  std::vector<std::size_t> looked_for_;                           ///< sorted hashes
  bool has_all_ = false;                                          ///< in holders_
  std::vector<std::pair<std::size_t, std::uint32_t>> holders_{};  ///< sorted, with their places
};

}  // namespace pop3_legacy::uidl

#endif
