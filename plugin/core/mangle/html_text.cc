#include "plugin/core/mangle/html_text.h"

#include <algorithm>
#include <array>
#include <utility>

#include "plugin/core/base/number.h"
#include "plugin/core/base/text.h"

namespace pop3_legacy {

namespace {

/// Longer names and references are never recognized.
constexpr std::size_t max_held = 32;
/// The most line breaks in a row.
constexpr unsigned max_breaks = 10;

constexpr std::array<std::pair<std::string_view, std::string_view>, 29> references{{
    {"amp", "&"},   {"lt", "<"},     {"gt", ">"},    {"quot", "\""}, {"apos", "'"},
    {"nbsp", " "},  {"copy", "©"},   {"reg", "®"},   {"trade", "™"}, {"euro", "€"},
    {"pound", "£"}, {"yen", "¥"},    {"sect", "§"},  {"deg", "°"},   {"middot", "·"},
    {"bull", "•"},  {"hellip", "…"}, {"ndash", "–"}, {"mdash", "—"}, {"lsquo", "‘"},
    {"rsquo", "’"}, {"ldquo", "“"},  {"rdquo", "”"}, {"laquo", "«"}, {"raquo", "»"},
    {"auml", "ä"},  {"ouml", "ö"},   {"uuml", "ü"},  {"szlig", "ß"},
}};

constexpr std::array<std::string_view, 5> not_shown{"script", "style", "title", "select",
                                                    "comment"};
constexpr std::array<std::string_view, 13> paragraphs{
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "blockquote", "pre"};
constexpr std::array<std::string_view, 9> blocks{"br", "div",     "li",      "tr",    "dt",
                                                 "dd", "address", "section", "header"};

template <std::size_t N>
bool in(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  return std::find(names.begin(), names.end(), name) != names.end();
}

constexpr bool is_name(char c) noexcept {
  return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9');
}

constexpr bool is_space(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

std::string utf8(std::uint32_t code) {
  constexpr std::uint32_t last = 0x10FFFF;
  if (code == 0 || code > last || (code >= 0xD800 && code <= 0xDFFF)) {
    return "\xEF\xBF\xBD";
  }
  const auto rest = [code](unsigned shift) {
    return static_cast<char>(0x80U | (code >> shift & 0x3FU));
  };
  if (code < 0x80) {
    return {static_cast<char>(code)};
  }
  if (code < 0x800) {
    return {static_cast<char>(0xC0U | code >> 6U), rest(0)};
  }
  if (code < 0x10000) {
    return {static_cast<char>(0xE0U | code >> 12U), rest(6), rest(0)};
  }
  return {static_cast<char>(0xF0U | code >> 18U), rest(12), rest(6), rest(0)};
}

/// What `name`, without "&" and ";", stands for; empty: unknown.
std::string referred(std::string_view name) {
  if (name.starts_with('#')) {
    name.remove_prefix(1);
    const bool hex = name.starts_with('x') || name.starts_with('X');
    name.remove_prefix(hex ? 1 : 0);
    const auto code = whole_number<std::uint32_t>(name, hex ? 16 : 10);
    constexpr std::uint32_t no_break_space = 0xA0;
    return !code ? "" : code == no_break_space ? " " : utf8(*code);
  }
  const auto* const found = std::find_if(references.begin(), references.end(),
                                         [&](const auto& row) { return row.first == name; });
  return found == references.end() ? std::string() : std::string(found->second);
}

}  // namespace

void HtmlText::add(std::string_view html, std::string& out) {
  for (const char c : html) {
    add(c, out);
  }
}

void HtmlText::end(std::string& out) {
  if (state_ == State::reference) {
    end_reference(out);
  }
  *this = HtmlText();
}

void HtmlText::add(char c, std::string& out) {
  switch (state_) {
    case State::text:
      if (c == '<') {
        state_ = State::tag;
        held_.clear();
      } else if (c == '&' && ignored_.empty()) {
        state_ = State::reference;
        held_.clear();
      } else {
        text({&c, 1}, out);
      }
      return;
    case State::reference:
      if ((is_name(c) || (c == '#' && held_.empty())) && held_.size() < max_held) {
        held_ += c;
        return;
      }
      if (c == ';') {
        held_ += c;
      }
      end_reference(out);
      if (c != ';') {
        add(c, out);
      }
      return;
    case State::tag:
      add_to_tag(c, out);
      return;
    case State::quoted:
      state_ = c == quote_ ? State::tag : State::quoted;
      return;
    case State::comment:
      if (c == '>' && dashes_ >= 2) {
        state_ = State::text;
      }
      dashes_ = c == '-' ? dashes_ + 1 : 0;
      return;
  }
}

void HtmlText::add_to_tag(char c, std::string& out) {
  if (held_.empty() && !is_name(c) && c != '/' && c != '!' && c != '?') {
    state_ = State::text;  // a literal "<"
    text("<", out);
    add(c, out);
    return;
  }
  if (c == '>') {
    end_tag();
    state_ = State::text;
    return;
  }
  if (c == '<') {  // the previous "<" was no tag: "a < b" in a script
    held_.clear();
    return;
  }
  // In a script, a quotation mark does not begin a string that could hide the script's end.
  if ((c == '"' || c == '\'') && ignored_.empty()) {
    quote_ = c;
    state_ = State::quoted;
  }
  if (held_.size() < max_held) {
    held_ += c;
  }
  if (held_ == "!--") {
    state_ = State::comment;
    dashes_ = 0;
  }
}

void HtmlText::text(std::string_view octets, std::string& out) {
  if (!ignored_.empty()) {
    return;
  }
  if (preformatted_ == 0 && octets.size() == 1 && is_space(octets.front())) {
    blank_ = true;
    return;
  }
  if (breaks_ > 0 && begun_) {
    out.append(breaks_, '\n');
  } else if (blank_ && begun_) {
    out += ' ';
  }
  breaks_ = 0;
  blank_ = false;
  begun_ = true;
  out += octets;
}

void HtmlText::end_reference(std::string& out) {
  state_ = State::text;
  const bool closed = held_.ends_with(';');
  const std::string meaning =
      referred(std::string_view(held_).substr(0, held_.size() - (closed ? 1 : 0)));
  text(meaning.empty() ? "&" + held_ : meaning, out);
}

void HtmlText::end_tag() {
  const bool closes = held_.starts_with('/');
  std::string name;
  for (std::size_t i = closes ? 1 : 0; i < held_.size() && is_name(held_[i]); ++i) {
    name += lower(held_[i]);
  }
  if (!ignored_.empty()) {
    if (closes && name == ignored_) {
      ignored_.clear();
    }
    return;
  }
  if (!closes && in(not_shown, name)) {
    ignored_ = name;
  }
  if (name == "pre") {
    preformatted_ = closes ? preformatted_ - (preformatted_ > 0 ? 1 : 0) : preformatted_ + 1;
  }
  if (in(paragraphs, name)) {
    want_break(2);
  } else if (name == "br") {
    breaks_ = std::min(breaks_ + 1, max_breaks);
  } else if (in(blocks, name)) {
    want_break(1);
  } else if (name == "td" || name == "th") {
    blank_ = true;
  }
}

void HtmlText::want_break(unsigned lines) noexcept {
  breaks_ = std::max(breaks_, lines);
}

}  // namespace pop3_legacy
