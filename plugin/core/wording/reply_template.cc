#include "plugin/core/wording/reply_template.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "plugin/core/base/text.h"
#include "plugin/core/protocol/reply.h"

namespace pop3_legacy::wording {

namespace {

/// Fields expand to more octets than their names; a reply that is still too long is cut.
constexpr std::size_t max_template_octets = 256;

struct Row {
  Worded reply;
  std::string_view start = "+OK";  ///< what a template begins with
  std::string_view message = {};   ///< its fields besides those of every reply
};

constexpr std::array<Row, worded_count> rows{{
    {.reply = Worded::pass},
    {.reply = Worded::stat, .start = "+OK {count} {octets}"},
    {.reply = Worded::list},
    {.reply = Worded::list_one, .start = "+OK {message} {size}", .message = "message size"},
    {.reply = Worded::uidl},
    {.reply = Worded::uidl_one, .start = "+OK {message} {id}", .message = "message size id"},
    {.reply = Worded::retr, .message = "message size"},
    {.reply = Worded::top, .message = "message size"},
    {.reply = Worded::dele, .message = "message size"},
    {.reply = Worded::rset},
    {.reply = Worded::noop},
    {.reply = Worded::quit},
    {.reply = Worded::quit_empty},
    {.reply = Worded::quit_left},
    {.reply = Worded::no_message, .start = "-ERR", .message = "message"},
    {.reply = Worded::no_top, .start = "-ERR", .message = "message"},
    {.reply = Worded::deleted, .start = "-ERR", .message = "message"},
    {.reply = Worded::unknown, .start = "-ERR", .message = "command"},
}};

constexpr std::array<std::string_view, 7> common_fields = {"count", "s",     "octets", "all",
                                                           "user",  "local", "host"};

std::vector<std::string_view> fields_of(const Row& row) {
  std::vector<std::string_view> fields(common_fields.begin(), common_fields.end());
  for (std::string_view rest = row.message; !rest.empty();) {
    const std::string_view field = rest.substr(0, rest.find(' '));
    fields.push_back(field);
    rest.remove_prefix(std::min(field.size() + 1, rest.size()));
  }
  return fields;
}

/// A piece of a template: literal octets, or a field.
struct Piece {
  std::string_view text;
  bool field = false;
};

/// Removes and returns the first piece; no value: an unmatched brace.
std::optional<Piece> take_piece(std::string_view& text) {
  const std::size_t brace = text.find_first_of("{}");
  if (brace != 0) {
    const std::string_view plain = text.substr(0, brace);
    text.remove_prefix(plain.size());
    return Piece{plain};
  }
  if (text.size() > 1 && text[1] == text[0]) {
    const std::string_view one = text.substr(0, 1);
    text.remove_prefix(2);
    return Piece{one};
  }
  const std::size_t end = text.find('}');
  if (text.front() == '}' || end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view name = text.substr(1, end - 1);
  text.remove_prefix(end + 1);
  return Piece{name, true};
}

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// A number, or a field that may end with one, precedes " message" in any case (Perl's Net::POP3
/// looks for this).
bool counts_by_itself(std::string_view text) {
  constexpr std::string_view word = " message";
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!equals_ignoring_case(text.substr(at, word.size()), word)) continue;
    std::string_view before = text.substr(0, at);
    before = before.substr(0, before.find_last_not_of(' ') + 1);
    if (before.empty()) continue;
    if (is_digit(before.back()) || (before.back() == '}' && !before.ends_with("{count}"))) {
      return true;
    }
  }
  return false;
}

}  // namespace

Status check_template(Worded reply, std::string_view text) {
  const Row& row = rows.at(static_cast<std::size_t>(reply));
  if (text.empty()) return Done{};
  if (!std::all_of(text.begin(), text.end(), is_printable)) {
    return refused("may have printable ASCII only, not " + in_quotes(text));
  }
  if (text.size() > max_template_octets) {
    return refused("may have " + std::to_string(max_template_octets) + " characters at most, not " +
                   std::to_string(text.size()));
  }
  std::string_view behind = text;
  if (behind.starts_with(row.start)) behind.remove_prefix(row.start.size());
  if (!text.starts_with(row.start) || (!behind.empty() && behind.front() != ' ')) {
    return refused("has to begin with " + in_quotes(row.start) + ", which is what clients read");
  }
  if (behind.starts_with(" [") || behind.starts_with(" {s}[")) {
    return refused("may not begin its text with [, which clients take for a response code");
  }
  if (reply == Worded::pass && counts_by_itself(text)) {
    return refused(
        R"(has a number before "message", which clients take for the count; write {count})");
  }
  const std::vector<std::string_view> known = fields_of(row);
  for (std::string_view rest = text; !rest.empty();) {
    const auto piece = take_piece(rest);
    if (!piece) {
      return refused("has a single brace at " + in_quotes(rest) +
                     "; write {{ or }} where a brace is meant");
    }
    if (piece->field && std::find(known.begin(), known.end(), piece->text) == known.end()) {
      return refused("has {" + printable(piece->text) + "}, which is none of " + enumerated(known) +
                     suggestion(piece->text, known));
    }
  }
  return Done{};
}

std::string fill(std::string_view text,
                 const std::function<std::string(std::string_view field)>& value) {
  std::string out;
  while (!text.empty()) {
    const auto piece = take_piece(text);
    if (!piece) break;  // cannot happen: check_template() refuses such templates
    if (piece->field) {
      out += value(piece->text);
    } else {
      out += piece->text;
    }
  }
  return out.substr(0, max_reply_line_octets - 2);
}

}  // namespace pop3_legacy::wording
