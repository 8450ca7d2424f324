/// Which of the messages that were sent have reached the client.
///
/// One rule, whatever stands between the host and the client: a message has reached the client
/// when the client has sent a command after the message's last octet left for it, one that was not
/// waiting already when that octet left. The end of a connection proves nothing: behind TLS or a
/// proxy it is the end of another process's connection, and so is an empty send queue.
///
/// A client that has several messages under way at once may ask for the next one before it has read
/// those that came last. From such a client a command of a download proves only what lies further
/// back than it has ever had messages under way; any other command proves all.
#ifndef POP3_LEGACY_CORE_TRACKING_DELIVERY_H
#define POP3_LEGACY_CORE_TRACKING_DELIVERY_H

#include <cstdint>
#include <deque>
#include <optional>

#include "plugin/core/tracking/tracker.h"

namespace pop3_legacy {

/// Positions are octets of all that the client has sent, commands and data.
class Delivery {
 public:
  /// Where a command stands among the others.
  struct Place {
    std::uint64_t end = 0;         ///< the position behind its line
    std::uint64_t retrievals = 0;  ///< commands that ask for a message so far, itself included
  };
  /// What a command is to a download.
  enum class Kind : std::uint8_t {
    retrieval,  ///< asks for a message
    deletion,   ///< says that a message is no longer needed
    other,
  };

  /// The client's next command, whose line stands at `begin` and ends before `end`.
  void heard(std::uint64_t begin, std::uint64_t end, Kind kind);
  /// Of the command heard last.
  [[nodiscard]] const Place& place() const noexcept { return place_; }

  /// The answer to the command at `place`, with this message, is complete, but may not have left.
  void sent(const MessageAccess& access, const Place& place);
  /// A message may not have left yet: the next two calls matter.
  [[nodiscard]] bool awaits_departure() const noexcept { return left_ < messages_.size(); }
  /// Octets that may be the last of a message are about to leave, and the client's input has
  /// arrived up to this position.
  void leaving(std::uint64_t arrived) noexcept { arrived_ = arrived; }
  /// All messages so far have left, the last octet after the last leaving().
  void all_left();

  /// The command heard last proves that this message has reached the client. The next one: behind
  /// pop(). In the order in which they were sent.
  [[nodiscard]] const MessageAccess* proved() const;
  void pop();

  /// Nothing that was sent matters any more.
  void forget();

 private:
  struct Waiting {
    MessageAccess access;
    Place place;
    std::uint64_t arrived = 0;  ///< of input, when it left
  };

  std::deque<Waiting> messages_;
  std::size_t left_ = 0;  ///< of these, the first so many
  std::uint64_t arrived_ = 0;
  std::uint64_t under_way_ = 1;  ///< messages at once, at most, so far
  Place place_;
  std::uint64_t begin_ = 0;  ///< of the command heard last
  Kind kind_ = Kind::other;
};

}  // namespace pop3_legacy

#endif
