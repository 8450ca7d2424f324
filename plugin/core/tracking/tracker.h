/// Something that keeps track of what a session does to messages: LAST, what was fetched or
/// deleted, the pace. Accesses informs all of them.
#ifndef POP3_LEGACY_CORE_TRACKING_TRACKER_H
#define POP3_LEGACY_CORE_TRACKING_TRACKER_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/host/access.h"
#include "plugin/core/host/types.h"

namespace pop3_legacy {

/// How a session ended.
enum class Ending {
  quit,     ///< the client sent QUIT, and the host executed it
  dropped,  ///< any other end
};

/// How much of a message is asked for.
enum class Extent : std::uint8_t {
  header,  ///< TOP without body lines
  lines,   ///< TOP with some lines, which may be the whole body
  whole,   ///< RETR, or TOP with more lines than the message can have
};

/// What TOP with `lines` lines asks for, if the message has `octets` octets.
constexpr Extent extent_of(std::uint64_t lines, std::uint64_t octets) noexcept {
  if (lines == 0) return Extent::header;
  return lines >= octets ? Extent::whole : Extent::lines;
}

/// A command on one existing message.
struct MessageAccess {
  Access kind = Access::none;  ///< retrieve, top or remove
  MessageNumber number = 0;
  Uid uid = 0;
  std::uint64_t octets = 0;  ///< of the message, as LIST shows them
  Extent extent = Extent::header;
  bool as_it_is = true;  ///< false: what is sent is derived from the message (MANGLE)
};

/// What was sent to the client for a command.
struct Sent {
  std::uint64_t octets = 0;  ///< 0: the command failed. For DELE, any other number
  /// As far as is known, no line was left out; if a message is sent as it is, the octets tell.
  bool all = false;
};

class Tracker {
 public:
  Tracker() = default;
  Tracker(const Tracker&) = delete;
  Tracker& operator=(const Tracker&) = delete;
  Tracker(Tracker&&) = delete;
  Tracker& operator=(Tracker&&) = delete;
  virtual ~Tracker() = default;

  /// Asked before a command changes anything. False: nothing is kept in this session.
  virtual bool ready() { return true; }
  /// A command like this matters to the tracker.
  [[nodiscard]] virtual bool minds(const MessageAccess& access) const = 0;
  /// A command that matters is about to be executed; executed() follows. A value: it must not be
  /// executed; the value tells the client why.
  [[nodiscard]] virtual std::optional<std::string> refusal(const MessageAccess& /*access*/) {
    return std::nullopt;
  }
  /// It may refuse a command of this kind.
  [[nodiscard]] virtual bool may_refuse(Access /*kind*/) const noexcept { return false; }
  virtual void executed(const MessageAccess& access, const Sent& sent) = 0;
  /// RSET was executed.
  virtual void reset() {}

  /// It matters whether this message reaches the client.
  [[nodiscard]] virtual bool minds_delivery(const MessageAccess& /*access*/) const { return false; }
  virtual void delivered(const MessageAccess& /*access*/) {}

  /// Stores what later sessions need: before the host executes QUIT, before another maildrop is
  /// opened, and at the end. At the end of a session with QUIT the numbers may no longer be valid.
  virtual Status finish(Ending ending) = 0;
  /// If finish() fails, QUIT must not be executed, because it would remove what should be kept.
  /// Once it has succeeded for QUIT, nothing more may be stored.
  [[nodiscard]] virtual bool holds_quit() const noexcept { return false; }
  /// The beginning of the log message if finish() fails: the consequence.
  [[nodiscard]] virtual std::string_view not_stored() const noexcept = 0;
};

}  // namespace pop3_legacy

#endif
