/// HTML without its tags, as plain as qpopper's striphtml.c makes it.
#ifndef POP3_LEGACY_CORE_MANGLE_HTML_TEXT_H
#define POP3_LEGACY_CORE_MANGLE_HTML_TEXT_H

#include <cstdint>
#include <string>
#include <string_view>

namespace pop3_legacy {

/// Not a browser: tags and comments go, with all of a script, a style and a title; white space is
/// one blank outside of <pre>; paragraphs, lists and rows begin a line; the commonest character
/// references are what they stand for.
class HtmlText {
 public:
  /// Appends to `out` what `html`, UTF-8 cut anywhere, shows.
  void add(std::string_view html, std::string& out);
  /// What was held back of a document that ends in the middle; ready for another.
  void end(std::string& out);

 private:
  enum class State : std::uint8_t { text, reference, tag, quoted, comment };

  void add(char c, std::string& out);
  void text(std::string_view octets, std::string& out);
  void end_reference(std::string& out);
  void end_tag();
  void want_break(unsigned lines) noexcept;

  State state_ = State::text;
  std::string held_;     ///< a reference or a tag's beginning
  std::string ignored_;  ///< the element whose content is not shown; empty: none
  char quote_ = '\0';
  unsigned dashes_ = 0;  ///< at the end of a comment so far
  unsigned preformatted_ = 0;
  unsigned breaks_ = 0;  ///< line ends before the next text
  bool blank_ = false;   ///< a blank before the next text
  bool begun_ = false;   ///< something was shown
};

}  // namespace pop3_legacy

#endif
