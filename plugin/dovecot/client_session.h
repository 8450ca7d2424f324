/// What the plugin keeps for one client of Dovecot's pop3 process, from the creation of its
/// namespaces to its end: the core's session, the input filter, and the callbacks of the host that
/// it intercepts.
#ifndef POP3_LEGACY_DOVECOT_CLIENT_SESSION_H
#define POP3_LEGACY_DOVECOT_CLIENT_SESSION_H

#include <sys/time.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "plugin/core/session/conversation.h"
#include "plugin/core/session/session.h"
#include "plugin/dovecot/departures.h"
#include "plugin/dovecot/dovecot_host.h"
#include "plugin/dovecot/output_filter.h"
#include "plugin/dovecot/pop3_host.h"

namespace pop3_legacy::dovecot {

class ClientSession final : public ReplyEditor, public DepartureListener, public Recipient {
 public:
  /// Attaches a session to `client` if the policy leaves it anything to do. The object is freed
  /// when the client is destroyed. The command loop must not have read any of the client's input.
  /// `remembered` is as for Session, `by_user` as for DovecotHost.
  static void attach(struct client* client, const policy::Resolution& resolution,
                     Remembered remembered, bool by_user);
  /// Dovecot has got `mail` to work with. If it is for RETR or TOP, that message begins now.
  static void mail_allocated(const struct mail* mail);

  // --- for the input filter ---

  /// The host runs no command, has room for output and has not ended the session, and the process's
  /// other sessions have had their turns. If false, the command loop comes back by itself.
  bool may_continue();
  /// Has the loop come back once the other sessions have had their turns, but not before `pause`.
  void come_back(std::chrono::milliseconds pause = std::chrono::milliseconds(0));
  Decision take(std::string_view buffered, uoff_t offset) {
    return session_.take(buffered, offset);
  }
  /// The next octets are not commands but data for take_data().
  [[nodiscard]] bool takes_data() const {
    return conversation_.state() == Conversation::State::taking;
  }
  /// Returns how many of `octets` belonged to the data.
  std::size_t take_data(std::string_view octets);
  /// Answers one of our commands. The answers to a packet's commands leave together.
  void answer(Decision decision);
  /// No more of our commands follow for now.
  void let_answers_leave();

  // --- for the output filter ---

  [[nodiscard]] bool awaits_reply() const override;
  [[nodiscard]] std::string reworded(std::string_view line) override {
    return session_.reworded(line);
  }

  // --- for the output ---

  void before_leaving() override;
  void after_leaving() override;

  // --- for the conversation ---

  void reply(const Reply& reply, bool client_erred) override;
  void lines(std::string_view lines) override;
  void end(const char* why) override { client_disconnect(client_, why); }
  [[nodiscard]] bool over() const override { return client_->disconnected; }
  void wake() override;
  void answered(const Command& command, bool positive) override;

 private:
  ClientSession(struct client* client, const policy::Resolution& resolution, Remembered remembered,
                bool by_user);
  ~ClientSession();

  static void destroy_client(struct client* client, const char* reason);
  static int output_flushed(void* context);
  static void continue_answer(struct client* client);

  void send(std::string_view octets);
  void install();
  static void complete_login(ClientSession* self);
  void finish();
  void mark_executed();
  [[nodiscard]] bool all_has_left() const;
  [[nodiscard]] std::uint64_t waiting_input() const;
  void go_on();
  void follow();
  static void wait_for_lock(struct client* client);
  static void pause_over(void* context);
  void end_pause();
  [[nodiscard]] bool turn_is_over();
  static void wait_for_wake(struct client* client);
  void begin_waiting();
  void end_waiting();
  static void connection_changed(void* context);

  union pop3_module_context module_context_ {};  ///< holds the callbacks before ours
  struct client* client_;
  DovecotHost host_;
  Session session_;
  Conversation conversation_{session_,
                             *this};  ///< while it has something to do, it is client_->cmd
  struct istream* filter_ = nullptr;
  struct event* answering_ = nullptr;       ///< created with the answer under way
  uoff_t output_before_ = 0;                ///< its output's offset then
  struct timeout* to_login_ = nullptr;      ///< until the login has been answered
  struct timeout* to_come_back_ = nullptr;  ///< while wait_for_lock() is client_->cmd
  struct timeval loop_ {};                  ///< the event loop's round in which the turn began
  std::chrono::steady_clock::time_point turn_end_;
  int watched_fd_ = -1;  ///< a duplicate of the client's descriptor, while only this client needs
                         ///< what is waited for
  struct io* watch_ = nullptr;
  bool holds_answers_ = false;  ///< in the corked output, until let_answers_leave()
  stream_flush_callback_t* next_flush_callback_ = nullptr;
  void* next_flush_context_ = nullptr;
  bool* destroyed_ = nullptr;  ///< set by the destructor if somebody watches for it
};

}  // namespace pop3_legacy::dovecot

#endif
