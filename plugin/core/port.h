/// What the core asks of its host, in the terms of POP3.
///
/// Two hosts implement it: plugin/dovecot inside Dovecot's pop3 process, shim/ in the
/// standalone test host. A host is asked from one thread, during the session only, and never
/// throws. Methods a host does not have say so (Error, permanent) instead of being abstract,
/// so that a new question does not break other hosts.
#ifndef POP3_LEGACY_CORE_PORT_H
#define POP3_LEGACY_CORE_PORT_H

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/hasher.h"
#include "plugin/core/header_field.h"
#include "plugin/core/mangle/message_parts.h"
#include "plugin/core/program.h"
#include "plugin/core/result.h"
#include "plugin/core/session/access.h"
#include "plugin/core/state_store.h"
#include "plugin/core/submission/submission.h"

namespace pop3_legacy {

/// A message's number in this session, from 1. 0: no message.
using MessageNumber = std::uint32_t;

/// RFC 3501's UID and UIDVALIDITY. A UID is never 0 and never used again under the same
/// UIDVALIDITY.
using Uid = std::uint32_t;
using UidValidity = std::uint32_t;

/// A look into messages, for one answer: what it holds of the host's is let go with it. It does
/// not outlive the port. `number` is between 1 and message_count(). Failure::gone: somebody else
/// has removed the message.
class Inspection {
 public:
  Inspection() = default;
  Inspection(const Inspection&) = delete;
  Inspection& operator=(const Inspection&) = delete;
  Inspection(Inspection&&) = delete;
  Inspection& operator=(Inspection&&) = delete;
  virtual ~Inspection() = default;

  /// What first_field() finds, for each query of Port::inspect() in that order.
  [[nodiscard]] virtual Result<std::vector<std::optional<std::string>>> fields(
      MessageNumber number) = 0;
  /// Lines of the whole message, the header among them.
  [[nodiscard]] virtual Result<std::uint64_t> lines(MessageNumber number) = 0;
};

/// So many messages, with so many octets.
struct Tally {
  MessageNumber messages = 0;
  std::uint64_t octets = 0;
};

/// A mailbox as a discussion group of RFC 1082.
struct Board {
  /// The highest UID that a message of it ever had, which is just what the RFC's maxima is.
  Uid maxima = 0;
  /// When the last of its messages arrived, in seconds since 1970. No value: there is none.
  std::optional<std::int64_t> last_date;
};

/// The maildrop is the user's own until open_board() or close_maildrop(); what is asked about
/// messages is asked about the one that is open. State is kept with the user's own mailbox
/// (StateStore), whichever is open, but for that in user_states().
class Port : public StateStore {
 public:
  /// Has the states that count what the user does, and that are the same on all machines whether
  /// they share the mailbox or not: "pace" and "xmit". What is about the mailbox's messages is not
  /// among them. A host without a place for them keeps them with the mailbox.
  [[nodiscard]] virtual StateStore& user_states() { return *this; }

  // --- the maildrop as it was at login; none of these opens a message ---

  /// How many messages the maildrop had at login. DELE does not change it.
  [[nodiscard]] virtual MessageNumber message_count() const = 0;
  [[nodiscard]] virtual UidValidity uidvalidity() const = 0;
  /// `number` is between 1 and message_count().
  [[nodiscard]] virtual Uid uid(MessageNumber number) const = 0;
  /// Higher numbers have higher UIDs. False where the host sorts the maildrop otherwise.
  [[nodiscard]] virtual bool numbers_follow_uids() const { return true; }
  /// The highest number with \Seen at login, 0 if none.
  [[nodiscard]] virtual MessageNumber highest_seen() const = 0;
  /// The message had \Seen at login.
  [[nodiscard]] virtual bool has_seen(MessageNumber /*number*/) const { return false; }

  // --- the user's own mailbox, whichever messages the maildrop has ---

  /// The UIDs of all messages, ascending; those that somebody else has removed may be among them.
  [[nodiscard]] virtual std::vector<Uid> mailbox_uids() const { return {}; }
  /// The GUIDs of messages (uidl::Facts::guid()) in the order of `uids`; no value: somebody else
  /// has removed the message. Failure::permanent: this storage has none. Costs some 4,000
  /// instructions a message.
  [[nodiscard]] virtual Result<std::vector<std::optional<std::string>>> guids(
      const std::vector<Uid>& /*uids*/) {
    return Error{Failure::permanent, "this host has no GUIDs"};
  }

  // --- the view: before any of the above has been asked for a command ---

