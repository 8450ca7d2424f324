/// One POP3 connection of the test host (RFC 1939 with APOP, TOP and UIDL; RFC 2449's CAPA and
/// PIPELINING), without any I/O of its own: octets are put in, octets are taken out.
///
/// The core's Session stands in it where it stands in Dovecot: it sees every line after login,
/// answers those that are its own and is told when the others have been executed. The wording
/// of the base commands is Dovecot's.
///
/// Whoever owns it works it like this:
///
///     for every piece of input:      receive()
///     until it returns nothing:      take_output(), send
///     when the kernel has all of it: output_left()
///     when output is all sent:       wants_close()? then close
///     when the connection is gone:   connection_lost()
#ifndef POP3_LEGACY_SHIM_SERVER_SESSION_H
#define POP3_LEGACY_SHIM_SERVER_SESSION_H

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/host/program.h"
#include "plugin/core/host/submission.h"
#include "plugin/core/login/authorization.h"
#include "plugin/core/policy/policy.h"
#include "shim/maildrop.h"

namespace pop3_legacy::shim {

/// What a session needs from around it. Everything that is referred to lives longer than the
/// sessions.
struct Environment {
  /// Required.
  Maildrops* maildrops = nullptr;
  /// The password of `user`, also the shared secret of APOP; no value: there is no such user.
  /// Required.
  std::function<std::optional<std::string>(std::string_view user)> password_of;
  /// Asked once, at login. Empty: the built-in defaults.
  std::function<policy::Resolution(std::string_view user)> policy_of;
  /// RFC 1939's "<process-ID.clock@hostname>", a new one for every session. Empty: no APOP.
  std::string apop_timestamp;
  /// What is answered before login beside the base commands.
  Authorization authorization;
  /// host::Outbox::submit(). Empty: nothing can be sent.
  std::function<Result<std::unique_ptr<Submission>>(Spool& spool, const Envelope& envelope,
                                                    std::function<void(Outcome)> done)>
      submit;
  /// host::Programs::run_program() for a path. Empty: there are no programs.
  std::function<Result<std::unique_ptr<RunningProgram>>(const ProgramCall& call,
                                                        std::function<void(ProgramResult)> done)>
      run_program;
  /// The client's machine has acknowledged all that was sent. Empty: that is not known.
  std::function<bool()> output_acknowledged;
  /// The session has ended to wait (waits()), and take_output() has more. Not called from within a
  /// method of the session's.
  std::function<void()> wake;
  /// One sentence for the administrator. Empty: nobody listens.
  std::function<void(std::string_view sentence)> log;
};

class ServerSession {
 public:
  /// An input line with its LF may be this long.
  static constexpr std::size_t max_line_octets = 2048;
  /// Output that has not been taken may exceed this by one reply, not by a message: a RETR
  /// goes on as its output is taken.
  static constexpr std::size_t max_pending_output = std::size_t{16} * 1024;
  /// Failed commands in a row; one more ends the session.
  static constexpr unsigned max_bad_commands = 20;

  /// The greeting is output at once.
  explicit ServerSession(Environment environment);
  ServerSession(const ServerSession&) = delete;
  ServerSession& operator=(const ServerSession&) = delete;
  ServerSession(ServerSession&&) = delete;
  ServerSession& operator=(ServerSession&&) = delete;
  /// Without connection_lost(), QUIT or an end of the session's own before it, nothing is
  /// stored: as if the server had been killed.
  ~ServerSession();

  /// Input, cut anywhere. What arrives while a command is being answered waits for its end.
  /// Ignored once wants_close() is true.
  void receive(std::string_view octets);
  /// False while enough input is waiting: a host that heeds it needs bounded memory.
  [[nodiscard]] bool wants_input() const noexcept;

  /// The next octets for the client, as many as there are but at most `at_most`; they leave at
  /// once. `unread`: octets of input that have arrived and that receive() has not had. Continues
  /// what was waiting for output to be taken, so the maildrop is asked here too. Empty:
  /// nothing to send before more input arrives.
  [[nodiscard]] std::string take_output(std::size_t at_most, std::size_t unread = 0);
  /// All that take_output() has returned has left for the client.
  void output_left();

  /// The session waits for a submission or a program: it needs no input, and what was sent is lost
  /// to the client if connection_lost() comes now.
  [[nodiscard]] bool waits() const noexcept;
  /// And nobody else needs what it waits for.
  [[nodiscard]] bool waits_for_client_only() const noexcept;
  /// There is input that it has not come to yet.
  [[nodiscard]] bool has_input() const noexcept;

  /// The session is over; when take_output() returns nothing the connection is to be closed.
  [[nodiscard]] bool wants_close() const noexcept;

  /// The connection is gone, in whatever way. Harmless after the end.
  void connection_lost();

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace pop3_legacy::shim

#endif
