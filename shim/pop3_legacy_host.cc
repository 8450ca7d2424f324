/// pop3-legacy-host: the test host as a program, a POP3 server on 127.0.0.1.
#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "plugin/core/base/version.h"
#include "plugin/core/policy/resolver.h"
#include "plugin/files/policy_folder.h"
#include "plugin/idn/idn2_domain.h"
#include "plugin/process/child_program.h"
#include "shim/libevent_loop.h"
#include "shim/maildir.h"
#include "shim/memory_maildrop.h"
#include "shim/sendmail.h"
#include "shim/server_session.h"

namespace pop3_legacy::shim {
namespace {

constexpr std::string_view default_password = "secret";
constexpr std::size_t piece_octets = std::size_t{16} * 1024;
/// How long a client may take to close its connection after the session has ended.
constexpr timeval linger{.tv_sec = 2, .tv_usec = 0};
/// What it may send until then. A client that sends more is not listening and does not get the last
/// reply.
constexpr std::size_t max_lingered_octets = std::size_t{4} * 1024 * 1024;

void log(std::string_view sentence) {
  std::cerr << "pop3-legacy-host: " << sentence << std::endl;  // NOLINT(performance-avoid-endl)
}

/// For calls from libevent, which is C: no exception may leave.
template <class Work>
void guarded(Work&& work) noexcept {
  try {
    std::forward<Work>(work)();
  } catch (const std::exception& failure) {
    std::fputs(failure.what(), stderr);
    std::fputs("\n", stderr);
  }
}

template <class T, void (*release)(T*)>
struct Release {
  void operator()(T* held) const noexcept { release(held); }
};
template <class T, void (*release)(T*)>
using Handle = std::unique_ptr<T, Release<T, release>>;

using EventBase = Handle<event_base, event_base_free>;
using Event = Handle<event, event_free>;
using Listener = Handle<evconnlistener, evconnlistener_free>;
using BufferEvent = Handle<bufferevent, bufferevent_free>;

/// One client. The session gets input only when everything before it has been answered and the
/// kernel has the answer, so neither side's buffers grow.
class Connection {
 public:
  /// `closed` is called when this may be destroyed.
  Connection(BufferEvent socket, Environment environment, std::function<void()> closed)
      : socket_(std::move(socket)),
        session_(around(std::move(environment), *this)),
        closed_(std::move(closed)) {
    bufferevent_setcb(
        socket_.get(), [](bufferevent*, void* self) { of(self).guarded_work(); },
        [](bufferevent*, void* self) { of(self).guarded_work(); },
        [](bufferevent*, short what, void* self) { of(self).happened(what); }, this);
    bufferevent_setwatermark(socket_.get(), EV_READ, 0, piece_octets);
    bufferevent_enable(socket_.get(), EV_READ | EV_WRITE);
    work();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection(Connection&&) = delete;
  Connection& operator=(Connection&&) = delete;
  /// The server is stopping: what the session has is kept as after any dropped connection.
  ~Connection() {
    guarded([&] { session_.connection_lost(); });
  }

 private:
  static Connection& of(void* self) { return *static_cast<Connection*>(self); }

  static Environment around(Environment environment, Connection& connection) {
    environment.wake = [&connection] { connection.woken(); };
    environment.output_acknowledged = [&connection] { return connection.output_acknowledged(); };
    return environment;
  }

  [[nodiscard]] bool output_acknowledged() const noexcept {
    int queued = 0;
    return ::ioctl(bufferevent_getfd(socket_.get()), SIOCOUTQ, &queued) != 0 || queued == 0;
  }

  /// Octets of input that the session has not received.
  [[nodiscard]] std::size_t unread() const noexcept {
    int in_kernel = 0;
    const bool known = ::ioctl(bufferevent_getfd(socket_.get()), FIONREAD, &in_kernel) == 0;
    return evbuffer_get_length(bufferevent_get_input(socket_.get())) +
           (known && in_kernel > 0 ? static_cast<std::size_t>(in_kernel) : 0);
  }

  void woken() noexcept {
    if (lost_) {
      guarded([&] { session_.connection_lost(); });
      close();
      return;
    }
    guarded_work();
  }

  void guarded_work() noexcept {
    bool done = false;
    guarded([&] {
      work();
      done = true;
    });
    if (!done) {
      close();
    }
  }

  void happened(short what) noexcept {
    const auto events = static_cast<unsigned short>(what);
    if ((events & (BEV_EVENT_ERROR | BEV_EVENT_TIMEOUT)) != 0 || lingering_) {
      if (session_.waits() && !session_.waits_for_client_only()) {
        // The MTA already has the message, and its answer must be remembered.
        lost_ = true;
        bufferevent_disable(socket_.get(), EV_READ | EV_WRITE);
        return;
      }
      guarded([&] { session_.connection_lost(); });
      close();
      return;
    }
    input_ended_ = input_ended_ || (events & BEV_EVENT_EOF) != 0;
    guarded_work();
  }

  void work() {
    evbuffer* const input = bufferevent_get_input(socket_.get());
    if (lingering_) {
      lingered_octets_ += evbuffer_get_length(input);
      evbuffer_drain(input, evbuffer_get_length(input));
      if (lingered_octets_ > max_lingered_octets) close();
      return;
    }
    while (evbuffer_get_length(bufferevent_get_output(socket_.get())) == 0) {
      session_.output_left();
      const std::string output = session_.take_output(piece_octets, unread());
      if (!output.empty()) {
        bufferevent_write(socket_.get(), output.data(), output.size());
        return;  // called again when it has been sent
      }
      if (session_.wants_close()) {
        end();
        return;
      }
      if (session_.waits()) {
        // A client that has closed, and has no commands left to be answered first, is gone.
        if (input_ended_ && session_.waits_for_client_only() && !session_.has_input() &&
            evbuffer_get_length(input) == 0) {
          session_.connection_lost();
          close();
        }
        return;
      }
      std::string octets(std::min(evbuffer_get_length(input), piece_octets), '\0');
      if (octets.empty()) {
        if (input_ended_) {
          session_.connection_lost();
          close();
        }
        return;
      }
      evbuffer_remove(input, octets.data(), octets.size());
      session_.receive(octets);
    }
  }

  /// The last reply has been sent. If the client has sent more than was read, closing now would
  /// discard the reply, so the client closes first.
  void end() {
    if (input_ended_) {
      close();
      return;
    }
    lingering_ = true;
    ::shutdown(bufferevent_getfd(socket_.get()), SHUT_WR);
    bufferevent_set_timeouts(socket_.get(), &linger, nullptr);
    evbuffer* const input = bufferevent_get_input(socket_.get());
    evbuffer_drain(input, evbuffer_get_length(input));
  }

  /// Destroys *this.
  void close() noexcept {
    const auto closed = std::exchange(closed_, nullptr);
    closed();
  }

  BufferEvent socket_;
  ServerSession session_;
  std::function<void()> closed_;
  bool input_ended_ = false;
  bool lost_ = false;  ///< while the session was waiting
  bool lingering_ = false;
  std::size_t lingered_octets_ = 0;
};

class Host {
 public:
  /// `sendmail`: the program that sends messages; empty for none.
  Host(Environment environment, const std::string& sendmail)
      : environment_(std::move(environment)), base_(event_base_new()), loop_(base_.get()) {
    environment_.run_program = [this](const ProgramCall& call,
                                      std::function<void(ProgramResult)> done) {
      return process::run_program(loop_, call, std::move(done));
    };
    if (!sendmail.empty()) {
      environment_.submit = [this, sendmail](Spool& spool, const Envelope& envelope,
                                             std::function<void(Outcome)> done) {
        return run_sendmail(loop_, sendmail, spool, envelope, std::move(done));
      };
    }
  }

