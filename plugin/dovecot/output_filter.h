/// The output stream between Dovecot's commands and the network. It tells the session before octets
/// leave, if it matters whether they arrive. If the policy words Dovecot's replies or may refuse a
/// login, it also shows the session the first line of each answer. Everything else passes.
///
/// In that second case it is installed before Dovecot says "+OK Logged in.", which may be before
/// the mailbox is open. That line is held back until it is known what the maildrop is.
#ifndef POP3_LEGACY_DOVECOT_OUTPUT_FILTER_H
#define POP3_LEGACY_DOVECOT_OUTPUT_FILTER_H

#include <string>
#include <string_view>

#include "plugin/dovecot/pop3_host.h"

namespace pop3_legacy::dovecot {

/// Is asked about replies.
class ReplyEditor {
 public:
  ReplyEditor() = default;
  ReplyEditor(const ReplyEditor&) = delete;
  ReplyEditor& operator=(const ReplyEditor&) = delete;
  ReplyEditor(ReplyEditor&&) = delete;
  ReplyEditor& operator=(ReplyEditor&&) = delete;
  virtual ~ReplyEditor() = default;

  /// Dovecot is about to send the first octets of its answer to the line that it has consumed last.
  virtual void begin_answer() = 0;
  /// The next line that Dovecot sends is the first line of an answer that may be reworded.
  [[nodiscard]] virtual bool awaits_reply() const = 0;
  /// What the client gets in place of `line`; neither has a CRLF.
  [[nodiscard]] virtual std::string reworded(std::string_view line) = 0;
  /// Octets may be about to leave for the client. With `may_end_answer` they may end an answer of
  /// several lines; without it they may be any octets sent earlier.
  virtual void before_sending(bool may_end_answer) = 0;
  /// Octets may have left.
  virtual void after_sending() = 0;

  /// The filter tells the editor nothing, and all octets pass, while this is false.
  bool watches = false;
  /// Dovecot has sent octets since before_sending(), which may have left if there was no room.
  bool sent_more = false;
};

/// Installs a filter on `client`'s output. `holds_login`: the filter also handles the reply to the
/// login, which Dovecot has not sent yet.
struct ostream* output_filter_install(struct client* client, bool holds_login);
/// Whether it was installed with `holds_login`.
bool output_filter_holds_login(const struct ostream* filter);

/// nullptr if there is none.
struct ostream* output_filter_of(struct client* client);

/// Sets the editor to ask from now on; with nullptr, everything passes.
void output_filter_set_editor(struct ostream* filter, ReplyEditor* editor);
/// The stream from which Dovecot takes its commands: another offset, another command.
void output_filter_set_commands(struct ostream* filter, const struct istream* commands);

/// The reply to the login, without CRLF, while it is held back; otherwise empty.
std::string_view output_filter_held(const struct ostream* filter);
/// Sends `line` in place of the reply to the login.
void output_filter_release(struct ostream* filter, std::string_view line);
/// The next line belongs to a command: a user logged in before Dovecot's pop3 starts (`doveadm exec
/// pop3`) gets no reply to a login.
void output_filter_expect_no_login(struct ostream* filter);

}  // namespace pop3_legacy::dovecot

#endif
