/// The input stream that stands between the network and Dovecot's command loop. Lines of the
/// host pass in runs, untouched and uncopied; lines of ours stay here and are answered once
/// the host has executed everything before them.
#ifndef POP3_LEGACY_DOVECOT_INPUT_FILTER_H
#define POP3_LEGACY_DOVECOT_INPUT_FILTER_H

#include <cstddef>

#include "plugin/dovecot/pop3_host.h"

namespace pop3_legacy::dovecot {

class ClientSession;

/// Over `parent`, which it references. `session` is asked until input_filter_detach().
struct istream* input_filter_create(struct istream* parent, ClientSession* session);

/// From now on the stream is at its end.
void input_filter_detach(struct istream* filter);

/// The parent holds input that has been neither given to the host nor answered: the command
/// loop has to come back even if nothing more arrives from the network.
bool input_filter_has_more(const struct istream* filter);

/// How many octets that is.
std::size_t input_filter_waiting(const struct istream* filter);

}  // namespace pop3_legacy::dovecot

#endif
