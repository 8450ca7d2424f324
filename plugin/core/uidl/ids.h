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
#include "plugin/core/uidl/id_list.h"
#include "plugin/core/uidl/uid_form.h"

namespace pop3_legacy::uidl {

/// Who names a message.
enum class NamedBy : std::uint8_t {
  plugin,
  host,    ///< in its own way when asked
  nobody,  ///< it has no id in this session
};

/// A maildrop may have a million messages. Ids that are UIDs in one form take no memory, those in
/// the mailbox's list one window of it (id_list.h), and each of the others its octets and twelve.
class Ids {
 public:
  /// Of no message yet.
  Ids() = default;
  /// The ids of all messages up to the UID `last`.
  Ids(UidForm form, Uid last) : form_(std::move(form)), last_(last) {}
  /// The plugin's ids in `list`; add() puts others beside them, or in their place.
  explicit Ids(IdList list) : last_(list.last()), list_(std::move(list)) {}

  /// Adds a message; its UID must be higher than those added before it. For NamedBy::host, `text`
  /// is what the host will say; empty if that is not known here. (A text of 64 KiB, which no reply
  /// can carry, counts as empty.)
  void add(Uid uid, NamedBy by, std::string_view text);

  /// A message's id. `text` is valid until the next call.
  struct Id {
    NamedBy by = NamedBy::nobody;
    std::string_view text;
  };
  /// No value: there is no such message. Fastest if asked in ascending order.
  [[nodiscard]] std::optional<Id> find(Uid uid);

  /// Writes the id of a message that the plugin names to `out`, which has room for
  /// max_identifier_octets, and returns its end. nullptr: the plugin does not name it. As fast as
  /// find().
  [[nodiscard]] char* write(Uid uid, char* out) {
    return form_ ? form_->write(uid, out) : write_one(uid, out);
  }

  /// No message with an id has a higher UID.
  [[nodiscard]] Uid last() const noexcept { return last_; }
  /// Ids of the list cannot be read any more: all have to be found out anew.
  [[nodiscard]] bool lost() const noexcept { return list_ && list_->lost(); }
  /// The plugin names all messages.
  [[nodiscard]] bool all_ours() const noexcept { return others_ == 0; }
  /// Those without an id, ascending.
  [[nodiscard]] const std::vector<Uid>& unnamed() const noexcept { return unnamed_; }

 private:
  /// Where an id is in text_.
  struct Row {
    Uid uid = 0;
    std::uint32_t begin = 0;
    std::uint16_t octets = 0;
    NamedBy by = NamedBy::plugin;
  };
  [[nodiscard]] char* write_one(Uid uid, char* out);
  const Row* row_of(Uid uid);
  [[nodiscard]] std::string_view text_of(const Row& row) const {
    return std::string_view(text_).substr(row.begin, row.octets);
  }
  std::string_view listed(Uid uid) { return list_ ? list_->find(uid) : std::string_view(); }

  std::optional<UidForm> form_;
  Uid last_ = 0;
  std::optional<IdList> list_;
  // Of messages that were added:
  std::string text_;
  std::vector<Row> rows_;
  std::vector<Uid> unnamed_;
  std::size_t others_ = 0;  ///< messages that the plugin does not name
  std::size_t next_ = 0;    ///< the row after the one found last
};

}  // namespace pop3_legacy::uidl

#endif
