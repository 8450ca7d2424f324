/// What the assignment of ids (assignment.h) asks of its host.
#ifndef POP3_LEGACY_CORE_UIDL_MAILDROP_H
#define POP3_LEGACY_CORE_UIDL_MAILDROP_H

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/event.h"
#include "plugin/core/base/hasher.h"
#include "plugin/core/base/result.h"
#include "plugin/core/host/types.h"
#include "plugin/core/state/state_store.h"
#include "plugin/core/uidl/facts.h"
#include "plugin/core/uidl/list_file.h"

namespace pop3_legacy::uidl {

/// A maildrop's messages, including hidden and deleted ones, and their environment.
class Maildrop : public StateStore {
 public:
  [[nodiscard]] virtual std::uint32_t message_count() = 0;
  /// The message at `place`, 0 to message_count() - 1 in UID order; valid until the next call. An
  /// Error: it cannot be accessed, or was removed by somebody else (Failure::gone).
  [[nodiscard]] virtual Result<Facts*> message(std::uint32_t place) = 0;

  /// The message's UID, found without opening it. `place` is as above.
  [[nodiscard]] virtual Uid uid(std::uint32_t place) = 0;
  [[nodiscard]] virtual UidValidity uidvalidity() = 0;
  /// Higher than any UID that a message has had so far.
  [[nodiscard]] virtual Uid uid_next() = 0;

  /// Another session has removed the message at `place` by now.
  [[nodiscard]] virtual bool removed(std::uint32_t /*place*/) { return false; }

  /// What keep_derived() stored for `scheme` and the message that message() returned last.
  [[nodiscard]] virtual std::optional<std::string> derived(std::string_view /*scheme*/) {
    return std::nullopt;
  }
  /// Stores the result of reading a message in a cache that may be dropped.
  virtual void keep_derived(std::string_view /*scheme*/, std::string_view /*value*/) {}
  /// The id that the host has stored with the message that message() returned last; empty: none.
  [[nodiscard]] virtual Result<std::string> stored_id() { return std::string(); }
  /// No message from the one at `place` on has such an id. False: one has, or that cannot be told
  /// without asking for each.
  [[nodiscard]] virtual bool stores_none(std::uint32_t /*place*/) { return false; }

  /// The id that the host itself would give the message that message() returned last if none is
  /// stored with it. Empty: not known here.
  [[nodiscard]] virtual Result<std::string> host_id() = 0;
  /// What keep_list() has kept for this mailbox (id_list.h). nullptr: nothing, or it cannot be
  /// read, or it may be of another state of the mailbox, from a backup for example.
  [[nodiscard]] virtual std::unique_ptr<ListFile> open_list() { return nullptr; }
  /// Keeps a list for later sessions, in a cache that may be dropped.
  virtual void keep_list(std::string_view /*text*/) {}

  /// The ids are shown to a POP3 client. Only then is it remembered which plan they come from.
  [[nodiscard]] virtual bool serves_client() { return true; }

  /// The Hasher lives as long as this object.
  [[nodiscard]] virtual Result<Hasher*> hasher() = 0;
  /// The content of a key file that only the mail user may read.
  [[nodiscard]] virtual Result<std::string> read_key(const std::string& path) = 0;

  /// Logs `event`, and counts it where the host can. Its sentence does not say "uidl: ".
  virtual void report(const Event& event) = 0;
};

/// The two states of a Maildrop.
inline constexpr std::string_view memory_state = "uidl";
inline constexpr std::string_view pins_state = "pins";

}  // namespace pop3_legacy::uidl

#endif
