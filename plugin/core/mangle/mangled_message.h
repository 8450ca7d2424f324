/// A message as qpopper's MANGLE sends it: some fields of the header, and its text alone.
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

  /// Names without the colon; those of mangle.c where the client names none.
  std::vector<std::string> fields = {"To",   "Cc",       "Subject",    "From",
                                     "Date", "Reply-To", "X-Priority", "X-UIDL"};
  Charset charset = Charset::us_ascii;
};

/// The rules are those of qpopper's mangle.c: of a multipart/alternative the first text/plain, or
/// else its first part; HTML without its tags; a line in brackets for each part that is left out.
/// Its MIME header says what the text is now, so the message's own is not shown even if asked for.
class MangledMessage {
 public:
  using Open = std::function<Result<std::unique_ptr<MessageParts>>()>;
  static constexpr std::uint64_t all_lines = UINT64_MAX;

  /// `parts` is what `open` gives, which is called again where the message has to be looked
  /// through first. `body_lines` are TOP's, of the text as it is sent.
  MangledMessage(std::unique_ptr<MessageParts> parts, Open open, Mangling mangling,
                 std::uint64_t body_lines = all_lines);

  /// The next octets, some thousand, every line end CRLF, dots not stuffed. They may be none where
  /// much had to be read that is not shown; done() tells that from the end.
  [[nodiscard]] Result<std::string> next();
  [[nodiscard]] bool done() const noexcept { return done_; }
  /// TOP's lines are used up: there may be more text.
  [[nodiscard]] bool lines_used_up() const noexcept { return lines_left_ == 0; }

 private:
  struct Level {
    PartInfo info;
    std::uint32_t number = 0;  ///< the part's, in the message's order
    bool is_message = false;   ///< it has a message's header
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
  std::vector<Level> levels_;  ///< from the message to the part that is read
  std::uint32_t parts_seen_ = 0;
  std::vector<bool> chosen_;  ///< of alternatives, by number; empty: nobody has looked
  HtmlText html_;
  bool in_html_ = false;
  bool showing_ = false;
  bool field_wanted_ = false;
  bool in_body_ = false;
  bool done_ = false;
  bool replaced_ = false;  ///< the last character shown stands for what is none
  char last_ = '\n';
};

}  // namespace pop3_legacy

#endif
