/// What one line from a host must look like: the text of an `S:` line.
#ifndef POP3_LEGACY_TESTS_DIALOGUES_PATTERN_H
#define POP3_LEGACY_TESTS_DIALOGUES_PATTERN_H

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"

namespace pop3_legacy::dialogue {

class Pattern {
 public:
  /// A pattern of octets that stand for themselves.
  static Pattern literal(std::string octets);
  /// Parses the text of an `S:` line. An Error says what is wrong with it.
  static Result<Pattern> parse(std::string_view text);

  /// `{lines}`: any number of lines, up to the first that the next pattern matches.
  [[nodiscard]] bool any_lines() const noexcept { return any_lines_; }
  /// Matches the whole `line`, which has no CRLF.
  [[nodiscard]] bool matches(std::string_view line) const;

 private:
  enum class Kind { octets, text, number, word };
  struct Part {
    Kind kind = Kind::octets;
    std::string octets;
  };

  static std::optional<Kind> placeholder(std::string_view name) noexcept;
  [[nodiscard]] bool matches_from(std::size_t part, std::string_view rest) const;

  std::vector<Part> parts_;
  bool any_lines_ = false;
};

}  // namespace pop3_legacy::dialogue

#endif
