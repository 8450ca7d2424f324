#include "plugin/core/protocol/command_line.h"
#include "plugin/core/base/text.h"

#include <algorithm>

#include "plugin/core/base/number.h"

namespace pop3_legacy {

namespace {

void skip_spaces(std::string_view& text) noexcept {
  while (text.starts_with(' ')) text.remove_prefix(1);
}

}  // namespace

CommandLine parse_command_line(std::string_view line) noexcept {
  CommandLine parsed;
  line = without_line_end(line);
  const auto nul = line.find('\0');
  parsed.has_nul = nul != std::string_view::npos;
  line = line.substr(0, nul);
  parsed.verb = take_word(line);
  parsed.arguments = line;
  return parsed;
}

std::string_view take_word(std::string_view& arguments) noexcept {
  const std::string_view word = arguments.substr(0, arguments.find(' '));
  arguments.remove_prefix(word.size());
  skip_spaces(arguments);
  return word;
}

unsigned count_words(std::string_view arguments, unsigned limit) noexcept {
  unsigned words = 0;
  skip_spaces(arguments);
  while (!arguments.empty() && words < limit) {
    ++words;
    take_word(arguments);
  }
  return words;
}

std::optional<MessageNumber> parse_message_number(std::string_view arguments,
                                                  bool more_follows) noexcept {
  if (!more_follows) return whole_number<MessageNumber>(arguments);
  const auto number = take_number<MessageNumber>(arguments);
  return arguments.starts_with(' ') ? number : std::nullopt;
}

}  // namespace pop3_legacy
