/// What a handler answers: a reply and, for some commands, what follows it.
#ifndef POP3_LEGACY_CORE_PROTOCOL_ANSWER_H
#define POP3_LEGACY_CORE_PROTOCOL_ANSWER_H

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "plugin/core/base/result.h"
#include "plugin/core/protocol/reply.h"

namespace pop3_legacy {

/// The lines after a positive reply, where there may be many. They are produced as the client takes
/// them, so no answer is held in memory as a whole. Dropped unfinished when the session ends.
class Listing {
 public:
  Listing() = default;
  Listing(const Listing&) = delete;
  Listing& operator=(const Listing&) = delete;
  Listing(Listing&&) = delete;
  Listing& operator=(Listing&&) = delete;
  virtual ~Listing() = default;

  /// Enough for one call of next(): a host sends so much before it checks for room again.
  static constexpr std::size_t piece_octets = 4096;

  /// The next lines as they go over the wire (CRLF, dots stuffed), some piece_octets. Empty:
  /// there are no more unless unfinished(); the caller sends the lone dot. An Error: the answer
  /// cannot be completed; the only way left to say so is to end the session without the dot.
  [[nodiscard]] virtual Result<std::string> next() = 0;
  /// After an empty next(): it has been reading for a while and has nothing to show yet.
  [[nodiscard]] virtual bool unfinished() const noexcept { return false; }
};

/// A one-line reply that takes long to work out. It is done in steps, so the process's other
/// sessions get their turns. Dropped unfinished when the session ends.
class SlowReply {
 public:
  SlowReply() = default;
  SlowReply(const SlowReply&) = delete;
  SlowReply& operator=(const SlowReply&) = delete;
  SlowReply(SlowReply&&) = delete;
  SlowReply& operator=(SlowReply&&) = delete;
  virtual ~SlowReply() = default;

  /// Works for a few milliseconds at most. No value: there is more to do.
  [[nodiscard]] virtual std::optional<Reply> step() = 0;
};

/// Takes octets from the client that are not commands, then answers a second time. If it is dropped
/// before its reply, what it took is forgotten and nothing is done with it.
class Intake {
 public:
  enum class State {
    taking,   ///< the next octets from the client go to this intake
    waiting,  ///< it has everything; the client's next octets wait for its reply
    done,     ///< reply() is available
  };

  Intake() = default;
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;
  Intake(Intake&&) = delete;
  Intake& operator=(Intake&&) = delete;
  virtual ~Intake() = default;

  /// Takes octets from the front of `octets`: all of them, or up to its own end. Returns how many.
  /// Only while taking.
  virtual std::size_t take(std::string_view octets) = 0;
  [[nodiscard]] virtual State state() const noexcept = 0;
  /// Only once done.
  [[nodiscard]] virtual Reply reply() const = 0;
  /// The session has to end after the reply: the client's data does not end, or not soon.
  [[nodiscard]] virtual bool ends_session() const noexcept = 0;
  /// Sets a callback for when a waiting intake is done. It is called once, not from within take(),
  /// and may destroy the intake.
  virtual void when_done(std::function<void()> wake) = 0;
  /// What follows a positive reply(), which is then one line; nullptr: nothing. Called once.
  [[nodiscard]] virtual std::unique_ptr<Listing> listing() { return nullptr; }
  /// It waits for a result that nobody needs once the client is gone.
  [[nodiscard]] virtual bool for_client_only() const noexcept { return false; }
};

struct Answer {
  // Implicit on purpose: most handlers `return Reply::ok(…)`.
  Answer(Reply only) : reply(std::move(only)) {}  // NOLINT
  Answer(Reply first, std::unique_ptr<Listing> rest)
      : reply(std::move(first)), listing(std::move(rest)) {}
  Answer(Reply first, std::unique_ptr<Intake> taker)
      : reply(std::move(first)), intake(std::move(taker)) {}
  /// Answers only once, when `taker` is done.
  explicit Answer(std::unique_ptr<Intake> taker) : reply(Reply::none()), intake(std::move(taker)) {}
  /// Answers when `work` has produced the reply.
  explicit Answer(std::unique_ptr<SlowReply> work)
      : reply(Reply::none()), slow_reply(std::move(work)) {}
  /// -ERR to a valid command that exceeds a limit. A client that asked for all its mail at once
  /// gets many of these and must still reach its QUIT, or its deletions are not carried out.
  static Answer over_limit(std::string_view why) {
    Answer answer = Reply::err(why);
    answer.client_erred = false;
    return answer;
  }

  Reply reply;
  /// What follows a positive `reply`, which is then one line; nullptr: nothing.
  std::unique_ptr<Listing> listing;
  /// Takes the client's octets after a positive `reply`, or without one; nullptr: commands follow.
  std::unique_ptr<Intake> intake;
  /// Produces the reply in place of `reply`; nullptr: `reply` is it.
  std::unique_ptr<SlowReply> slow_reply;
  /// The session ends after `reply`, as if the client had gone.
  bool ends_session = false;
  /// A negative `reply` counts as one of the bad commands of which a host tolerates only so many.
  bool client_erred = true;
};

}  // namespace pop3_legacy

#endif
