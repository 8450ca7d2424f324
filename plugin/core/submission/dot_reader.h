/// Takes a message out of what a POP3 or SMTP client sends: up to the line with a lone dot, the
/// stuffed dots removed (RFC 1939, section 3; RFC 5321, section 4.5.2).
#ifndef POP3_LEGACY_CORE_SUBMISSION_DOT_READER_H
#define POP3_LEGACY_CORE_SUBMISSION_DOT_READER_H

#include <cstddef>
#include <string>
#include <string_view>

namespace pop3_legacy::submission {

class DotReader {
 public:
  /// Appends to `text` what `octets` bring, and returns how many of them belong to the message or
  /// its end. Every line of `text` ends with CRLF, also where the client ended it with LF: whoever
  /// reads it next must see the same lines as we.
  std::size_t take(std::string_view octets, std::string& text);
  [[nodiscard]] bool ended() const noexcept { return state_ == State::ended; }

 private:
  enum class State {
    line_start,
    dot,     ///< a dot stood at the line's start
    dot_cr,  ///< and a CR behind it
    text,
    cr,  ///< not output yet
    ended,
  };

  void step(char c, std::string& text);

  State state_ = State::line_start;
};

}  // namespace pop3_legacy::submission

#endif
