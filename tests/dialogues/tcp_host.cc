#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <utility>

#include "tests/dialogues/host_under_test.h"
#include "tests/dialogues/maildir_fixture.h"

namespace pop3_legacy::dialogue {

namespace fs = std::filesystem;

namespace {

constexpr mode_t public_file_mode = 0644;

Trouble system_trouble(const std::string& what) {
  std::string text = what + ": " + std::strerror(errno);
  return Trouble{text};
}

class TcpConnection : public Connection {
 public:
  TcpConnection(std::uint16_t port, std::chrono::milliseconds deadline)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), deadline_(deadline) {
    if (socket_ < 0) {
      throw system_trouble("socket");
    }
    try {
      connect_to(port);
    } catch (...) {
      ::close(socket_);
      throw;
    }
  }
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;
  TcpConnection(TcpConnection&&) = delete;
  TcpConnection& operator=(TcpConnection&&) = delete;
  ~TcpConnection() override { ::close(socket_); }

  // Reads while it sends, so that a long dialogue cannot fill both directions and block.
  void send(std::string_view octets) override {
    const auto until = Clock::now() + deadline_;
    while (!octets.empty() && !gone_) {
      if ((wait(POLLIN | POLLOUT, until) & POLLOUT) == 0) {
        read();
        continue;
      }
      const auto sent = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0) {
        acknowledge_at_once();
        octets.remove_prefix(static_cast<std::size_t>(sent));
      } else if (errno == EPIPE || errno == ECONNRESET) {
        return;  // what it said before must still be read
      } else if (errno != EAGAIN && errno != EINTR) {
        throw system_trouble("send");
      }
    }
  }

  std::string receive() override {
    const auto until = Clock::now() + deadline_;
    while (inbox_.empty() && !gone_) {
      (void)wait(POLLIN, until);
      read();
    }
    return std::exchange(inbox_, {});
  }

  [[nodiscard]] bool was_reset() const override { return reset_; }

  // Closes only this direction; the server closes the other when it has ended the session.
  void drop() override { ::shutdown(socket_, SHUT_WR); }

 private:
  using Clock = std::chrono::steady_clock;

  void connect_to(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    // The sockets API needs a cast of the address.
    const auto* const generic =
        reinterpret_cast<const sockaddr*>(&address);  // NOLINT(*-reinterpret-cast)
    if (::connect(socket_, generic, sizeof address) != 0) {
      throw system_trouble("connect to port " + std::to_string(port));
    }
    if (::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) {
      throw system_trouble("TCP_NODELAY");
    }
    acknowledge_at_once();
  }

  // A reset usually loses the server's last line, which Nagle's algorithm holds back until the line
  // before is acknowledged. The kernel may drop this option at any time.
  void acknowledge_at_once() const {
    const int on = 1;
    (void)::setsockopt(socket_, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
  }

  [[nodiscard]] int wait(int events, Clock::time_point until) const {
    for (;;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
      pollfd polled{socket_, static_cast<short>(events), 0};
      const int ready = left > 0 ? ::poll(&polled, 1, static_cast<int>(left)) : 0;
      if (ready > 0) {
        return polled.revents;
      }
      if (ready == 0) {
        throw Trouble("the host does not answer");
      }
      if (errno != EINTR) {
        throw system_trouble("poll");
      }
    }
  }

  void read() {
    std::array<char, 65536> piece;  // NOLINT(*-member-init): recv() fills it
    const auto got = ::recv(socket_, piece.data(), piece.size(), MSG_DONTWAIT);
    if (got > 0) {
      acknowledge_at_once();
      inbox_.append(piece.data(), static_cast<std::size_t>(got));
    } else if (got == 0 || errno == ECONNRESET) {
      gone_ = true;
      reset_ = got < 0;
    } else if (errno != EAGAIN && errno != EINTR) {
      throw system_trouble("recv");
    }
  }

  int socket_;
  std::chrono::milliseconds deadline_;
  std::string inbox_;
  bool gone_ = false;
  bool reset_ = false;
};

class TcpAccount final : public Account {
 public:
  TcpAccount(const TcpOptions& options, std::string label, const std::vector<Message>& mails)
      : options_(options),
        label_(std::move(label)),
        maildir_(fs::path(options.homes) / user(), mails, {options.owner, options.group}) {
    if (!options_.policies.empty()) {
      fs::remove(policy_file());
    }
  }

  [[nodiscard]] std::string user() const override { return label_ + '@' + label_ + ".test"; }
  [[nodiscard]] std::string password() const override { return options_.password; }

  void set_policy(const std::string& toml) override {
    if (options_.policies.empty()) {
      throw Trouble("this dialogue has a policy, and no --policies was given");
    }
    fs::create_directories(policy_file().parent_path());
    replace_file(policy_file(), toml, public_file_mode);
  }

  void put_file(const std::string& name, const std::string& content) override {
    maildir_.put_file(name, content);
  }
  void make_board(const BoardMailbox& board) override { maildir_.make_board(board); }
  void deliver(const Message& message) override { maildir_.deliver(message); }
  void expunge(std::size_t number) override { maildir_.expunge(number); }
  void change_uidvalidity() override { maildir_.change_uidvalidity(); }

  [[nodiscard]] std::unique_ptr<Connection> connect() override {
    return std::make_unique<TcpConnection>(options_.port, options_.deadline);
  }

 private:
  [[nodiscard]] fs::path policy_file() const {
    return fs::path(options_.policies) / "domains" / (label_ + ".test.toml");
  }

  const TcpOptions& options_;
  std::string label_;
  MaildirFixture maildir_;
};

class TcpHost : public HostUnderTest {
 public:
  explicit TcpHost(TcpOptions options) : options_(std::move(options)) {}

  [[nodiscard]] std::unique_ptr<Account> fresh_account(const std::string& label,
                                                       const std::vector<Message>& mails) override {
    return std::make_unique<TcpAccount>(options_, label, mails);
  }

 private:
  TcpOptions options_;
};

}  // namespace

std::unique_ptr<HostUnderTest> tcp_host(TcpOptions options) {
  return std::make_unique<TcpHost>(std::move(options));
}

}  // namespace pop3_legacy::dialogue
