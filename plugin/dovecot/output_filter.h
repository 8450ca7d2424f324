/// The output stream between Dovecot's commands and the network, if the policy words Dovecot's
/// replies or may refuse a login. It shows the session the first line of each answer. Everything
/// else passes.
///
/// It is installed before Dovecot says "+OK Logged in.", which may be before the mailbox is open.
/// That line is held back until it is known what the maildrop is.
#ifndef POP3_LEGACY_DOVECOT_OUTPUT_FILTER_H
#define POP3_LEGACY_DOVECOT_OUTPUT_FILTER_H

#include <string>
#include <string_view>

#include "plugin/core/host/interface.h"
#include "plugin/dovecot/pop3_host.h"

namespace pop3_legacy::dovecot {

/// Is asked about replies.
class ReplyEditor : public host::Interface {
 public:
  /// The next line that Dovecot sends is the first line of an answer that may be reworded.
  [[nodiscard]] virtual bool awaits_reply() const = 0;
  /// What the client gets in place of `line`; neither has a CRLF.
  [[nodiscard]] virtual std::string reworded(std::string_view line) = 0;

 protected:
  ~ReplyEditor() = default;
};

/// Installs a filter on `client`'s output. Dovecot has not sent the reply to the login yet.
void output_filter_install(struct client* client);

/// nullptr if there is none.
struct ostream* output_filter_of(struct client* client);

/// Sets the editor to ask from now on; with nullptr, everything passes.
void output_filter_set_editor(struct ostream* filter, ReplyEditor* editor);

/// The reply to the login, without CRLF, while it is held back; otherwise empty.
std::string_view output_filter_held(const struct ostream* filter);
/// Sends `line` in place of the reply to the login.
void output_filter_release(struct ostream* filter, std::string_view line);
/// The next line belongs to a command: a user logged in before Dovecot's pop3 starts (`doveadm exec
/// pop3`) gets no reply to a login.
void output_filter_expect_no_login(struct ostream* filter);

}  // namespace pop3_legacy::dovecot

#endif
