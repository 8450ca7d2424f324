#include "tests/dialogues/login.h"

#include <utility>

#include "tests/dialogues/notation.h"

namespace pop3_legacy::dialogue {

void Incoming::expect_ok(std::string_view what) {
  std::size_t end = 0;
  while ((end = octets_.find('\n')) == std::string::npos) {
    std::string more = connection_.receive();
    if (more.empty()) {
      throw Trouble("the host closed the connection instead of answering " + std::string(what));
    }
    octets_ += more;
  }
  const std::string line = octets_.substr(0, end + 1);
  octets_.erase(0, end + 1);
  if (!line.starts_with("+OK") || !line.ends_with("\r\n")) {
    throw Trouble("the host answered " + shown(line) + " to " + std::string(what));
  }
}

std::string Incoming::next() {
  return octets_.empty() ? connection_.receive() : std::exchange(octets_, {});
}

std::unique_ptr<Connection> greeted(Account& account, std::optional<Incoming>& incoming) {
  auto connection = account.connect();
  incoming.emplace(*connection);
  incoming->expect_ok("the connection");
  return connection;
}

std::unique_ptr<Connection> log_in(Account& account, std::optional<Incoming>& incoming,
                                   const std::optional<std::string>& with_it) {
  auto connection = greeted(account, incoming);
  const std::string user = "USER " + account.user() + "\r\n";
  const std::string pass = "PASS " + account.password() + "\r\n";
  if (with_it) {
    connection->send(user + pass + *with_it);
  } else {
    connection->send(user);
  }
  incoming->expect_ok("USER");
  if (!with_it) {
    connection->send(pass);
  }
  return connection;
}

}  // namespace pop3_legacy::dialogue
