/// Strips the tags from HTML, as simply as qpopper's striphtml.c does.
#ifndef POP3_LEGACY_CORE_MANGLE_HTML_TEXT_H
#define POP3_LEGACY_CORE_MANGLE_HTML_TEXT_H

#include <cstdint>
#include <string>
#include <string_view>

namespace pop3_legacy {

/// Not a browser. Removes tags and comments, and scripts, styles and titles with their content.
/// Outside <pre>, white space becomes one blank. Paragraphs, lists and rows start a new line. The
/// most common character references are replaced.
class HtmlText {
 public:
  /// Appends to `out` the visible text of `html`, which is UTF-8 and may be cut anywhere.
  void add(std::string_view html, std::string& out);
  /// Flushes what was held back of a document that ends halfway, and gets ready for another.
  void end(std::string& out);

 private:
  enum class State : std::uint8_t { text, reference, tag, quoted, comment };

  void add(char c, std::string& out);
  void add_to_tag(char c, std::string& out);
  void text(std::string_view octets, std::string& out);
  void end_reference(std::string& out);
  void end_tag();
  void want_break(unsigned lines) noexcept;

  State state_ = State::text;
  std::string held_;     ///< the beginning of a reference or a tag
  std::string ignored_;  ///< the element whose content is not shown; empty: none
  char quote_ = '\0';
  unsigned dashes_ = 0;  ///< dashes seen so far that may end a comment
  unsigned preformatted_ = 0;
  unsigned breaks_ = 0;  ///< line breaks due before the next text
  bool blank_ = false;   ///< a blank is due before the next text
  bool begun_ = false;   ///< some text has been shown
};

}  // namespace pop3_legacy

#endif
