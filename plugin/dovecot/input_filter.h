/// The input stream between the network and Dovecot's command loop. Lines for the host pass in
/// runs, unchanged and uncopied. Our lines are kept back and answered once the host has executed
/// everything before them.
#ifndef POP3_LEGACY_DOVECOT_INPUT_FILTER_H
#define POP3_LEGACY_DOVECOT_INPUT_FILTER_H

#include <cstddef>

#include "plugin/dovecot/pop3_host.h"

namespace pop3_legacy::dovecot {

class ClientSession;

/// A filter over `parent`, to which it holds a reference. It asks `session` until
/// input_filter_detach(). Its offset counts what the client has sent, as Dovecot's log and events
/// do, and not what the host was given.
struct istream* input_filter_create(struct istream* parent, ClientSession* session);

/// How many octets the host has consumed of what it was given: lines that were answered here do not
/// count, and those that were replaced count as what replaced them.
uoff_t input_filter_given(const struct istream* filter);

/// Ends the stream.
void input_filter_detach(struct istream* filter);

/// The parent holds input that was neither given to the host nor answered: the command loop must
/// come back even if nothing more arrives.
bool input_filter_has_more(const struct istream* filter);

/// The number of these octets.
std::size_t input_filter_waiting(const struct istream* filter);

}  // namespace pop3_legacy::dovecot

#endif
