/// What a handler answers: a reply, and for some commands what goes on behind it.
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

struct Command;

/// The lines behind a positive reply where they may be many: made as the client takes them, so
/// that no answer is held whole in memory. Dropped unfinished when the session ends.
class Listing {
 public:
  Listing() = default;
  Listing(const Listing&) = delete;
  Listing& operator=(const Listing&) = delete;
  Listing(Listing&&) = delete;
  Listing& operator=(Listing&&) = delete;
  virtual ~Listing() = default;

  /// The next lines as they go over the wire (CRLF, dots stuffed): some thousand octets. Empty:
  /// there are no more, unless it is unfinished(); whoever asks sends the lone dot. An Error: the
  /// answer cannot be completed, and the only way left to say so is to end the session without the
  /// dot.
  [[nodiscard]] virtual Result<std::string> next() = 0;
  /// Behind an empty next(): it has read for a while, and has nothing to show for it yet.
  [[nodiscard]] virtual bool unfinished() const noexcept { return false; }
};

/// A reply of one line that takes long to find out: in steps, between which the process's other
/// sessions have their turns. Dropped unfinished when the session ends.
class SlowReply {
 public:
  SlowReply() = default;
  SlowReply(const SlowReply&) = delete;
  SlowReply& operator=(const SlowReply&) = delete;
  SlowReply(SlowReply&&) = delete;
  SlowReply& operator=(SlowReply&&) = delete;
  virtual ~SlowReply() = default;

  /// Some milliseconds of it at most. No value: there is more to do.
  [[nodiscard]] virtual std::optional<Reply> step() = 0;
};

/// What takes octets of the client's that are no commands, and then answers a second time.
/// Dropped before its reply: what was taken is forgotten, and nothing is done with it.
class Intake {
 public:
  enum class State {
    taking,   ///< the next octets from the client are this one's
    waiting,  ///< it has all; the client's next octets wait for its reply
    done,     ///< reply() is there
  };

  Intake() = default;
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;
  Intake(Intake&&) = delete;
  Intake& operator=(Intake&&) = delete;
  virtual ~Intake() = default;

  /// Takes what stands at the front of `octets`: all, or all up to its end. How many. Only while
  /// taking.
  virtual std::size_t take(std::string_view octets) = 0;
  [[nodiscard]] virtual State state() const noexcept = 0;
  /// Once done.
  [[nodiscard]] virtual Reply reply() const = 0;
  /// Behind the reply the session has to end: the client's data has none, or not soon.
  [[nodiscard]] virtual bool ends_session() const noexcept = 0;
  /// Sets what is called when a waiting intake is done, once, and not from within take(). It may
  /// destroy the intake.
  virtual void when_done(std::function<void()> wake) = 0;
  /// What follows a positive reply(), which is one line then; nullptr: nothing. Once.
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
  /// Answers once only, when `taker` is done.
  explicit Answer(std::unique_ptr<Intake> taker) : reply(Reply::none()), intake(std::move(taker)) {}
  /// Answers when `work` has found out what.
  explicit Answer(std::unique_ptr<SlowReply> work)
      : reply(Reply::none()), slow_reply(std::move(work)) {}
  /// -ERR to a command that is right, but over a limit. A client that has asked for all its mail at
  /// once gets many of them, and is to come to its QUIT, or what it has deleted stays.
  static Answer over_limit(std::string_view why) {
    Answer answer = Reply::err(why);
    answer.client_erred = false;
    return answer;
  }

  Reply reply;
  /// What follows a positive `reply`, which is one line then; nullptr: nothing.
  std::unique_ptr<Listing> listing;
  /// What takes the client's octets behind a positive `reply`, or without one; nullptr: commands
  /// follow.
  std::unique_ptr<Intake> intake;
  /// What makes the reply, in its place; nullptr: it is there.
  std::unique_ptr<SlowReply> slow_reply;
  /// Behind `reply` the session ends, as if the client were gone.
  bool ends_session = false;
  /// A negative `reply` is one of those bad commands of which a host takes only so many.
  bool client_erred = true;
  /// What was answered, and its arguments; set by the session, nullptr: an unknown command.
  const Command* command = nullptr;
  std::string arguments = {};
};

}  // namespace pop3_legacy

#endif
