#include "plugin/core/submission/address_list.h"

#include <algorithm>
#include <string>

namespace pop3_legacy::submission {

namespace {

/// These stand for tokens of more than one character.
constexpr char word = 'w';     // an atom or a quoted string
constexpr char literal = 'l';  // [127.0.0.1]

constexpr int max_comment_depth = 32;

// The index after the text that begins at `at` and is ended by `close`; npos: it is not ended.
std::size_t end_of_quoted(std::string_view value, std::size_t at, char close) {
  for (++at; at < value.size(); ++at) {
    if (value[at] == '\\') {
      ++at;
    } else if (value[at] == close) {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

std::size_t end_of_comment(std::string_view value, std::size_t at) {
  int depth = 0;
  for (; at < value.size(); ++at) {
    if (value[at] == '\\') {
      ++at;
    } else if (value[at] == '(' && ++depth > max_comment_depth) {
      break;
    } else if (value[at] == ')' && --depth == 0) {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

// One character per token, without comments and blanks; no value: it cannot be tokenized.
std::optional<std::string> tokens_of(std::string_view value) {
  constexpr std::string_view specials = "<>,:;@.";
  constexpr std::string_view ends = "<>,:;@.()[]\\\" \t";
  std::string tokens;
  for (std::size_t at = 0; at < value.size();) {
    const char c = value[at];
    if (c == ' ' || c == '\t') {
      ++at;
    } else if (specials.find(c) != std::string_view::npos) {
      tokens += c;
      ++at;
    } else if (c == '"' || c == '[') {
      at = end_of_quoted(value, at, c == '"' ? '"' : ']');
      tokens += c == '"' ? word : literal;
    } else if (c == '(') {
      at = end_of_comment(value, at);
    } else if (ends.find(c) != std::string_view::npos) {
      return std::nullopt;
    } else {
      at = std::min(value.find_first_of(ends, at), value.size());
      tokens += word;
    }
    if (at > value.size()) return std::nullopt;
  }
  return tokens;
}

class Grammar {
 public:
  explicit Grammar(std::string_view tokens) : tokens_(tokens) {}

  std::optional<std::size_t> list() {
    if (!elements(true) || at_ != tokens_.size()) return std::nullopt;
    return count_;
  }

 private:
  [[nodiscard]] char next() const { return at_ < tokens_.size() ? tokens_[at_] : '\0'; }
  bool take(char token) {
    if (next() != token) return false;
    ++at_;
    return true;
  }

  // Empty elements are RFC 5322's obs-addr-list.
  bool elements(bool groups) {
    do {
      if (next() == word || next() == '<') {
        if (!element(groups)) return false;
      }
    } while (take(','));
    return true;
  }

  bool element(bool groups) {
    const std::size_t begin = at_;
    while (take(word) || (at_ > begin && take('.'))) {
    }
    if (next() == ':') {
      return groups && take(':') && elements(false) && take(';');
    }
    ++count_;
    if (take('<')) {
      if (next() == '@' && !(route() && take(':'))) return false;
      return local() && (!take('@') || domain()) && take('>');
    }
    at_ = begin;  // those words were not a display name
    return local() && (!take('@') || domain());
  }

  // RFC 5322's obs-route.
  bool route() {
    do {
      if (!take('@') || !domain()) return false;
    } while (take(','));
    return true;
  }

  bool local() {
    do {
      if (!take(word)) return false;
    } while (take('.'));
    return true;
  }

  bool domain() { return take(literal) || local(); }

  std::string_view tokens_;
  std::size_t at_ = 0;
  std::size_t count_ = 0;
};

}  // namespace

std::optional<std::size_t> count_addresses(std::string_view value) {
  for (const char c : value) {
    if ((static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f') return std::nullopt;
  }
  const auto tokens = tokens_of(value);
  return tokens ? Grammar(*tokens).list() : std::nullopt;
}

}  // namespace pop3_legacy::submission
