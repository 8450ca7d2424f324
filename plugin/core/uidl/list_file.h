/// The file of a mailbox's list of ids (id_list.h), as its host has it open.
#ifndef POP3_LEGACY_CORE_UIDL_LIST_FILE_H
#define POP3_LEGACY_CORE_UIDL_LIST_FILE_H

#include <cstdint>
#include <span>

#include "plugin/core/host/interface.h"

namespace pop3_legacy::uidl {

/// It stays as it was opened: another session that writes a new list puts a new file in its place.
class ListFile : public host::Interface {
 public:
  virtual ~ListFile() = default;

  /// As it was opened.
  [[nodiscard]] virtual std::uint64_t octets() const = 0;
  /// Fills `out` with what stands at `offset`. False: it cannot be read, or ends before that.
  [[nodiscard]] virtual bool read(std::uint64_t offset, std::span<char> out) = 0;
};

}  // namespace pop3_legacy::uidl

#endif
