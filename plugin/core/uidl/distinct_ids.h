/// Messages of one maildrop that have come to the same id are told apart.
#ifndef POP3_LEGACY_CORE_UIDL_DISTINCT_IDS_H
#define POP3_LEGACY_CORE_UIDL_DISTINCT_IDS_H

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/maildrop.h"
#include "plugin/core/uidl/message_keys.h"
#include "plugin/core/uidl/names.h"

namespace pop3_legacy::uidl {

/// Who has the better right to an id keeps it (Origin), then who has the lower UID. What was given
/// to a message that is gone, or is to be given to one that is not there yet, is no other's: a
/// message may come back, from another folder or a backup. Ids that the host gives twice, and
/// those that were kept so, are left as they are.
class DistinctIds {
 public:
  /// All of them live longer than this. `pins` and `kept` are the ids that belong to messages
  /// already.
  DistinctIds(Maildrop& maildrop, MessageKeys& keys, const GuidIds& pins, const GuidIds& kept,
              Names& names)
      : maildrop_(maildrop), keys_(keys), pins_(pins), kept_(kept), names_(names) {}

  /// Once, when all messages are named. Returns the places of messages that make others second,
  /// and of which nothing is stored.
  Result<std::vector<std::uint32_t>> tell_apart();

 private:
  /// Who has an id.
  struct Claim {
    bool host = false;
    const std::string* key = nullptr;  ///< as in Named
  };

  bool claim(std::uint32_t place);
  void reserve();
  [[nodiscard]] std::vector<std::uint32_t> firsts(const std::vector<std::uint32_t>& second) const;
  Status name_apart(std::uint32_t place);

  Maildrop& maildrop_;
  MessageKeys& keys_;
  const GuidIds& pins_;
  const GuidIds& kept_;
  Names& names_;
  std::unordered_map<std::string, Claim> claims_;
  std::unordered_map<std::string, std::uint32_t> copies_;  ///< the next number behind an id
};

}  // namespace pop3_legacy::uidl

#endif
