/// Extracts a message from what a POP3 or SMTP client sends: up to the line with a lone dot, with
/// stuffed dots removed (RFC 1939, section 3; RFC 5321, section 4.5.2).
#ifndef POP3_LEGACY_CORE_SUBMISSION_DOT_READER_H
#define POP3_LEGACY_CORE_SUBMISSION_DOT_READER_H

#include <cstddef>
#include <string>
#include <string_view>

namespace pop3_legacy::submission {

class DotReader {
 public:
  /// Appends the message text in `octets` to `text`, and returns how many octets belong to the
  /// message or its end. Every line of `text` ends with CRLF, even if the client sent only LF, so
  /// that the next reader sees the same lines as we do.
  std::size_t take(std::string_view octets, std::string& text);
  [[nodiscard]] bool ended() const noexcept { return state_ == State::ended; }

 private:
  enum class State {
    line_start,
    dot,     ///< after a dot at the start of a line
    dot_cr,  ///< after such a dot and a CR
    text,
    cr,  ///< the CR has not been output yet
    ended,
  };

  void step(char c, std::string& text);

  State state_ = State::line_start;
};

}  // namespace pop3_legacy::submission

#endif
