#include "plugin/core/session/conversation.h"

#include <utility>

namespace pop3_legacy {

Conversation::State Conversation::state() const noexcept {
  if (intake_) {
    switch (intake_->state()) {
      case Intake::State::taking:
        return State::taking;
      case Intake::State::waiting:
        return State::waiting;
      case Intake::State::done:
        return State::answering;
    }
  }
  return listing_ || slow_reply_ ? State::answering : State::idle;
}

void Conversation::answer(Decision decision) {
  command_ = decision.command;
  Answer answer = session_.answer(std::move(decision));
  listing_ = std::move(answer.listing);
  slow_reply_ = std::move(answer.slow_reply);
  intake_ = std::move(answer.intake);
  if (intake_) {
    intake_->when_done([this] { client_.wake(); });
  }
  if (!answer.reply.wire().empty()) {
    reply(answer.reply, answer.client_erred);
  }
  if (answer.ends_session) {
    client_.end("The session's deletions could not be stored.");
  }
  settle();
}

void Conversation::step() {
  if (intake_) {
    answer_intake();
  } else if (slow_reply_) {
    if (const auto made = slow_reply_->step()) {
      slow_reply_.reset();
      reply(*made);
    }
  } else {
    continue_listing();
  }
  settle();
}

std::size_t Conversation::take(std::string_view octets) {
  const std::size_t taken = intake_->take(octets);
  session_.took_data(taken);
  return taken;
}

void Conversation::drop() noexcept {
  listing_.reset();
  slow_reply_.reset();
  intake_.reset();
}

void Conversation::reply(const Reply& reply, bool client_erred) {
  positive_ = reply.positive();
  client_.reply(reply, client_erred);
}

void Conversation::answer_intake() {
  const std::unique_ptr<Intake> intake = std::move(intake_);
  reply(intake->reply());
  listing_ = intake->listing();
  if (intake->ends_session()) {
    client_.end("The message had no end.");
  }
}

void Conversation::continue_listing() {
  const Result<std::string> lines = listing_->next();
  if (!lines) {
    // The reply has begun, so only the missing lone dot can still tell the client.
    session_.environment().log_error(lines.error().text);
    client_.end("An answer could not be completed.");
  } else if (!lines.value().empty()) {
    client_.lines(lines.value());
  } else if (!listing_->unfinished()) {
    listing_.reset();
    client_.lines(".\r\n");
  }
}

void Conversation::settle() {
  if (client_.over()) {
    drop();
  }
  if (state() == State::idle && command_ != nullptr) {
    client_.answered(*std::exchange(command_, nullptr), positive_);
  }
}

}  // namespace pop3_legacy
