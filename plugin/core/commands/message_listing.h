/// Answers with a line for each message; their length grows with the maildrop.
#ifndef POP3_LEGACY_CORE_COMMANDS_MESSAGE_LISTING_H
#define POP3_LEGACY_CORE_COMMANDS_MESSAGE_LISTING_H

#include <functional>
#include <string>

#include "plugin/core/host/maildrop.h"
#include "plugin/core/protocol/answer.h"

namespace pop3_legacy {

class MessageListing : public Listing {
 public:
  /// Appends a message's line, without its CRLF, to `to`; false: it has none. A line must not begin
  /// with a dot. An Error ends the answer and the session.
  using Line = std::function<Result<bool>(MessageNumber number, std::string& to)>;

  /// Lists the messages from `first` to `last` that are not deleted. `maildrop` must outlive this
  /// object.
  MessageListing(const host::Maildrop& maildrop, MessageNumber first, MessageNumber last, Line line)
      : maildrop_(maildrop), number_(first), last_(last), line_(std::move(line)) {}

  [[nodiscard]] Result<std::string> next() override;

 private:
  const host::Maildrop& maildrop_;
  MessageNumber number_;
  MessageNumber last_;
  Line line_;
};

}  // namespace pop3_legacy

#endif
