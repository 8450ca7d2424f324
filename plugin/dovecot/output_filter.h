/// The output stream that stands between Dovecot's commands and the network. It tells the session
/// before octets leave, where it matters whether they arrive; and where the policy words Dovecot's
/// replies or may refuse a login, it shows it the first line of each answer. All else passes.
///
/// In the second case it is there before Dovecot says "+OK Logged in.", which may be before the
/// mailbox is open. That line is held back until somebody can tell what the maildrop is.
#ifndef POP3_LEGACY_DOVECOT_OUTPUT_FILTER_H
#define POP3_LEGACY_DOVECOT_OUTPUT_FILTER_H

#include <string>
#include <string_view>

#include "plugin/dovecot/pop3_host.h"

namespace pop3_legacy::dovecot {

/// Who is asked about replies.
class ReplyEditor {
 public:
  ReplyEditor() = default;
  ReplyEditor(const ReplyEditor&) = delete;
  ReplyEditor& operator=(const ReplyEditor&) = delete;
  ReplyEditor(ReplyEditor&&) = delete;
  ReplyEditor& operator=(ReplyEditor&&) = delete;
  virtual ~ReplyEditor() = default;

  /// The next line that Dovecot sends is the first of an answer.
  [[nodiscard]] virtual bool awaits_reply() const = 0;
  /// What the client gets for that line; neither has a CRLF.
  [[nodiscard]] virtual std::string reworded(std::string_view line) = 0;
  /// Octets may be about to leave for the client. `may_end_answer`: they may end an answer of
  /// several lines; else they may be any that were sent before.
  virtual void before_sending(bool may_end_answer) = 0;
};

/// Puts a filter over `client`'s output. `holds_login`: it is for the reply to the login, too,
/// which Dovecot has not sent yet.
struct ostream* output_filter_install(struct client* client, bool holds_login);
/// As it was installed.
bool output_filter_holds_login(const struct ostream* filter);

/// nullptr: there is none.
struct ostream* output_filter_of(struct client* client);

/// Who is asked from now on; nullptr: everything passes.
void output_filter_set_editor(struct ostream* filter, ReplyEditor* editor);

/// The reply to the login, without CRLF, while it is held back; else empty.
std::string_view output_filter_held(const struct ostream* filter);
/// Sends `line` in its place.
void output_filter_release(struct ostream* filter, std::string_view line);
/// The next line is a command's: whoever is logged in before Dovecot's pop3 begins (`doveadm exec
/// pop3`) has no reply to the login.
void output_filter_expect_no_login(struct ostream* filter);

}  // namespace pop3_legacy::dovecot

#endif
