/// A reply as it goes over the wire, built so that it cannot break the protocol: no line is longer
/// than 512 octets (RFC 2449, section 4), no control characters, dots stuffed.
#ifndef POP3_LEGACY_CORE_PROTOCOL_REPLY_H
#define POP3_LEGACY_CORE_PROTOCOL_REPLY_H

#include <cstddef>
#include <string>
#include <string_view>

namespace pop3_legacy {

/// Maximum length of a reply line, CRLF included (RFC 2449, section 4).
inline constexpr std::size_t max_reply_line_octets = 512;

class [[nodiscard]] Reply {
 public:
  /// "+OK text". Text is never empty: some clients fail on a bare "+OK" (RFC 1957).
  static Reply ok(std::string_view text);
  /// "-ERR text".
  static Reply err(std::string_view text);
  /// "-ERR [SYS/TEMP] text" (RFC 3206): not the client's fault; it may work later.
  static Reply temporary_failure(std::string_view text);
  /// What the host answered, word for word; `wire` ends with CRLF.
  static Reply verbatim(std::string wire);

  /// No octets: the reply comes later.
  static Reply none() { return Reply{{}}; }

  /// A line of a multi-line reply, which starts with ok() and finishes with end().
  Reply& line(std::string_view text);
  /// The lone dot.
  Reply& end();

  [[nodiscard]] bool positive() const noexcept { return wire_.starts_with('+'); }
  /// Every line ends with CRLF.
  [[nodiscard]] const std::string& wire() const noexcept { return wire_; }

 private:
  explicit Reply(std::string wire) : wire_(std::move(wire)) {}
  void append_line(std::string_view start, std::string_view text);

  std::string wire_;
};

}  // namespace pop3_legacy

#endif
