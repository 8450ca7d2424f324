#include "plugin/dovecot/client_session.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "plugin/dovecot/host_event.h"
#include "plugin/dovecot/input_filter.h"
#include "plugin/dovecot/master_user.h"
#include "plugin/dovecot/module_context.h"
#include "plugin/dovecot/trampoline.h"

namespace pop3_legacy::dovecot {

namespace {

/// CLIENT_MAX_BAD_COMMANDS in Dovecot's pop3-client.c: more bad commands in a row end the session.
constexpr unsigned max_bad_commands = 20;

MODULE_CONTEXT_DEFINE_INIT(client_module, &pop3_module_register);
MODULE_CONTEXT_DEFINE_INIT(user_module, &mail_user_module_register);

/// Begins a command's event.
struct event* begin_event(struct event* user, const Command& command, std::string_view arguments) {
  struct event* const event = event_create(user);
  event_add_str(event, "cmd_name", std::string(command.name).c_str());
  event_add_str(event, "cmd_args",
                str_sanitize(std::string(arguments).c_str(), max_reply_line_octets));
  return event;
}

/// Sends it: in the shape of Dovecot 2.4's own, so that the same metrics count both, and once more
/// by a name of its own: not for what Dovecot would answer as well.
void send_event(struct event* event, const Command& command, bool positive, uoff_t octets) {
  const std::string name(command.name);
  event_add_str(event, "reply_state", positive ? "OK" : "ERR");
  event_add_int(event, "net_out_bytes", static_cast<intmax_t>(octets));
  const auto send = [&](const char* kind) {
    event_set_name(event, kind);
    e_debug(event, "pop3_legacy: %s finished", name.c_str());
  };
  send("pop3_command_finished");
  if (command.owner != Owner::host || !positive) send("pop3_legacy_command_finished");
}

/// How long a slow answer, or the commands of one packet, may run before the process's other
/// clients get their turn.
constexpr std::chrono::milliseconds turn(50);

/// Discards input that has arrived and that nobody will read. If it stayed, the kernel would reset
/// the connection on close, and the client might lose the last reply.
void discard_input(int fd) {
  constexpr int at_most = 64;
  std::array<char, 4096> octets{};
  for (int i = 0; i < at_most; ++i) {
    if (::recv(fd, octets.data(), octets.size(), MSG_DONTWAIT) <= 0) {
      return;
    }
  }
}

}  // namespace

void ClientSession::attach(struct client* client, const policy::Resolution& resolution,
                           Remembered remembered, bool by_user) {
  // owned by the client from here on; destroy_client() deletes it
  auto* const self = new ClientSession(client, resolution, remembered, by_user);
  if (self->session_.idle()) {
    delete self;
    return;
  }
  if (const char* const master = master_of(client->user)) {
    e_info(client->user->event,
           "pop3_legacy: the master user %s is logged in as this user, and leaves no trace: what "
           "LAST, [view], [delete], [pace] and UIDLs keep stays as it is",
           master);
  }
  self->install();
}

ClientSession::ClientSession(struct client* client, const policy::Resolution& resolution,
                             Remembered remembered, bool by_user)
    : client_(client),
      host_(client, by_user),
      session_(host_.host(), resolution, remembered,
               master_of(client->user) != nullptr ? Visitor::master : Visitor::owner) {}

ClientSession::~ClientSession() {
  event_unref(&answering_);
  if (destroyed_ != nullptr) {
    *destroyed_ = true;
  }
}

void ClientSession::install() {
  set_module_context(client_, client_module, this);
  set_module_context(client_->user, user_module, this);
  module_context_.super = client_->v;
  client_->v.destroy = destroy_client;

  struct istream* host_input = client_->input;
  filter_ = input_filter_create(host_input, this);
  client_->input = filter_;
  i_stream_unref(&host_input);  // the filter holds its own reference

  const struct ostream_private* const output = client_->output->real_stream;
  next_flush_callback_ = output->callback;
  next_flush_context_ = output->context;
  o_stream_set_flush_callback(client_->output, output_flushed, static_cast<void*>(this));

  if (struct ostream* const replies = output_filter_of(client_)) {
    output_filter_set_editor(replies, this);
    // Dovecot opens the mailbox before it returns to its event loop.
    to_login_ = timeout_add_short(0, complete_login, this);
  }
}

// The reply to the login waits for the mailbox, because it may state the number of messages.
void ClientSession::complete_login(ClientSession* self) {
  timeout_remove(&self->to_login_);
  struct ostream* const replies = output_filter_of(self->client_);
  trampoline("the reply to the login", 0, [&] {
    const std::string held(output_filter_held(replies));
    if (!held.empty() && self->client_->mailbox != nullptr) {
      const LoginReply reply = self->session_.logged_in(held);
      output_filter_release(replies, reply.line);
      if (reply.refused) {
        discard_input(self->client_->fd_in);
        client_disconnect(self->client_, "Logged in too often.");
      }
    } else if (self->client_->mailbox != nullptr) {
      output_filter_expect_no_login(replies);
    }
    return 0;
  });
}

bool ClientSession::may_continue() {
  if (holds_answers_ && POP3_CLIENT_OUTPUT_FULL(client_)) {
    let_answers_leave();
  }
  if (client_->cmd != nullptr || client_->disconnected || POP3_CLIENT_OUTPUT_FULL(client_)) {
    return false;
  }
  if (turn_is_over()) {
    come_back();
    return false;
  }
  if (to_login_ != nullptr) {
    complete_login(this);
    if (client_->disconnected) {
      return false;
    }
  }
  mark_executed();
  if (session_.awaits_departure() && all_has_left()) {
    // It was pushed out by what was sent after it: nobody knows when.
    session_.leaving(waiting_input());
    session_.all_left();
  }
  return true;
}

// While its input stream holds data, Dovecot continues with it before it looks at other
// connections, and reads more meanwhile. So a turn is counted from the beginning of the event
// loop's round.
bool ClientSession::turn_is_over() {
  const auto now = std::chrono::steady_clock::now();
  if (loop_.tv_sec != ioloop_timeval.tv_sec || loop_.tv_usec != ioloop_timeval.tv_usec) {
    loop_ = ioloop_timeval;
    turn_end_ = now + turn;
  }
  return now > turn_end_;
}

// Continues through output_flushed(): before the loop calls that, it asks the kernel about all
// connections.
void ClientSession::come_back(std::chrono::milliseconds pause) {
  if (pause.count() == 0) {
    o_stream_set_flush_pending(client_->output, true);
    return;
  }
  client_->cmd = wait_for_lock;
  to_come_back_ = timeout_add_to(current_ioloop, static_cast<unsigned>(pause.count()),
                                 &ClientSession::pause_over, static_cast<void*>(this));
}

void ClientSession::pause_over(void* context) {
  auto* const self = static_cast<ClientSession*>(context);
  self->end_pause();
  o_stream_set_flush_pending(self->client_->output, true);
}

void ClientSession::end_pause() {
  timeout_remove(&to_come_back_);
  client_->cmd = nullptr;
}

// Dovecot leaves the input alone while client_->cmd is set.
void ClientSession::wait_for_lock(struct client* /*client*/) {}

// A command that is still running is the last one the host has consumed. Once the output is broken,
// the last command may have been cut short, although the host counts it as complete. An output that
// the host has closed looks broken.
void ClientSession::mark_executed() {
  if (client_->output->stream_errno != 0 && !client_->disconnected) {
    return;
  }
  const uoff_t consumed = input_filter_given(filter_);
  session_.executed(client_->cmd == nullptr || consumed == 0 ? consumed : consumed - 1);
}

bool ClientSession::all_has_left() const {
  return client_->output->stream_errno == 0 && o_stream_get_buffer_used_size(client_->output) == 0;
}

void ClientSession::mail_allocated(const struct mail* mail) {
  auto* const self = module_context<ClientSession>(mail->box->storage->user, user_module);
  if (self == nullptr || mail->transaction != self->client_->trans) {
    return;
  }
  trampoline("counting a message", 0, [&] {
    if (self->session_.begins(input_filter_given(self->filter_)) &&
        self->session_.minds_delivery()) {
      watch_departures(self->client_->output, self);
    }
    return 0;
  });
}

bool ClientSession::awaits_reply() const {
  return !session_.words_are_hosts() && session_.awaits_reply(input_filter_given(filter_));
}

// Output may wait in the stream for a long time, so the last check is made just before it leaves.
void ClientSession::before_leaving() {
  mark_executed();
  if (session_.awaits_departure()) {
    session_.leaving(waiting_input());
  }
}

// Where the client takes a long message of the host's slowly, those before it have left long since.
// What an answer of ours sends counts before its lone dot is there.
void ClientSession::after_leaving() {
  if (conversation_.state() == Conversation::State::answering || !all_has_left()) {
    return;
  }
  session_.all_left();
  if (client_->cmd == nullptr) {
    forget_departures(client_->output);
  }
}

// Counts the input waiting in Dovecot's stream and in the kernel; with TLS or a proxy, the kernel
// has what the login process has passed on. When the stream is full, another stream behind it may
// hold input that came with the login.
std::uint64_t ClientSession::waiting_input() const {
  std::uint64_t waiting = input_filter_waiting(filter_);
  if (waiting >= i_stream_get_max_buffer_size(filter_)) {
    waiting += i_stream_get_max_buffer_size(filter_);
  }
  int in_kernel = 0;
  if (::ioctl(client_->fd_in, FIONREAD, &in_kernel) == 0 && in_kernel > 0) {
    waiting += static_cast<std::uint64_t>(in_kernel);
  }
  return waiting;
}

void ClientSession::answer(Decision decision) {
  event_unref(&answering_);
  if (decision.command != nullptr && has_listeners()) {
    answering_ = begin_event(client_->user->event, *decision.command, decision.arguments);
  }
  output_before_ = client_->output->offset;
  if (!std::exchange(holds_answers_, true)) {
    o_stream_cork(client_->output);
  }
  conversation_.answer(std::move(decision));
  go_on();
}

void ClientSession::let_answers_leave() {
  if (std::exchange(holds_answers_, false)) {
    o_stream_uncork(client_->output);
  }
}

// Dovecot calls this when the output has room again, and once more when the session ends.
void ClientSession::continue_answer(struct client* client) {
  auto* const self = module_context<ClientSession>(client, client_module);
  const bool done = trampoline("an answer", false, [&] {
    self->go_on();
    return true;
  });
  if (!done) {
    // Otherwise Dovecot would keep asking for the rest.
    self->conversation_.drop();
    client->cmd = nullptr;
    client_disconnect(client, "An answer could not be completed.");
  }
}

void ClientSession::go_on() {
  if (conversation_.state() == Conversation::State::answering) {
    // Set first, should an exception end this: no command is read before the answer is complete.
    client_->cmd = continue_answer;
    const auto until = std::chrono::steady_clock::now() + turn;
    do {
      if (client_->output->closed || client_->output->stream_errno != 0) {
        // Nobody receives the answer, so it must not count as complete.
        conversation_.drop();
      } else if (POP3_CLIENT_OUTPUT_FULL(client_) || std::chrono::steady_clock::now() > until) {
        break;
      } else {
        conversation_.step();
      }
    } while (conversation_.state() == Conversation::State::answering);
  }
  if (session_.awaits_departure()) {
    watch_departures(client_->output, this);
  }
  follow();
}

// Makes what the conversation does Dovecot's current command, or none.
void ClientSession::follow() {
  switch (conversation_.state()) {
    case Conversation::State::idle:
    case Conversation::State::taking:
      client_->cmd = nullptr;
      break;
    case Conversation::State::answering:
      client_->cmd = continue_answer;
      // All that is in the buffer may leave at once, and then nothing else would ask for more.
      o_stream_set_flush_pending(client_->output, true);
      break;
    case Conversation::State::waiting:
      begin_waiting();
      break;
  }
}

std::size_t ClientSession::take_data(std::string_view octets) {
  const std::size_t taken = conversation_.take(octets);
  o_stream_cork(client_->output);
  go_on();
  o_stream_uncork(client_->output);
  return taken;
}

void ClientSession::lines(std::string_view lines) {
  o_stream_nsend(client_->output, lines.data(), lines.size());
}

void ClientSession::answered(const Command& command, bool positive) {
  // CAPA has already had its event: the host was asked for it.
  if (answering_ != nullptr && command.owner != Owner::shared) {
    send_event(answering_, command, positive, client_->output->offset - output_before_);
  }
}

// While a command runs, Dovecot does not watch the connection. A descriptor can be watched only
// once, so this watches a duplicate of Dovecot's.
void ClientSession::begin_waiting() {
  client_->cmd = wait_for_wake;
  if (!conversation_.waits_for_client_only()) {
    return;
  }
  watched_fd_ = ::fcntl(client_->fd_in, F_DUPFD_CLOEXEC, 0);
  if (watched_fd_ >= 0) {
    watch_ = io_add_to(current_ioloop, watched_fd_, IO_READ, &ClientSession::connection_changed,
                       static_cast<void*>(this));
  }
}

void ClientSession::end_waiting() {
  io_remove(&watch_);
  if (watched_fd_ >= 0) {
    ::close(watched_fd_);
  }
  watched_fd_ = -1;
}

// A client that has closed and has no unanswered commands left is gone. One that has sent more is
// read when the answer is ready; until then, only a reset of the connection counts.
void ClientSession::connection_changed(void* context) {
  auto* const self = static_cast<ClientSession*>(context);
  pollfd state{.fd = self->watched_fd_, .events = POLLIN, .revents = 0};
  if (::poll(&state, 1, 0) < 1) {
    return;
  }
  char octet = 0;
  const bool broken = (static_cast<unsigned short>(state.revents) & (POLLERR | POLLHUP)) != 0;
  const bool has_more = ::recv(state.fd, &octet, 1, MSG_PEEK | MSG_DONTWAIT) > 0 ||
                        input_filter_has_more(self->filter_);
  if (broken || !has_more) {
    client_destroy(self->client_, "Connection closed while a program ran");
    return;
  }
  io_remove(&self->watch_);
  self->watch_ =
      io_add_to(current_ioloop, state.fd, IO_ERROR, &ClientSession::connection_changed, context);
}

// Dovecot leaves the input alone while client_->cmd is set.
void ClientSession::wait_for_wake(struct client* /*client*/) {}

void ClientSession::wake() {
  end_waiting();
  const bool waited = client_->cmd == wait_for_wake;
  if (waited) {
    // The idle time starts again, as if the client had just sent something.
    client_->last_input = ioloop_time;
    timeout_reset(client_->to_idle);
  }
  o_stream_cork(client_->output);
  go_on();
  if (waited && !client_->disconnected) {
    // Continues through output_flushed(), where Dovecot resumes reading.
    o_stream_set_flush_pending(client_->output, true);
  }
  o_stream_uncork(client_->output);
  if (waited && !client_->disconnected &&
      (client_->output->closed || client_->output->stream_errno != 0)) {
    // output_flushed() will not be called, and nothing else watches the connection.
    client_disconnect(client_, "Connection closed while a command ran");
  }
}

// Does what client_send_line() does, but formats nothing.
void ClientSession::send(std::string_view octets) {
  if (client_->output->closed) {
    return;
  }
  const ssize_t sent = o_stream_send(client_->output, octets.data(), octets.size());
  i_assert(sent < 0 || static_cast<std::size_t>(sent) == octets.size());
  if (sent < 0) {
    return;
  }
  if (!POP3_CLIENT_OUTPUT_FULL(client_)) {
    client_->last_output = ioloop_time;
  } else if (client_->io != nullptr) {
    io_remove(&client_->io);
    o_stream_set_flush_pending(client_->output, true);
  }
}

// The command counts as one of Dovecot's own: too many bad ones in a row end the session.
void ClientSession::reply(const Reply& reply, bool client_erred) {
  send(reply.wire());
  if (reply.positive()) {
    client_->bad_counter = 0;
  } else if (client_erred && ++client_->bad_counter > max_bad_commands) {
    send("-ERR Too many bad commands.\r\n");
    client_disconnect(client_, "Too many bad commands.");
  }
}

void ClientSession::finish() {
  if (client_->mailbox == nullptr) {
    return;  // the mailbox could not be opened
  }
  mark_executed();
  session_.finish(client_->delete_success ? Ending::quit : Ending::dropped);
}

void ClientSession::destroy_client(struct client* client, const char* reason) {
  auto* const self = module_context<ClientSession>(client, client_module);
  i_assert(self != nullptr);
  trampoline("the end of the session", 0, [&] {
    self->finish();
    self->host_.prepare_end();
    return 0;
  });
  timeout_remove(&self->to_login_);
  forget_departures(client->output);
  if (struct ostream* const replies = output_filter_of(client)) {
    output_filter_set_editor(replies, nullptr);
  }
  set_module_context(client->user, user_module, nullptr);
  input_filter_detach(self->filter_);
  if (self->conversation_.state() != Conversation::State::idle) {
    self->conversation_.drop();
    self->end_waiting();
    client->cmd = nullptr;
  }
  if (self->to_come_back_ != nullptr) {
    self->end_pause();
  }
  o_stream_set_flush_callback(client->output, self->next_flush_callback_,
                              self->next_flush_context_);
  const auto next = self->module_context_.super.destroy;
  delete self;
  next(client, reason);
}

// When a long-running command has finished, Dovecot continues with what its input stream holds. The
// lines behind that, in the filter's parent, need a reason to be read.
int ClientSession::output_flushed(void* context) {
  auto* const self = static_cast<ClientSession*>(context);
  if (self->client_->cmd == wait_for_wake || self->client_->cmd == wait_for_lock) {
    // Otherwise Dovecot would ask to be called again at once and, with a broken output, end the
    // session. Then nobody would learn what became of the message.
    (void)o_stream_flush(self->client_->output);
    return 1;
  }
  bool destroyed = false;
  self->destroyed_ = &destroyed;
  const int result = self->next_flush_callback_(self->next_flush_context_);
  if (destroyed) {
    return result;
  }
  self->destroyed_ = nullptr;
  if (self->client_->cmd == nullptr && !self->client_->disconnected &&
      input_filter_has_more(self->filter_)) {
    i_stream_set_input_pending(self->filter_, true);
  }
  return result;
}

}  // namespace pop3_legacy::dovecot
