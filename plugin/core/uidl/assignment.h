/// The ids of a whole maildrop, by its policy, its pins and what it remembers.
///
/// In this order a message has the id
///   1. that was imported for it (pins),
///   2. that it was given before and that is kept (memory.h),
///   3. that the host has stored with it (Dovecot's pop3_save_uidl, or a migration),
///   4. of the first scheme of its chain that has one,
///   5. that the host gives it.
/// An id that POP3 does not allow, or that is too long in this mailbox, is replaced (identifier.h).
/// Where two messages have the same id, the one that comes first in this order, then the one with
/// the lower UID, has it and the other gets `ID-` and ten digits of its GUID's hash, with no more
/// of ID than makes 70 octets; it keeps that, when the first is deleted, too. An id that is
/// remembered for a message that is gone is not given to another one. Where the host gives two
/// messages the same id, that is the host's affair.
///
/// A message that cannot be read, or that another session has removed, has no id; the others have
/// theirs, and keep them when it comes back.
#ifndef POP3_LEGACY_CORE_UIDL_ASSIGNMENT_H
#define POP3_LEGACY_CORE_UIDL_ASSIGNMENT_H

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/hasher.h"
#include "plugin/core/log_level.h"
#include "plugin/core/result.h"
#include "plugin/core/state_store.h"
#include "plugin/core/uidl/facts.h"
#include "plugin/core/uidl/plan.h"

namespace pop3_legacy::uidl {

/// What the assignment asks of its host: a maildrop's messages, hidden and deleted ones among
/// them, and what is around them.
class Maildrop : public StateStore {
 public:
  [[nodiscard]] virtual std::uint32_t message_count() = 0;
  /// The message at `place`, 0 to message_count() - 1 in the order of the UIDs; valid until the
  /// next call. An Error: it cannot be reached, or was removed by somebody else (Failure::gone).
  [[nodiscard]] virtual Result<Facts*> message(std::uint32_t place) = 0;

  /// Another session has removed the message at `place` meanwhile, as of now.
  [[nodiscard]] virtual bool removed(std::uint32_t /*place*/) { return false; }

  /// What derive() kept for `scheme` and the message that message() gave last.
  [[nodiscard]] virtual std::optional<std::string> derived(std::string_view /*scheme*/) {
    return std::nullopt;
  }
  /// Keeps what took reading a message to find out, in a cache that may be dropped.
  virtual void keep_derived(std::string_view /*scheme*/, std::string_view /*value*/) {}
  /// The id that the host has stored with the message that message() gave last; empty: none.
  [[nodiscard]] virtual Result<std::string> stored_id() { return std::string(); }

  /// The id that the host itself would give the message that message() gave last, if nothing is
  /// stored with it. Empty: that is not known here.
  [[nodiscard]] virtual Result<std::string> host_id() = 0;
  /// The ids are shown to a POP3 client: then it is remembered by which plan they are, and only
  /// then.
  [[nodiscard]] virtual bool serves_client() { return true; }

  /// Loads OpenSSL if need be; the Hasher lives as long as this.
  [[nodiscard]] virtual Result<Hasher*> hasher() = 0;
  /// The content of a key file that only the mail user may read.
  [[nodiscard]] virtual Result<std::string> read_key(const std::string& path) = 0;

  /// One sentence for the administrator.
  virtual void log(LogLevel level, std::string_view sentence) = 0;
};

/// The two states of a Maildrop.
inline constexpr std::string_view memory_state = "uidl";
inline constexpr std::string_view pins_state = "pins";

/// How long an id may be in this mailbox: as it remembers, or as the policy has it where it
/// remembers nothing or is to change.
Result<std::size_t> longest_identifier(Maildrop& maildrop, const Wanted& wanted);

/// What a message is called.
struct MessageId {
  enum class From : std::uint8_t {
    plugin,
    host,    ///< the host names it, in its own way, when it is asked
    nobody,  ///< it has no id in this session
  };

  From from = From::plugin;
  /// Of From::host what the host is going to say; empty where that is not known here.
  std::string text;
};

/// The same as assign_ids(), part by part.
class IdAssignment {
 public:
  /// `maildrop` lives longer than this, and its messages stay as they are.
  IdAssignment(Maildrop& maildrop, Wanted wanted, bool wanted_known);
  IdAssignment(const IdAssignment&) = delete;
  IdAssignment& operator=(const IdAssignment&) = delete;
  IdAssignment(IdAssignment&&) = delete;
  IdAssignment& operator=(IdAssignment&&) = delete;
  ~IdAssignment();

  /// Goes on until `until`, or a little longer: a message is not left in the middle, and what is
  /// made of all messages is made at once. False: there is more to do.
  Result<bool> go_on(std::chrono::steady_clock::time_point until);
  /// What assign_ids() returns, once go_on() has returned true.
  [[nodiscard]] std::optional<std::vector<MessageId>> take_ids();

 private:
  struct Work;
  std::unique_ptr<Work> work_;
};

/// The ids by place; no value: the host names all its messages itself. What has to be remembered
/// has been stored when this returns, and without an Error no id differs from what was given
/// before.
Result<std::optional<std::vector<MessageId>>> assign_ids(Maildrop& maildrop, const Wanted& wanted,
                                                         bool wanted_known);

}  // namespace pop3_legacy::uidl

#endif
