#include "plugin/dovecot/departures.h"

#include <unordered_map>
#include <utility>

#include "plugin/dovecot/pop3_host.h"
#include "plugin/dovecot/trampoline.h"

namespace pop3_legacy::dovecot {

namespace {

struct Watched {
  DepartureListener* listener;
  // The stream's own functions.
  void (*cork)(struct ostream_private* stream, bool set);
  int (*flush)(struct ostream_private* stream);
};

// A stream has no room for what others know of it.
std::unordered_map<const struct ostream_private*, Watched>& watched_streams() {
  static std::unordered_map<const struct ostream_private*, Watched> streams;
  return streams;
}

// A copy: the stream may be forgotten while its own function runs.
Watched watched(const struct ostream_private* stream) {
  return watched_streams().at(stream);
}

void tell(DepartureListener& listener, void (DepartureListener::*what)()) {
  trampoline("what has reached the client", 0, [&] {
    (listener.*what)();
    return 0;
  });
}

template <class Leave>
void leave(const struct ostream_private* stream, const Watched& watched, Leave&& leave) {
  tell(*watched.listener, &DepartureListener::before_leaving);
  std::forward<Leave>(leave)();
  // It may have been forgotten, with the session or without.
  if (watched_streams().contains(stream)) {
    tell(*watched.listener, &DepartureListener::after_leaving);
  }
}

void cork(struct ostream_private* stream, bool set) {
  const Watched watched = dovecot::watched(stream);
  if (set) {
    watched.cork(stream, set);
  } else {
    leave(stream, watched, [&] { watched.cork(stream, set); });
  }
}

int flush(struct ostream_private* stream) {
  const Watched watched = dovecot::watched(stream);
  int result = 0;
  leave(stream, watched, [&] { result = watched.flush(stream); });
  return result;
}

}  // namespace

void watch_departures(struct ostream* output, DepartureListener* listener) {
  struct ostream_private* const stream = output->real_stream;
  if (stream->flush == flush) return;
  watched_streams().insert_or_assign(
      stream, Watched{.listener = listener, .cork = stream->cork, .flush = stream->flush});
  stream->cork = cork;
  stream->flush = flush;
}

void forget_departures(struct ostream* output) {
  if (output->real_stream->flush != flush) return;
  const auto found = watched_streams().find(output->real_stream);
  output->real_stream->cork = found->second.cork;
  output->real_stream->flush = found->second.flush;
  watched_streams().erase(found);
}

}  // namespace pop3_legacy::dovecot
