/// What is kept of what a session does to messages: LAST, what was fetched or deleted, the pace.
/// Each is a Tracker, and Accesses tells them all.
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
  quit,     ///< the client said QUIT, and the host did what it asked for
  dropped,  ///< in any other way
};

/// What is asked for of a message.
enum class Extent : std::uint8_t {
  header,  ///< TOP without lines
  lines,   ///< TOP with some, which may be all there are
  whole,   ///< RETR, or TOP with more lines than the message can have
};

/// What TOP with so many lines asks for, of a message of so many octets.
constexpr Extent extent_of(std::uint64_t lines, std::uint64_t octets) noexcept {
  if (lines == 0) return Extent::header;
  return lines >= octets ? Extent::whole : Extent::lines;
}

/// A command on one message that is there.
struct MessageAccess {
  Access kind = Access::none;  ///< retrieve, top or remove
  MessageNumber number = 0;
  Uid uid = 0;
  std::uint64_t octets = 0;  ///< of the message, as LIST tells them
  Extent extent = Extent::header;
  bool as_it_is = true;  ///< false: what is sent is made of the message (MANGLE)
};

/// What went to the client for a command.
struct Sent {
  std::uint64_t octets = 0;  ///< 0: the command failed. Of DELE any other number
  /// No line was left out, as far as is known; where a message is sent as it is, the octets tell.
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
  /// Such a command matters.
  [[nodiscard]] virtual bool minds(const MessageAccess& access) const = 0;
  /// A command that it minds is about to be executed, and executed() follows. A value: it must not
  /// be, and why not, for the client.
  [[nodiscard]] virtual std::optional<std::string> refusal(const MessageAccess& /*access*/) {
    return std::nullopt;
  }
  /// It may refuse such a command.
  [[nodiscard]] virtual bool may_refuse(Access /*kind*/) const noexcept { return false; }
  virtual void executed(const MessageAccess& access, const Sent& sent) = 0;
  /// RSET was executed.
  virtual void reset() {}

  /// It matters whether such a message reaches the client.
  [[nodiscard]] virtual bool minds_delivery(const MessageAccess& /*access*/) const { return false; }
  virtual void delivered(const MessageAccess& /*access*/) {}

  /// Stores what later sessions need: before the host executes QUIT, or another maildrop is opened,
  /// and at the end; the numbers may no longer be valid at the end of a session with QUIT.
  virtual Status finish(Ending ending) = 0;
  /// Where that fails QUIT must not be executed, for it would remove what is to be kept. And once
  /// it has succeeded for QUIT nothing more is to be stored.
  [[nodiscard]] virtual bool holds_quit() const noexcept { return false; }
  /// The beginning of the sentence for the log where it fails: what comes of it.
  [[nodiscard]] virtual std::string_view not_stored() const noexcept = 0;
};

}  // namespace pop3_legacy

#endif