  /// Serves until SIGTERM or SIGINT. Returns the exit status.
  int run(std::uint16_t port) {
    if (!base_) {
      log("libevent cannot be used");
      return EXIT_FAILURE;
    }
    std::signal(SIGPIPE, SIG_IGN);  // NOLINT(cert-err33-c): cannot fail
    const std::array<Event, 2> signals{end_at(SIGTERM), end_at(SIGINT)};
    if (!listen(port)) {
      log("127.0.0.1:" + std::to_string(port) +
          " cannot be listened on: " + std::generic_category().message(errno));
      return EXIT_FAILURE;
    }
    event_base_dispatch(base_.get());
    connections_.clear();
    return status_;
  }

 private:
  static Host& of(void* self) { return *static_cast<Host*>(self); }

  Event end_at(int signal) {
    Event made(evsignal_new(
        base_.get(), signal,
        [](evutil_socket_t, short, void* base) {
          event_base_loopexit(static_cast<event_base*>(base), nullptr);
        },
        base_.get()));
    event_add(made.get(), nullptr);
    return made;
  }

  bool listen(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener_.reset(evconnlistener_new_bind(
        base_.get(),
        [](evconnlistener*, evutil_socket_t socket, sockaddr*, int, void* self) {
          guarded([&] { of(self).accept(socket); });
        },
        this, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE, -1,
        reinterpret_cast<const sockaddr*>(&address), sizeof address));
    if (!listener_) {
      return false;
    }
    evconnlistener_set_error_cb(listener_.get(), [](evconnlistener*, void* self) {
      guarded([&] { of(self).accept_failed(errno); });
    });
    socklen_t length = sizeof address;
    if (::getsockname(evconnlistener_get_fd(listener_.get()), reinterpret_cast<sockaddr*>(&address),
                      &length) != 0) {
      return false;
    }
    std::cout << "listening on 127.0.0.1:" << ntohs(address.sin_port) << std::endl;
    return true;
  }

