/// The keys under which imported and kept ids of a maildrop's messages are found.
///
/// Normally this is the GUID. A copy within the mailbox has the same GUID as its original, so an id
/// kept for only one of them is stored under the message's own key: the GUID, LF, `UIDVALIDITY.UID`
/// (no GUID contains a line feed). A message without a GUID has only its own key.
#ifndef POP3_LEGACY_CORE_UIDL_MESSAGE_KEYS_H
#define POP3_LEGACY_CORE_UIDL_MESSAGE_KEYS_H

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/uidl/deadline.h"
#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/maildrop.h"

namespace pop3_legacy::uidl {

/// `key` belongs to a single message.
bool is_own_key(std::string_view key) noexcept;
/// The part of an own key that exists even without a GUID.
std::string_view uid_part(std::string_view own_key) noexcept;

class MessageKeys {
 public:
  /// `maildrop` must outlive this object.
  explicit MessageKeys(Maildrop& maildrop) : maildrop_(maildrop) {}

  /// Asks for the keys of all messages, stopping when the time is up. False: not all are loaded
  /// yet.
  bool load(Deadline until = no_deadline);
  [[nodiscard]] bool loaded() const noexcept { return !guids_.empty(); }

  // For a message whose keys are loaded:

  /// nullptr: the GUID is known, or the format has none. Otherwise the message has no key.
  [[nodiscard]] const Error* error(std::uint32_t place) const;
  /// Empty: the message has none.
  [[nodiscard]] const std::string& guid(std::uint32_t place) const { return guids_[place]; }
  [[nodiscard]] const std::string& own_key(std::uint32_t place) const { return own_keys_[place]; }

  /// Only the own key surely identifies this message. A message whose GUID cannot be determined may
  /// be the original of any other.
  [[nodiscard]] bool is_copied(std::uint32_t place) const {
    return !errors_.empty() || shared_.contains(guids_[place]);
  }
  /// Why there are messages without a GUID.
  [[nodiscard]] const std::string& without_guids() const noexcept { return without_guids_; }

  /// Loads the keys and forgets what is kept for messages that no longer exist. While some
  /// message's GUID is unknown, nothing is forgotten, because it could belong to that message.
  void forget_removed(GuidIds& kept);

 private:
  Maildrop& maildrop_;
  // By place:
  std::vector<std::string> guids_;
  std::vector<std::string> own_keys_;
  std::unordered_map<std::uint32_t, Error> errors_;
  std::unordered_set<std::string> present_;  ///< as in guids_
  std::unordered_set<std::string> shared_;   ///< GUIDs that several messages have
  std::string without_guids_;
};

}  // namespace pop3_legacy::uidl

#endif
