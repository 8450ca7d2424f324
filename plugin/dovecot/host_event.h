/// The plugin's log lines and events, given to Dovecot.
#ifndef POP3_LEGACY_DOVECOT_HOST_EVENT_H
#define POP3_LEGACY_DOVECOT_HOST_EVENT_H

#include <string_view>

#include "plugin/core/base/event.h"
#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// Logs `event` with the plugin's prefix as a child of `parent`. Dovecot's statistics see it if it
/// has a name.
void report_event(struct event* parent, const Event& event);

/// Somebody may want events of debug level: a metric, or a filter of the log. If not, none need be
/// made.
bool has_listeners();

/// What every event about this user's mail says: his domain, in lower case, and his policy's
/// dialect. Dovecot's own events about him say it as well.
void describe_user(struct event* user, std::string_view name, std::string_view dialect);

}  // namespace pop3_legacy::dovecot

#endif
