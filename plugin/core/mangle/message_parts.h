/// A message parsed by a library of the host (RFC 2045, RFC 2046), delivered piece by piece.
#ifndef POP3_LEGACY_CORE_MANGLE_MESSAGE_PARTS_H
#define POP3_LEGACY_CORE_MANGLE_MESSAGE_PARTS_H

#include <cstdint>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy {

/// What a part's header says about its body, and how the library has interpreted it.
struct PartInfo {
  enum class Body : std::uint8_t {
    leaf,       ///< has no parts
    multipart,  ///< its parts follow, one level deeper
    message,    ///< one part follows: the embedded message's header and body
  };
  Body body = Body::leaf;
  std::string type = "text/plain";  ///< lower case; RFC 2045's default if missing
  std::string file_name;            ///< UTF-8, may contain any octet except NUL; empty: none
  bool attachment = false;          ///< Content-Disposition
  bool in_line = false;             ///< Content-Disposition
  bool decodable = true;            ///< its Content-Transfer-Encoding is known
};

/// Holds in memory no more than a piece of a body, and of a header what the library needs. It must
/// not be used after an Error.
class MessageParts {
 public:
  enum class Kind : std::uint8_t {
    part,        ///< a part begins; the first is the message itself. Its header follows:
    field,       ///< octets of one header line
    header_end,  ///< once per part, whatever its header is like
    text,        ///< octets of a text/* leaf's body
    end,         ///< of the message
  };
  struct Piece {
    Kind kind = Kind::end;
    unsigned depth = 0;          ///< part: 0 for the message, otherwise its parent's depth plus 1
    std::string_view name = {};  ///< field: its name
    /// field: as in the message, without the line's end. text: decoded to UTF-8, only whole
    /// characters, with U+FFFD for invalid ones. Valid until the next call.
    std::string_view octets = {};
    bool goes_on = false;            ///< field: continues the field of the previous piece
    bool ends_line = true;           ///< field: no more pieces of this line follow
    const PartInfo* info = nullptr;  ///< header_end; valid until the next call
  };

  MessageParts() = default;
  MessageParts(const MessageParts&) = delete;
  MessageParts& operator=(const MessageParts&) = delete;
  MessageParts(MessageParts&&) = delete;
  MessageParts& operator=(MessageParts&&) = delete;
  virtual ~MessageParts() = default;

  [[nodiscard]] virtual Result<Piece> next() = 0;
  /// At a header_end: this part's text is not wanted.
  virtual void skip_text() = 0;
};

}  // namespace pop3_legacy

#endif
