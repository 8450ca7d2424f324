#include "plugin/dovecot/departures.h"

#include <unordered_map>

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

// The stream that writes to the network. Those above it call its functions, but the event loop does
// not call theirs.
struct ostream_private* lowest(const struct ostream* output) {
  while (output->real_stream->parent != nullptr) output = output->real_stream->parent;
  return output->real_stream;
}

// False: the listener has failed, so nothing may be concluded from what follows.
bool tell(DepartureListener& listener, void (DepartureListener::*what)()) {
  return trampoline("what has reached the client", false, [&] {
    (listener.*what)();
    return true;
  });
}

template <class Empty>
void tell_while(const struct ostream_private* stream, DepartureListener& listener,
                const Empty& empty_buffer) {
  const bool told = tell(listener, &DepartureListener::before_leaving);
  empty_buffer();
  // The stream may have been forgotten, with the session or without.
  if (told && watched_streams().contains(stream)) {
    tell(listener, &DepartureListener::after_leaving);
  }
}

void watched_cork(struct ostream_private* stream, bool set) {
  const Watched own = watched_streams().find(stream)->second;
  if (set) {
    own.cork(stream, set);
  } else {
    tell_while(stream, *own.listener, [&] { own.cork(stream, set); });
  }
}

int watched_flush(struct ostream_private* stream) {
  const Watched own = watched_streams().find(stream)->second;
  int result = 0;
  tell_while(stream, *own.listener, [&] { result = own.flush(stream); });
  return result;
}

}  // namespace

void watch_departures(const struct ostream* output, DepartureListener* listener) {
  struct ostream_private* const stream = lowest(output);
  if (stream->flush == watched_flush) return;
  watched_streams().insert_or_assign(
      stream, Watched{.listener = listener, .cork = stream->cork, .flush = stream->flush});
  stream->cork = watched_cork;
  stream->flush = watched_flush;
}

void forget_departures(const struct ostream* output) {
  struct ostream_private* const stream = lowest(output);
  if (stream->flush != watched_flush) return;
  const auto found = watched_streams().find(stream);
  stream->cork = found->second.cork;
  stream->flush = found->second.flush;
  watched_streams().erase(found);
}

}  // namespace pop3_legacy::dovecot