  void accept(evutil_socket_t socket) {
    BufferEvent buffered(bufferevent_socket_new(base_.get(), socket, BEV_OPT_CLOSE_ON_FREE));
    if (!buffered) {
      ::close(socket);
      return;
    }
    const std::uint64_t number = ++accepted_;
    Environment environment = environment_;
    environment.apop_timestamp = '<' + std::to_string(::getpid()) + '.' + std::to_string(number) +
                                 '.' + std::to_string(std::time(nullptr)) + "@localhost>";
    connections_.emplace(
        number, std::make_unique<Connection>(std::move(buffered), std::move(environment),
                                             [this, number] { connections_.erase(number); }));
  }

  void accept_failed(int error) {
    log("a connection cannot be accepted: " + std::generic_category().message(error));
    status_ = EXIT_FAILURE;
    event_base_loopbreak(base_.get());
  }

  Environment environment_;
  EventBase base_;
  LibeventLoop loop_;
  Listener listener_;
  std::unordered_map<std::uint64_t, std::unique_ptr<Connection>> connections_;
  std::uint64_t accepted_ = 0;
  int status_ = EXIT_SUCCESS;
};

/// The mail that --memory gives to every user.
void fill_with_samples(MemoryMailbox& mailbox) {
  mailbox.deliver("From: Alice <alice@example.org>\nSubject: first\n\nThe first message.\n");
  mailbox.deliver(
      "From: Bob <bob@example.org>\nSubject: second\n\nIts second line is a dot:\n.\n.end\n");
  mailbox.deliver("From: Carol <carol@example.org>\nSubject: third\n\nNo final line end");
}

struct Options {
  std::string maildir;
  bool memory = false;
  std::uint16_t port = 0;
  std::string user;
  std::string password{default_password};
  std::string policy_folder;
  std::string profile;
  std::string sendmail = "/usr/sbin/sendmail";
  std::string login_help;
  std::string login_capabilities;
  std::string login_unknown_command;
};

int serve(const Options& options) {
  auto authorization =
      Authorization::parse({.login_help = options.login_help,
                            .login_capabilities = options.login_capabilities,
                            .login_unknown_command = options.login_unknown_command});
  if (!authorization) {
    log(authorization.error().text);
    return EXIT_FAILURE;
  }
  MemoryMaildrops in_memory(fill_with_samples);
  Maildirs maildirs(options.maildir);
  std::optional<files::PolicyFolder> folder;
  if (!options.policy_folder.empty()) {
    folder.emplace(options.policy_folder);
  }

  Environment environment;
  environment.maildrops =
      options.memory ? static_cast<Maildrops*>(&in_memory) : static_cast<Maildrops*>(&maildirs);
  environment.password_of = [&](std::string_view user) {
    return options.user.empty() || options.user == user ? std::optional(options.password)
                                                        : std::nullopt;
  };
  environment.policy_of = [&](std::string_view user) {
    policy::Resolution resolution =
        policy::resolve(folder ? &*folder : nullptr, user, options.profile, idn2_domain);
    for (const std::string& note : resolution.notes) log(note);
    return resolution;
  };
  environment.authorization = std::move(authorization.value());
  environment.log = log;
  if (options.user.empty()) {
    log("for tests only: any user name logs in with the password \"" + options.password + '"');
  }
  return Host(std::move(environment), options.sendmail).run(options.port);
}

int run(int argc, char** argv) {
  Options options;
  CLI::App app(
      "A POP3 server for testing pop3_legacy without Dovecot. It listens on 127.0.0.1 only and "
      "is not fit for serving mail: passwords stand on the command line, and by default any user "
      "name logs in with the password \"" +
          std::string(default_password) + "\".",
      "pop3-legacy-host");
  app.set_version_flag("-V,--version", "pop3-legacy-host " + version());
  auto* const mail = app.add_option_group("mail", "Where the mail is (exactly one)");
  mail->add_option("--maildir", options.maildir,
                   "A Maildir; %u stands for the user name. Not to be shared with a running "
                   "Dovecot")
      ->type_name("DIR");
  mail->add_flag("--memory", options.memory,
                 "Every user gets a few sample messages, which are gone when the host ends");
  mail->require_option(1);
  app.add_option("--port", options.port, "The TCP port; 0: any that is free, see the output")
      ->type_name("N")
      ->capture_default_str();
  auto* const user =
      app.add_option("--user", options.user, "The only user name that logs in")->type_name("NAME");
  auto* const password =
      app.add_option("--password", options.password, "The user's password, also for APOP")
          ->type_name("PW");
  user->needs(password);
  password->needs(user);
  app.add_option("--policy", options.policy_folder,
                 "The policy folder; without it the built-in defaults hold")
      ->type_name("FOLDER");
  app.add_option("--profile", options.profile,
                 "The profile of every user, as a userdb would name it")
      ->type_name("NAME");
  app.add_option("--sendmail", options.sendmail,
                 "The program that sends the messages of XTND XMIT, called as sendmail is: -i -f "
                 "SENDER -- RECIPIENT…; empty for none: then XTND XMIT is not there")
      ->type_name("PROGRAM")
      ->capture_default_str();
  app.add_option("--login-help", options.login_help,
                 "How HELP answers before login: long, rambler or line; without it HELP is unknown "
                 "there")
      ->type_name("STYLE");
  app.add_option("--login-capabilities", options.login_capabilities,
                 "Lines that CAPA has before login beside the host's, separated by commas")
      ->type_name("LINES");
  app.add_option("--login-unknown-command", options.login_unknown_command,
                 "What is said to an unknown command before login")
      ->type_name("TEXT");
  CLI11_PARSE(app, argc, argv);
  return serve(options);
}

}  // namespace
}  // namespace pop3_legacy::shim

int main(int argc, char** argv) {
  try {
    return pop3_legacy::shim::run(argc, argv);
  } catch (const std::exception& failure) {
    std::fputs(failure.what(), stderr);
    std::fputs("\n", stderr);
    return EXIT_FAILURE;
  }
}
