/// Distinguishes messages of one maildrop that have come to the same id.
#ifndef POP3_LEGACY_CORE_UIDL_DISTINCT_IDS_H
#define POP3_LEGACY_CORE_UIDL_DISTINCT_IDS_H

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/uidl/guid_ids.h"
#include "plugin/core/uidl/listed_ids.h"
#include "plugin/core/uidl/maildrop.h"
#include "plugin/core/uidl/message_keys.h"
#include "plugin/core/uidl/names.h"

namespace pop3_legacy::uidl {

/// The message with the better right to an id keeps it (Origin), then the one with the lower UID.
/// An id given to a removed message, or reserved for one that is not there yet, is not given to
/// another: messages may come back from another folder or a backup. Ids that the host gives twice,
/// and those that were kept as such, are left as they are.
class DistinctIds {
 public:
  /// All arguments must outlive this object. `names` are to be told apart, from each other and from
  /// those of `listed`, which stay as they are. `pins` and `kept` are the ids that already belong
  /// to messages.
  DistinctIds(Maildrop& maildrop, MessageKeys& keys, const GuidIds& pins, const GuidIds& kept,
              ListedIds& listed, Names& names)
      : maildrop_(maildrop),
        keys_(keys),
        pins_(pins),
        kept_(kept),
        listed_(listed),
        names_(names) {}

  /// To be called once, when all messages are named. Returns the places of messages that have
  /// displaced others and for which nothing is stored.
  Result<std::vector<std::uint32_t>> tell_apart();

 private:
  /// The holder of an id.
  struct Claim {
    bool host = false;
    const std::string* key = nullptr;  ///< as in Named
  };

  bool claim(std::size_t row);
  [[nodiscard]] bool shares(std::size_t row, std::uint32_t holder) const;
  void reserve();
  [[nodiscard]] std::vector<std::uint32_t> firsts(const std::vector<std::size_t>& second);
  Status name_apart(std::size_t row);

  Maildrop& maildrop_;
  MessageKeys& keys_;
  const GuidIds& pins_;
  const GuidIds& kept_;
  ListedIds& listed_;
  Names& names_;
  std::unordered_map<std::string, Claim> claims_;
  std::unordered_map<std::string, std::uint32_t> copies_;  ///< the next number to append to an id
};

}  // namespace pop3_legacy::uidl

#endif
