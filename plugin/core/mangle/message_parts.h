/// A message taken apart by a library of the host's (RFC 2045, RFC 2046), piece after piece.
#ifndef POP3_LEGACY_CORE_MANGLE_MESSAGE_PARTS_H
#define POP3_LEGACY_CORE_MANGLE_MESSAGE_PARTS_H

#include <cstdint>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy {

/// What a part's header says of its body, and how the library has read it.
struct PartInfo {
  enum class Body : std::uint8_t {
    leaf,       ///< nothing is inside
    multipart,  ///< parts follow, one level deeper
    message,    ///< one part follows, the message's own header and body
  };
  Body body = Body::leaf;
  std::string type = "text/plain";  ///< lower case; RFC 2045's default where there is none
  std::string file_name;            ///< UTF-8, may hold any octet but NUL; empty: none
  bool attachment = false;          ///< Content-Disposition
  bool in_line = false;             ///< Content-Disposition
  bool decodable = true;            ///< its Content-Transfer-Encoding is known
};

/// Holds no more than a piece of a body, and of a header what the library needs of it. An Error
/// ends it.
class MessageParts {
 public:
  enum class Kind : std::uint8_t {
    part,        ///< one begins; the first is the message itself. Then its header:
    field,       ///< octets of one line of it
    header_end,  ///< comes once in every part, whatever its header is like
    text,        ///< octets of a text/* leaf's body
    end,         ///< of the message
  };
  struct Piece {
    Kind kind = Kind::end;
    unsigned depth = 0;          ///< part: 0 for the message, else its parent's and 1
    std::string_view name = {};  ///< field: its name
    /// field: as they stand there, without the line's end; text: decoded, in UTF-8, whole
    /// characters, with U+FFFD for what is none. Until the next call.
    std::string_view octets = {};
    bool goes_on = false;            ///< field: that of the piece before
    bool ends_line = true;           ///< field: the line has no more pieces
    const PartInfo* info = nullptr;  ///< header_end; until the next call
  };

  MessageParts() = default;
  MessageParts(const MessageParts&) = delete;
  MessageParts& operator=(const MessageParts&) = delete;
  MessageParts(MessageParts&&) = delete;
  MessageParts& operator=(MessageParts&&) = delete;
  virtual ~MessageParts() = default;

  [[nodiscard]] virtual Result<Piece> next() = 0;
  /// At a header_end: nobody wants this part's text.
  virtual void skip_text() = 0;
};

}  // namespace pop3_legacy

#endif