  /// When these messages arrived, in seconds since 1970, in the order of `numbers`; no value:
  /// somebody else has removed the message.
  [[nodiscard]] virtual Result<std::vector<std::optional<std::int64_t>>> received(
      const std::vector<MessageNumber>& /*numbers*/) {
    return Error{Failure::permanent, "this host does not tell when messages arrived"};
  }
  /// From now on the maildrop has these messages only, ascending, and numbers them from 1. Once,
  /// before the host executes a command.
  virtual Status narrow(const std::vector<MessageNumber>& /*numbers*/) {
    return Error{Failure::permanent, "this host shows the whole mailbox"};
  }
  /// Takes all marks of deletion back: QUIT, which comes next, removes none of these messages, and
  /// answers as if it had.
  virtual void forget_deletions() {}
  /// QUIT, which comes next, removes these messages from the mailbox as it would have those with a
  /// mark. They are not in the maildrop; some may be gone.
  virtual Status remove_unseen(const std::vector<Uid>& /*uids*/) {
    return Error{Failure::permanent, "this host removes nothing but what was deleted"};
  }

  // --- the maildrop as it is now ---

  /// Marked as deleted, to be removed at QUIT. `number` is between 1 and message_count(), here and
  /// below.
  [[nodiscard]] virtual bool deleted(MessageNumber /*number*/) const { return false; }
  /// Does what DELE does to a message that is not deleted, answer and LAST aside.
  virtual Status mark_deleted(MessageNumber /*number*/) {
    return Error{Failure::permanent, "this host cannot be told to delete"};
  }
  /// The octets that LIST tells.
  [[nodiscard]] virtual std::uint64_t octets(MessageNumber /*number*/) const { return 0; }
  /// The id that UIDL tells. prepare_uidls() has succeeded, and the message is not deleted.
  /// Failure::gone: it has none in this session; see all_named().
  [[nodiscard]] virtual Result<std::string> uidl(MessageNumber /*number*/) {
    return Error{Failure::permanent, "this host does not tell its UIDLs"};
  }
  /// Does what RETR does to the flags of a message that is not deleted: it has been read.
  virtual Status mark_seen(MessageNumber /*number*/) {
    return Error{Failure::permanent, "this host cannot be told what was read"};
  }
  /// From now on no command gives a message of the user's own maildrop \Seen. The maildrop is open.
  virtual void leave_seen_alone() {}
  /// Takes a message apart. What is returned does not outlive the port.
  [[nodiscard]] virtual Result<std::unique_ptr<MessageParts>> open_parts(MessageNumber /*number*/) {
    return Error{Failure::permanent, "this host takes no messages apart"};
  }
  /// Looks into messages for these header fields, which may be none.
  [[nodiscard]] virtual Result<std::unique_ptr<Inspection>> inspect(
      std::vector<FieldQuery> /*queries*/) {  // NOLINT(performance-unnecessary-value-param)
    return Error{Failure::permanent, "this host does not look into messages"};
  }

  // --- other maildrops ---

  /// Looks at a mailbox as the user. Failure::gone: there is none of that name for this user, or
  /// it cannot be read.
  [[nodiscard]] virtual Result<Board> look_at_board(std::string_view mailbox) {
    return Error{Failure::gone, "this host has no boards: " + std::string(mailbox)};
  }
  /// Closes the maildrop as QUIT does, removing what was marked, and opens `mailbox` read-only in
  /// its place. Failure::gone as above; after an Error the maildrop is as it was before.
  virtual Result<Board> open_board(std::string_view mailbox) {
    return Error{Failure::gone, "this host has no boards: " + std::string(mailbox)};
  }
  /// The same with no messages in its place.
  virtual Status close_maildrop() {
    return Error{Failure::permanent, "this host does not close maildrops"};
  }
  /// The host is about to execute QUIT on what open_board() or close_maildrop() has left.
  virtual void prepare_quit() {}

  /// The messages that are not marked as deleted, and their octets. Kept, not counted: it costs the
  /// same whatever the maildrop has.
  [[nodiscard]] virtual Tally left() const = 0;
  /// All messages, as left().
  [[nodiscard]] virtual Tally all() const = 0;

  // --- the connection ---

  /// The host does not survive a line of the client's whose first word has one of these octets, and
  /// must not be given it.
  [[nodiscard]] virtual std::string_view deadly_in_verb() const noexcept { return {}; }
  /// The client's machine has acknowledged all that was sent, as far as the host can tell: where a
  /// process of its own stands between, or somebody else's proxy, that is no proof.
  [[nodiscard]] virtual bool output_acknowledged() const { return true; }

