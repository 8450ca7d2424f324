/// What both hosts do with a session's own commands: answer one, continue a long answer as the
/// client takes it, give an answer the octets that follow its command, and answer again when
/// something that was waited for is ready.
///
/// The host drives it like this, with its input left alone unless the state is idle or taking:
///
///     Taker::ours:                        answer()
///     while answering, and there is room: step()
///     while taking, for input:            take()
///     while waiting:                      wait for Recipient::wake()
///     when the session ends:              drop()
#ifndef POP3_LEGACY_CORE_SESSION_CONVERSATION_H
#define POP3_LEGACY_CORE_SESSION_CONVERSATION_H

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "plugin/core/host/interface.h"
#include "plugin/core/protocol/answer.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy {

/// The host's connection, to which the answers go. None of these calls may destroy the
/// conversation.
class Recipient : public host::Interface {
 public:
  /// Sends a reply. A negative one counts as a bad command if `client_erred`, as one to the host's
  /// own commands does: too many in a row end the session.
  virtual void reply(const Reply& reply, bool client_erred) = 0;
  /// Sends lines that follow a reply, as they go over the wire.
  virtual void lines(std::string_view lines) = 0;
  /// Ends the session, as if the client had gone. `why` is a sentence.
  virtual void end(const char* why) = 0;
  /// The session is over, whoever has ended it.
  [[nodiscard]] virtual bool over() const = 0;
  /// The state was waiting and is answering now. Not called from within a call to the conversation.
  virtual void wake() = 0;
  /// The answer to `command` is complete, or the session has ended meanwhile. `positive`: its
  /// latest reply.
  virtual void answered(const Command& command, bool positive) = 0;

 protected:
  ~Recipient() = default;
};

class Conversation {
 public:
  enum class State : std::uint8_t {
    idle,       ///< the next octets from the client are commands
    answering,  ///< step() continues the answer
    taking,     ///< the next octets from the client are for take()
    waiting,    ///< for Recipient::wake()
  };

  /// Both must outlive the conversation.
  Conversation(Session& session, Recipient& recipient) : session_(session), client_(recipient) {}
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  Conversation(Conversation&&) = delete;
  Conversation& operator=(Conversation&&) = delete;
  ~Conversation() = default;

  [[nodiscard]] State state() const noexcept;
  /// While waiting: nobody needs what is waited for once the client is gone.
  [[nodiscard]] bool waits_for_client_only() const noexcept { return intake_->for_client_only(); }

  /// Answers one of our lines. Only while idle.
  void answer(Decision decision);
  /// Does a few milliseconds' work, or sends a few thousand octets. Only while answering.
  void step();
  /// Takes octets from the front of `octets`; returns how many. Only while taking.
  std::size_t take(std::string_view octets);
  /// Forgets an answer that is not complete. What it waits for goes on without it.
  void drop() noexcept;

 private:
  void reply(const Reply& reply, bool client_erred = true);
  void answer_intake();
  void continue_listing();
  void settle();

  Session& session_;
  Recipient& client_;
  // At most one of these, while a command is being answered.
  std::unique_ptr<Listing> listing_;
  std::unique_ptr<SlowReply> slow_reply_;
  std::unique_ptr<Intake> intake_;

  const Command* command_ = nullptr;  ///< that is being answered; nullptr: not in the table
  bool positive_ = false;
};

}  // namespace pop3_legacy

#endif
