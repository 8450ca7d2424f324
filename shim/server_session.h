/// One POP3 connection of the test host (RFC 1939 with APOP, TOP and UIDL; RFC 2449's CAPA and
/// PIPELINING). It does no I/O of its own: octets are put in, octets are taken out.
///
/// The core's Session has the same place in it as in Dovecot: it sees every line after login,
/// answers its own and is told when the others have been executed. The wording of the base commands
/// is Dovecot's.
///
/// Its owner uses it like this:
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
#include "shim/environment.h"

namespace pop3_legacy::shim {

class ServerSession {
 public:
  /// The maximum length of an input line, LF included.
  static constexpr std::size_t max_line_octets = 2048;
  /// Output that has not been taken may exceed this by one reply but not by a message: a RETR
  /// continues as its output is taken.
  static constexpr std::size_t max_pending_output = std::size_t{16} * 1024;
  /// Failed commands in a row; one more ends the session.
  static constexpr unsigned max_bad_commands = 20;

  /// The greeting is available as output at once.
  explicit ServerSession(Environment environment);
  ServerSession(const ServerSession&) = delete;
  ServerSession& operator=(const ServerSession&) = delete;
  ServerSession(ServerSession&&) = delete;
  ServerSession& operator=(ServerSession&&) = delete;
  /// Unless connection_lost(), QUIT or the session's own end has come before, nothing is stored, as
  /// if the server had been killed.
  ~ServerSession();

  /// Takes input, cut anywhere. What arrives while a command is being answered waits for the
  /// answer's end. Ignored once wants_close() is true.
  void receive(std::string_view octets);
  /// False while enough input is waiting. A host that respects this needs only bounded memory.
  [[nodiscard]] bool wants_input() const noexcept;

  /// The next octets for the client, at most `at_most`; they must be sent at once. `unread`: octets
  /// of input that have arrived but were not passed to receive(). This also continues answers that
  /// waited for output to be taken, so it may access the maildrop. Empty: nothing to send before
  /// more input arrives.
  [[nodiscard]] std::string take_output(std::size_t at_most, std::size_t unread = 0);
  /// Everything that take_output() has returned has left for the client.
  void output_left();

  /// The session waits for a submission or a program. It needs no input; if connection_lost() comes
  /// now, the client loses the answer.
  [[nodiscard]] bool waits() const noexcept;
  /// As waits(), and only this client needs the result.
  [[nodiscard]] bool waits_for_client_only() const noexcept;
  /// There is input that the session has not processed yet.
  [[nodiscard]] bool has_input() const noexcept;

  /// The session is over; close the connection when take_output() returns nothing.
  [[nodiscard]] bool wants_close() const noexcept;

  /// The connection is gone, for whatever reason. Harmless after the end.
  void connection_lost();

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace pop3_legacy::shim

#endif