  // --- the host's own answers ---

  /// Octets the host has sent in this session in answer to RETR (Access::retrieve) or TOP
  /// (Access::top). Grows when an answer is complete, by more than nothing, and not by an
  /// answer that refuses.
  [[nodiscard]] virtual std::uint64_t octets_sent(Access access) const = 0;

  /// What the host itself answers to `command` ("CAPA", no CRLF): its octets, all lines, with
  /// the final ".". Only for commands that answer at once and change nothing.
  [[nodiscard]] virtual Result<std::string> host_answer(std::string_view command) {
    return Error{Failure::permanent, "this host cannot be asked for " + std::string(command)};
  }

  /// Makes sure that the host can name every message by the policy's UIDL scheme, or has nothing
  /// to do with it. False: this was a part of it, and there is more to do. An Error: the ids are
  /// not known at the moment, and UIDL has to be refused.
  virtual Result<bool> prepare_uidls() { return true; }
  /// False: some messages, which cannot be read or were removed by somebody else, have no id in
  /// this session, and the host's UIDL would give them one. prepare_uidls() has succeeded.
  [[nodiscard]] virtual bool all_named() { return true; }

  // --- mail submission ---

  /// Loads OpenSSL if need be. It lives as long as the port.
  [[nodiscard]] virtual Result<Hasher*> hasher() {
    return Error{Failure::permanent, "this host does not hash"};
  }

  /// A header field's value with its encoded words (RFC 2047) decoded, in UTF-8.
  [[nodiscard]] virtual std::string decoded(std::string_view value) { return std::string(value); }

  /// A name of the process that this session has, for others to ask about: letters, digits and "-".
  /// Empty: the host has none.
  [[nodiscard]] virtual std::string process() const { return {}; }
  /// Whether the process of that name still runs. No value: nobody here can know, for it is another
  /// machine's.
  [[nodiscard]] virtual std::optional<bool> is_running(std::string_view /*process*/) const {
    return std::nullopt;
  }

  /// Seconds since 1970.
  [[nodiscard]] virtual std::int64_t now() const { return std::time(nullptr); }
  /// The login name as the host has it, which may hold any octet but NUL, CR and LF.
  [[nodiscard]] virtual std::string user_name() const { return {}; }
  /// As policy::AsciiDomain.
  [[nodiscard]] virtual Result<std::string> ascii_domain(std::string_view /*domain*/) {
    return Error{Failure::temporary, "this host knows no international domain names"};
  }
  /// The name of this machine, fit for a mail address' right side.
  [[nodiscard]] virtual std::string host_name() const { return "localhost"; }

  /// The addresses in a header field's value (RFC 5322's address-list, unfolded), groups' members
  /// among them; at most `at_most`. An Error's sentence is for the client, its kind means nothing.
  [[nodiscard]] virtual Result<std::vector<Address>> parse_addresses(std::string_view /*value*/,
                                                                     std::size_t /*at_most*/) {
    return Error{Failure::permanent, "this host knows no mail addresses"};
  }
  /// An empty one.
  [[nodiscard]] virtual Result<std::unique_ptr<Spool>> open_spool() {
    return Error{Failure::permanent, "this host takes no messages"};
  }
  /// Gives the message in `spool`, which lives longer than the submission, to the MTA. `done` is
  /// called once, with or without delay, unless the submission is dropped before.
  [[nodiscard]] virtual Result<std::unique_ptr<Submission>> submit(
      Spool& /*spool*/, const Envelope& /*envelope*/,
      std::function<void(Outcome)> /*done*/) {  // NOLINT(performance-unnecessary-value-param)
    return Error{Failure::permanent, "this host submits no messages"};
  }
  /// Stores a copy of the message in the user's `mailbox`, which is created if it is not there.
  virtual Status save_message(Spool& /*spool*/, std::string_view /*mailbox*/) {
    return Error{Failure::permanent, "this host saves no messages"};
  }

  // --- commands of the administrator's ---

  /// Runs a program. `done` is called once, from the event loop and not from within this, unless
  /// the program is dropped before; it may drop it. An Error's sentence is for the log.
  [[nodiscard]] virtual Result<std::unique_ptr<RunningProgram>> run_program(
      const ProgramCall& /*call*/,
      std::function<void(ProgramResult)> /*done*/) {  // NOLINT(performance-unnecessary-value-param)
    return Error{Failure::permanent, "this host runs no programs"};
  }

  /// One sentence for the administrator. The host adds who and when.
  virtual void log_error(std::string_view sentence) = 0;
};

}  // namespace pop3_legacy

#endif
