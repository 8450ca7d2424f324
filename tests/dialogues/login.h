/// Connecting and logging in, up to the first line of a dialogue.
#ifndef POP3_LEGACY_TESTS_DIALOGUES_LOGIN_H
#define POP3_LEGACY_TESTS_DIALOGUES_LOGIN_H

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tests/dialogues/host_under_test.h"

namespace pop3_legacy::dialogue {

/// The octets from the host, read line by line during login.
class Incoming {
 public:
  explicit Incoming(Connection& connection) : connection_(connection) {}

  /// Takes a "+OK" line or throws Trouble; `what` names the cause of the reply.
  void expect_ok(std::string_view what);
  /// Empty: the host has closed.
  std::string next();

 private:
  Connection& connection_;
  std::string octets_;
};

/// Connects, and reads the greeting.
std::unique_ptr<Connection> greeted(Account& account, std::optional<Incoming>& incoming);

/// Connects and logs in, up to the reply to PASS. `with_it` is sent in the same packet, after PASS.
std::unique_ptr<Connection> log_in(Account& account, std::optional<Incoming>& incoming,
                                   const std::optional<std::string>& with_it = std::nullopt);

}  // namespace pop3_legacy::dialogue

#endif
