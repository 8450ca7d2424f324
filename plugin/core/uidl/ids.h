/// The ids of a maildrop's messages: what the assignment (assignment.h) leaves.
#ifndef POP3_LEGACY_CORE_UIDL_IDS_H
#define POP3_LEGACY_CORE_UIDL_IDS_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/core/host/types.h"
#include "plugin/core/uidl/uid_form.h"

namespace pop3_legacy::uidl {

/// Who names a message.
enum class NamedBy : std::uint8_t {
  plugin,
  host,    ///< in its own way when asked
  nobody,  ///< it has no id in this session
};

/// A maildrop may have a million messages, so an id takes no more than its octets and twelve, or
/// nothing where all ids are UIDs in one form.
class Ids {
 public:
  /// Of no message yet.
  Ids() = default;
  /// The ids of all messages up to the UID `last`.
  Ids(UidForm form, Uid last) : form_(std::move(form)), last_(last) {}

  /// A message and where its id is in a text.
  struct Row {
    Uid uid = 0;
    std::uint32_t begin = 0;
    std::uint16_t octets = 0;
    NamedBy by = NamedBy::plugin;
  };
  /// The plugin's ids in `text`, by ascending UID.
  Ids(std::string text, std::vector<Row> rows) : text_(std::move(text)), rows_(std::move(rows)) {}

  /// Adds a message; its UID must be higher than those before it. For NamedBy::host, `text` is what
  /// the host will say; empty if that is not known here. (A text of 64 KiB, which no reply can
  /// carry, counts as empty.)
  void add(Uid uid, NamedBy by, std::string_view text);

  /// A message's id. `text` is valid until the next call.
  struct Id {
    NamedBy by = NamedBy::nobody;
    std::string_view text;
  };
  /// No value: there is no such message. Fastest if asked in ascending order.
  [[nodiscard]] std::optional<Id> find(Uid uid);

  [[nodiscard]] bool has(Uid uid) { return form_.has_value() || row_of(uid) != nullptr; }
  /// Writes the id of a message that the plugin names to `out`, which has room for
  /// max_identifier_octets, and returns its end. nullptr: the plugin does not name it. As fast as
  /// find(), and does not touch its result.
  [[nodiscard]] char* write(Uid uid, char* out);

  [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
  /// The highest UID; 0: there are no messages.
  [[nodiscard]] Uid last() const noexcept { return rows_.empty() ? last_ : rows_.back().uid; }
  /// The plugin names all messages.
  [[nodiscard]] bool all_ours() const noexcept { return others_ == 0; }
  /// Those without an id, ascending.
  [[nodiscard]] const std::vector<Uid>& unnamed() const noexcept { return unnamed_; }

 private:
  const Row* row_of(Uid uid);

  std::optional<UidForm> form_;
  Uid last_ = 0;  ///< for form_
  std::string text_;
  std::vector<Row> rows_;
  std::vector<Uid> unnamed_;
  std::size_t others_ = 0;  ///< messages that the plugin does not name
  std::size_t next_ = 0;    ///< the row after the one found last
};

}  // namespace pop3_legacy::uidl

#endif
