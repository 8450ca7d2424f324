#include <algorithm>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/board_fields.h"
#include "plugin/core/policy/reader/values.h"

namespace pop3_legacy::policy {

namespace {

// The element of `boards` that answers to `name`; nullptr: none does.
const BoardName* board_named(std::string_view name, const std::vector<BoardName>& boards) {
  const auto found = std::find_if(boards.begin(), boards.end(),
                                  [&](const BoardName& board) { return board.answers_to(name); });
  return found == boards.end() ? nullptr : &*found;
}

// The following functions return false if something has been refused.

// Checks the aliases of `board`, which are in `node`, if any.
bool check_aliases(const BoardName& board, const std::string& path, const toml::node* node,
                   const std::vector<BoardName>& before, Mistakes& mistakes) {
  BoardName so_far;
  so_far.name = board.name;
  for (const std::string& alias : board.aliases) {
    const BoardName* const other = board_named(alias, before);
    if (other != nullptr || so_far.answers_to(alias)) {
      mistakes.refuse(path, *node->as_array()->get(so_far.aliases.size()),
                      "has " + in_quotes(alias) + ", which is already a name of " +
                          in_quotes(other == nullptr ? board.name : other->name));
      return false;
    }
    so_far.aliases.push_back(alias);
  }
  return true;
}

bool read_board_field(BoardName& board, const BoardField& field, const Part& part) {
  const toml::node& node = part.node;
  if (const auto* const flags = std::get_if<std::uint64_t BoardName::*>(&field.member)) {
    if (!node.is_integer()) {
      part.refuse("has to be an integer, like 0o1, not " + type_name(node));
      return false;
    }
    const auto number = number_in(part, 0, most_board_flags);
    board.*(*flags) = number.value_or(0);
    return number.has_value();
  }
  const auto checked = [&](const toml::node& element) {
    auto text = text_in({part.path, element, part.mistakes});
    const Status good = text ? field.check(*text) : Done{};
    if (!good) part.mistakes.refuse(part.path, element, good.error().text);
    return good ? text : std::nullopt;
  };
  if (const auto* const member = std::get_if<std::string BoardName::*>(&field.member)) {
    const auto text = checked(node);
    board.*(*member) = text.value_or("");
    return text.has_value();
  }
  const toml::array* const list = node.as_array();
  if (list == nullptr) {
    part.refuse("has to be a list of texts in brackets, not " + type_name(node));
    return false;
  }
  auto& texts = board.*std::get<std::vector<std::string> BoardName::*>(field.member);
  for (const toml::node& element : *list) {
    auto text = checked(element);
    if (!text) return false;
    texts.push_back(std::move(*text));
  }
  const Status fits = check_board_line(separated_by_blanks(texts));
  if (!fits) part.refuse(fits.error().text);
  return fits.ok();
}

bool read_board_table(BoardName& board, const BoardsKey& kind, const std::string& path,
                      const toml::table& table, const std::vector<BoardName>& before,
                      Mistakes& mistakes) {
  const auto fields = board_fields().first(kind.described ? board_fields().size() : 1);
  bool good = true;
  for (const auto& [name, value] : table) {
    const std::string_view word = name.str();
    const auto field = std::find_if(fields.begin(), fields.end(),
                                    [&](const BoardField& row) { return row.name == word; });
    if (field == fields.end()) {
      std::vector<std::string_view> known;
      for (const BoardField& row : fields) known.push_back(row.name);
      const std::string meant = suggestion(word, known);
      mistakes.distrust(name, value);
      mistakes.report(name.source(), path + " cannot have " + in_quotes(word) +
                                         (meant.empty() ? ", only " + enumerated(known) : meant));
      good = false;
    } else {
      const std::string field_path = path + '.' + std::string(field->name);
      good = read_board_field(board, *field, {field_path, value, mistakes}) && good;
    }
  }
  if (good && !table.contains("mailbox")) {
    mistakes.refuse(path, table, R"(needs a mailbox, like mailbox = "Public/system")");
    good = false;
  }
  return good && check_aliases(board, path + ".aliases", table.get("aliases"), before, mistakes);
}

// No value: it has been refused.
std::optional<BoardName> board_in(const Value& value, const BoardsKey& kind, const toml::key& name,
                                  const toml::node& node, const std::vector<BoardName>& before) {
  if (const Status good = check_board_name(name.str()); !good) {
    value.refuse(node, good.error().text);
    return std::nullopt;
  }
  if (const BoardName* const same = board_named(name.str(), before)) {
    value.refuse(node, equals_ignoring_case(same->name, name.str())
                           ? "has the board " + in_quotes(name.str()) +
                                 " twice: upper and lower case are the same"
                           : "has the board " + in_quotes(name.str()) + ", which is an alias of " +
                                 in_quotes(same->name));
    return std::nullopt;
  }
  BoardName board;
  board.name = name.str();
  if (const toml::table* const table = node.as_table()) {
    const std::string path = std::string(value.key.path) + '.' + board.name;
    if (!read_board_table(board, kind, path, *table, before, value.mistakes)) return std::nullopt;
    return board;
  }
  const auto* const mailbox = node.as_string();
  if (mailbox == nullptr) {
    // This may be where a misplaced [commands] entry ended up.
    value.mistakes.distrust(name, node);
    value.refuse(node, "has to name the mailbox of " + in_quotes(name.str()) +
                           " in quotes, or have a table for it, not " + type_name(node));
    return std::nullopt;
  }
  if (const Status good = check_board_mailbox(mailbox->get()); !good) {
    value.refuse(node, good.error().text);
    return std::nullopt;
  }
  board.mailbox = mailbox->get();
  return board;
}

}  // namespace

std::optional<Setter> read(const BoardsKey& kind, const Value& value) {
  const toml::table* const table = value.node.as_table();
  if (table == nullptr) {
    value.refuse("has to be a table of boards' names with their mailboxes, [" +
                 std::string(value.key.path) + "], not " + type_name(value.node));
    return std::nullopt;
  }
  // A toml::table is sorted by key, but clients should see the administrator's order.
  std::vector<std::pair<const toml::key*, const toml::node*>> rows;
  for (const auto& [name, entry] : *table) rows.emplace_back(&name, &entry);
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
    const toml::source_position first = a.first->source().begin;
    const toml::source_position second = b.first->source().begin;
    return std::tie(first.line, first.column) < std::tie(second.line, second.column);
  });
  std::vector<BoardName> boards;
  bool good = true;
  for (const auto& [name, entry] : rows) {
    auto board = board_in(value, kind, *name, *entry, boards);
    good = good && board;
    if (board) boards.push_back(std::move(*board));
  }
  if (!good) return std::nullopt;
  return [member = kind.member, boards = std::move(boards)](Policy& policy) {
    member(policy) = boards;
  };
}

}  // namespace pop3_legacy::policy
