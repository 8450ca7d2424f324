/// Which of the sent messages have reached the client.
///
/// The same rule holds whatever is between the host and the client: a message has reached the
/// client when the client has sent a command after the message's last octet left for it, and that
/// command was not already waiting when the octet left. The end of a connection proves nothing:
/// behind TLS or a proxy it is the end of another process's connection. An empty send queue proves
/// nothing either.
///
/// A client that has several messages under way at once may ask for the next one before it has read
/// the latest. From such a client, a download command only proves messages that are further back
/// than the largest number it has ever had under way; any other command proves all.
#ifndef POP3_LEGACY_CORE_TRACKING_DELIVERY_H
#define POP3_LEGACY_CORE_TRACKING_DELIVERY_H

#include <cstdint>
#include <deque>
#include <optional>

#include "plugin/core/tracking/tracker.h"

namespace pop3_legacy {

/// Positions count all octets that the client has sent, commands and data.
class Delivery {
 public:
  /// A command's place among the others.
  struct Place {
    std::uint64_t end = 0;         ///< the position after its line
    std::uint64_t retrievals = 0;  ///< commands so far that ask for a message, including this one
  };
  /// What a command means to a download.
  enum class Kind : std::uint8_t {
    retrieval,  ///< asks for a message
    deletion,   ///< says that a message is no longer needed
    other,
  };

  /// The client's next command, whose line begins at `begin` and ends before `end`.
  void heard(std::uint64_t begin, std::uint64_t end, Kind kind) noexcept {
    begin_ = begin;
    kind_ = kind;
    place_.end = end;
    if (kind == Kind::retrieval) ++place_.retrievals;
  }
  /// The place of the latest command.
  [[nodiscard]] const Place& place() const noexcept { return place_; }

  /// The answer to the command at `place`, containing this message, is complete, but may not have
  /// left.
  void sent(const MessageAccess& access, const Place& place);
  /// A message may not have left yet, so the next two calls matter.
  [[nodiscard]] bool awaits_departure() const noexcept { return left_ < messages_.size(); }
  /// Octets that may be the last of a message are about to leave, and the client's input has
  /// arrived up to this position.
  void leaving(std::uint64_t arrived) noexcept { arrived_ = arrived; }
  /// All messages so far have left; the last octet left after the latest leaving().
  void all_left();

  /// A message that the latest command proves to have reached the client, in the order of sending.
  /// Call pop() to get to the next.
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
  std::size_t left_ = 0;  ///< how many of these, from the front, have left
  std::uint64_t arrived_ = 0;
  std::uint64_t under_way_ = 1;  ///< the most messages at once so far
  Place place_;
  std::uint64_t begin_ = 0;  ///< of the latest command
  Kind kind_ = Kind::other;
};

}  // namespace pop3_legacy

#endif
