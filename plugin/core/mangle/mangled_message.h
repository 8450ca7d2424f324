/// A message as qpopper's MANGLE sends it: some header fields and only the text.
#ifndef POP3_LEGACY_CORE_MANGLE_MANGLED_MESSAGE_H
#define POP3_LEGACY_CORE_MANGLE_MANGLED_MESSAGE_H

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/mangle/html_text.h"
#include "plugin/core/mangle/message_parts.h"

namespace pop3_legacy {

/// What a client asks for.
struct Mangling {
  enum class Charset : std::uint8_t { us_ascii, iso_8859_1, utf_8 };

  /// Names without the colon; the defaults are those of mangle.c.
  std::vector<std::string> fields = {"To",   "Cc",       "Subject",    "From",
                                     "Date", "Reply-To", "X-Priority", "X-UIDL"};
  Charset charset = Charset::us_ascii;
};

/// Follows qpopper's mangle.c: of a multipart/alternative it shows the first text/plain, or else
/// the first part; HTML without tags; a line in brackets for each part left out. The MIME header
/// describes the resulting text, so the message's own is not shown even on request.
class MangledMessage {
 public:
  using Open = std::function<Result<std::unique_ptr<MessageParts>>()>;
  static constexpr std::uint64_t all_lines = UINT64_MAX;

  /// `parts` is the result of `open`, which is called again if the message has to be scanned first.
  /// `body_lines` is TOP's count, applied to the text that is sent.
  MangledMessage(std::unique_ptr<MessageParts> parts, Open open, Mangling mangling,
                 std::uint64_t body_lines = all_lines);

  /// The next few thousand octets, with CRLF line ends and dots not stuffed. May be empty if much
  /// had to be read that is not shown; use done() to detect the end.
  [[nodiscard]] Result<std::string> next();
  [[nodiscard]] bool done() const noexcept { return done_; }
  /// TOP's lines have all been sent; there may be more text.
  [[nodiscard]] bool lines_used_up() const noexcept { return lines_left_ == 0; }

 private:
  struct Level {
    PartInfo info;
    std::uint32_t number = 0;  ///< the part's number, in message order
    bool is_message = false;   ///< its header is that of a message
    bool omitted = false;
    bool body_omitted = false;
    bool shows_fields = false;
  };

  Status take(const MessageParts::Piece& piece);
  Status begin_part(unsigned depth);
  void take_field(const MessageParts::Piece& piece);
  Status end_header();
  void end_own_header();
  Status end_part_header();
  void end_leaf_header();
  void note(std::string_view error, std::string_view type = {});
  void leave_out();
  void finish();

  [[nodiscard]] bool wanted(std::string_view name) const;
  void show(std::string_view utf8);
  void end_line();
  void put(std::string_view octets);

  Open open_;
  std::unique_ptr<MessageParts> parts_;
  Mangling mangling_;
  std::uint64_t lines_left_;
  std::string out_;
  std::vector<Level> levels_;  ///< from the message down to the current part
  std::uint32_t parts_seen_ = 0;
  std::vector<bool> chosen_;  ///< for alternatives, by part number; empty: not scanned
  HtmlText html_;
  bool in_html_ = false;
  bool showing_ = false;
  bool field_wanted_ = false;
  bool in_body_ = false;
  bool done_ = false;
  bool replaced_ = false;  ///< the last character shown replaced an invalid one
  char last_ = '\n';
};

}  // namespace pop3_legacy

#endif
