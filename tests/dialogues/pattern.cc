#include "tests/dialogues/pattern.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "tests/dialogues/notation.h"

namespace pop3_legacy::dialogue {

Pattern Pattern::literal(std::string octets) {
  Pattern pattern;
  pattern.parts_.push_back({Kind::octets, std::move(octets)});
  return pattern;
}

std::optional<Pattern::Kind> Pattern::placeholder(std::string_view name) noexcept {
  if (name == "text") {
    return Kind::text;
  }
  if (name == "number") {
    return Kind::number;
  }
  if (name == "word") {
    return Kind::word;
  }
  return std::nullopt;
}

Result<Pattern> Pattern::parse(std::string_view text) {
  Pattern pattern;
  if (text == "{lines}") {
    pattern.any_lines_ = true;
    return pattern;
  }
  while (!text.empty()) {
    if (text.front() != '{') {
      auto octets = take_octets(text, "{");
      if (!octets) {
        return octets.error();
      }
      pattern.parts_.push_back({Kind::octets, std::move(octets.value())});
      continue;
    }
    const auto end = text.find('}');
    const auto kind =
        end == std::string_view::npos ? std::nullopt : placeholder(text.substr(1, end - 1));
    if (!kind) {
      return refused(
          "there is {text}, {number}, {word} and, alone in a line, {lines}, {message N} and "
          "{top N LINES}; a brace by itself is \\x7b");
    }
    pattern.parts_.push_back({*kind, {}});
    text.remove_prefix(end + 1);
  }
  return pattern;
}

bool Pattern::matches(std::string_view line) const {
  return !any_lines_ && matches_from(0, line);
}

bool Pattern::matches_from(std::size_t part, std::string_view rest) const {
  if (part == parts_.size()) {
    return rest.empty();
  }
  const Part& here = parts_[part];
  const Kind kind = here.kind;
  if (kind == Kind::octets) {
    return rest.starts_with(here.octets) && matches_from(part + 1, rest.substr(here.octets.size()));
  }
  const bool number = kind == Kind::number;
  const auto fits = [&](char c) {
    return kind == Kind::text || (number ? is_digit(c) : c > ' ' && c <= '~');
  };
  const auto most =
      static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), fits) - rest.begin());
  const std::size_t least = kind == Kind::text ? 0 : 1;
  for (std::size_t length = most + 1; length-- > least;) {
    if (matches_from(part + 1, rest.substr(length))) {
      return true;
    }
  }
  return false;
}

}  // namespace pop3_legacy::dialogue
