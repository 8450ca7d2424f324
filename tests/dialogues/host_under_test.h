/// The server that a dialogue is played against. The runner sets up its users, each with a maildrop
/// and a policy. There are two kinds: in the runner's own process, and over TCP with the maildrops
/// in Maildirs.
///
/// Anything that prevents a dialogue from being played (no connection, no answer before the
/// deadline, a file that cannot be written) is thrown as Trouble.
#ifndef POP3_LEGACY_TESTS_DIALOGUES_HOST_UNDER_TEST_H
#define POP3_LEGACY_TESTS_DIALOGUES_HOST_UNDER_TEST_H

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/dialogues/dialogue.h"

namespace pop3_legacy::dialogue {

class Trouble : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The end is missing because the connection was reset, which is nobody's fault.
class LostInReset : public Trouble {
 public:
  using Trouble::Trouble;
};

/// The client's end of a connection.
class Connection {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection(Connection&&) = delete;
  Connection& operator=(Connection&&) = delete;
  virtual ~Connection() = default;

  /// Sends `octets` in one piece. Ignored once the server has closed.
  virtual void send(std::string_view octets) = 0;
  /// Octets that have arrived and were not returned yet, at least one. Empty: the server has
  /// closed.
  [[nodiscard]] virtual std::string receive() = 0;
  /// The server has closed without reading everything. Over TCP, the last of what it sent may be
  /// lost then (RFC 1122, section 4.2.2.13).
  [[nodiscard]] virtual bool was_reset() const { return false; }
  /// The client disappears after reading what it was sent. receive() then waits until the server
  /// has noticed and ended the session.
  virtual void drop() = 0;
};

/// A user, created for one dialogue in one mode.
class Account {
 public:
  Account() = default;
  Account(const Account&) = delete;
  Account& operator=(const Account&) = delete;
  Account(Account&&) = delete;
  Account& operator=(Account&&) = delete;
  virtual ~Account() = default;

  [[nodiscard]] virtual std::string user() const = 0;
  [[nodiscard]] virtual std::string password() const = 0;

  /// The policy of the user's domain.
  virtual void set_policy(const std::string& toml) = 0;
  /// Writes a file in the mailbox's folder, or removes it if there is no content. To be called
  /// while no session is open, as are the functions below.
  virtual void put_file(const std::string& name, const std::string& content) = 0;

  virtual void make_board(const BoardMailbox& board) = 0;
  virtual void deliver(const Message& message) = 0;
  /// Removes the message that would have this number in the next session.
  virtual void expunge(std::size_t number) = 0;
  /// Gives the mailbox a new UIDVALIDITY and its messages UIDs from 1.
  virtual void change_uidvalidity() = 0;

  [[nodiscard]] virtual std::unique_ptr<Connection> connect() = 0;
};

class HostUnderTest {
 public:
  HostUnderTest() = default;
  HostUnderTest(const HostUnderTest&) = delete;
  HostUnderTest& operator=(const HostUnderTest&) = delete;
  HostUnderTest(HostUnderTest&&) = delete;
  HostUnderTest& operator=(HostUnderTest&&) = delete;
  virtual ~HostUnderTest() = default;

  /// The user `label@label.test` with exactly the messages `mails` and no policy, whatever an
  /// earlier run has left. `label` is a DNS label.
  [[nodiscard]] virtual std::unique_ptr<Account> fresh_account(
      const std::string& label, const std::vector<Message>& mails) = 0;
};

/// shim/server_session.h, without a network.
std::unique_ptr<HostUnderTest> memory_host();

struct TcpOptions {
  std::uint16_t port = 0;  ///< on 127.0.0.1
  /// HOMES/USER/Maildir is where the server looks for the user's mail.
  std::string homes;
  /// The folder named by the server's setting pop3_legacy_policy. Empty: there is none, and no
  /// policies are written.
  std::string policies;
  /// Owns the mail.
  uid_t owner = 0;
  gid_t group = 0;
  /// For every user.
  std::string password = "secret";
  /// The longest wait for an answer.
  std::chrono::milliseconds deadline{10'000};
};

std::unique_ptr<HostUnderTest> tcp_host(TcpOptions options);

}  // namespace pop3_legacy::dialogue

#endif
