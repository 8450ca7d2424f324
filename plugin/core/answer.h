/// What a handler answers: a reply, and for some commands what goes on behind it.
#ifndef POP3_LEGACY_CORE_ANSWER_H
#define POP3_LEGACY_CORE_ANSWER_H

#include <memory>
#include <string>
#include <utility>

#include "plugin/core/reply.h"
#include "plugin/core/result.h"

namespace pop3_legacy {

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

  /// The next lines as they go over the wire (CRLF, dots stuffed): some thousand octets, one line
  /// at least. Empty: there are no more; whoever asks sends the lone dot. An Error: the answer
  /// cannot be completed, and the only way left to say so is to end the session without the dot.
  [[nodiscard]] virtual Result<std::string> next() = 0;
};

struct Answer {
  // Implicit on purpose: most handlers `return Reply::ok(…)`.
  Answer(Reply only) : reply(std::move(only)) {}  // NOLINT
  Answer(Reply first, std::unique_ptr<Listing> rest)
      : reply(std::move(first)), listing(std::move(rest)) {}

  Reply reply;
  /// What follows a positive `reply`, which is one line then; nullptr: nothing.
  std::unique_ptr<Listing> listing;
};

}  // namespace pop3_legacy

#endif
