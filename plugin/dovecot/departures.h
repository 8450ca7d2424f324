/// Tells when octets leave Dovecot for the client.
///
/// Two functions of Dovecot's output stream are replaced, the lowest one's, with which its buffer
/// is emptied. A stream of our own above it would cost as much for each of a message's many pieces
/// as for the moments that matter. Dovecot corks its output while it executes commands, so octets
/// that leave in any other way are those for which the buffer had no room.
#ifndef POP3_LEGACY_DOVECOT_DEPARTURES_H
#define POP3_LEGACY_DOVECOT_DEPARTURES_H

#include "plugin/core/host/interface.h"

struct ostream;

namespace pop3_legacy::dovecot {

class DepartureListener : public host::Interface {
 public:
  /// What is in the output's buffer may be about to leave.
  virtual void before_leaving() = 0;
  /// It may have left.
  virtual void after_leaving() = 0;

 protected:
  ~DepartureListener() = default;
};

/// `listener` is told from now on, until it is forgotten. One for each stream: it does nothing if
/// the stream is watched.
void watch_departures(const struct ostream* output, DepartureListener* listener);
/// Gives the stream its own functions back; does nothing if it is not watched. The listener may do
/// so itself.
void forget_departures(const struct ostream* output);

}  // namespace pop3_legacy::dovecot

#endif
