#include "plugin/core/policy/reader.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "plugin/core/policy/board_fields.h"
#include "plugin/core/policy/keys.h"
#include "plugin/core/policy/store.h"
#include "plugin/core/policy/x_commands.h"
#include "plugin/core/text.h"

// toml++ nests, and recurses, as deep as the text does: see find_endless_key().
#define TOML_MAX_NESTED_VALUES 16
// "[[[" breaks an assertion of toml++ (mended after 3.4 by its pull request 301). Asserted, that
// ends the process; with NDEBUG the compiler takes it for true. Without either, toml++ goes on
// and reports the error.
#undef NDEBUG
#define TOML_ASSERT(expr) static_assert(true)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>

namespace pop3_legacy::policy {

namespace {

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

// Each dot is one table more inside the other. toml++ has no limit before 3.4, and runs out of
// stack at some ten thousand.
constexpr unsigned max_key_dots = 32;

// Where the string that begins at `start` ends: behind its closing quotes, or where TOML would
// give up.
std::size_t end_of_string(std::string_view text, std::size_t start) {
  const char quote = text[start];
  const bool multi_line = text.substr(start).starts_with(std::string(3, quote));
  const std::string closing(multi_line ? 3 : 1, quote);
  std::size_t at = start + closing.size();
  while (at < text.size() && !text.substr(at).starts_with(closing)) {
    if (text[at] == '\n' && !multi_line) return at;
    at += text[at] == '\\' && quote == '"' ? 2U : 1U;
  }
  at += closing.size();
  // One or two quotes may stand right before the closing three.
  for (int i = 0; i < 2 && multi_line && at < text.size() && text[at] == quote; ++i) ++at;
  return std::min(at, text.size());
}

// The line of a key with more than max_key_dots, 0 if there is none.
unsigned find_endless_key(std::string_view text) {
  unsigned dots = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      at = end_of_string(text, at);
      continue;
    }
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    if (c == '.') ++dots;
    if (std::string_view("=[]{},\n").find(c) != std::string_view::npos) dots = 0;
    if (dots > max_key_dots) {
      const std::string_view before = text.substr(0, at);
      return 1 + static_cast<unsigned>(std::count(before.begin(), before.end(), '\n'));
    }
    ++at;
  }
  return 0;
}

// "an integer", as a sentence names it.
std::string_view type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return node.is_array_of_tables() ? "an array of tables" : "a list";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a number";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or time";
    case toml::node_type::none:
      break;
  }
  return "nothing";
}

// "last" of "last.start"; "inherit" has none.
std::string_view table_of(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
}

std::string_view last_part(std::string_view path) {
  return path.substr(path.rfind('.') + 1);
}

// The tables that keys stand in, each once.
std::vector<std::string_view> known_tables() {
  std::vector<std::string_view> tables;
  for (const Key& key : keys()) {
    const std::string_view table = table_of(key.path);
    if (!table.empty() && (tables.empty() || tables.back() != table)) tables.push_back(table);
  }
  return tables;
}

bool is_known_table(std::string_view path) {
  const std::vector<std::string_view> tables = known_tables();
  return std::find(tables.begin(), tables.end(), path) != tables.end();
}

// The unknown key `name` may be meant for a key of `table`, or for the table itself.
bool looks_like_table(std::string_view name, std::string_view table) {
  return near(name, table) || std::any_of(keys().begin(), keys().end(), [&](const Key& key) {
           return table_of(key.path) == table &&
                  (near(name, key.path) || near(name, last_part(key.path)));
         });
}

// A path of a key or table that keeps something from the client.
bool withholds(std::string_view path) {
  const std::string_view table = table_of(path);
  return path == deny_path || path == inherit_path || path == table_of(deny_path) ||
         std::any_of(withholding_tables.begin(), withholding_tables.end(),
                     [&](std::string_view one) { return one == path || one == table; });
}

// Whoever wrote the unknown key `name` may have meant to deny a command with it, whatever
// table it stands in.
bool looks_like_deny(std::string_view name) {
  return near(name, inherit_path) || near(name, deny_path) || near(name, table_of(deny_path)) ||
         near(name, last_part(deny_path)) ||
         std::any_of(withholding_tables.begin(), withholding_tables.end(),
                     [&](std::string_view table) { return looks_like_table(name, table); });
}

// The same for the UIDL scheme.
bool looks_like_uidl(std::string_view name) {
  return near(name, inherit_path) || looks_like_table(name, uidl_table);
}

// `name`, or a name inside of its table.
bool may_hide(bool (*looks_like_it)(std::string_view), std::string_view name,
              const toml::node& node) {
  if (looks_like_it(name)) return true;
  const toml::table* const table = node.as_table();
  if (table == nullptr) return false;
  return std::any_of(table->cbegin(), table->cend(), [&](const auto& entry) {
    return may_hide(looks_like_it, entry.first.str(), entry.second);
  });
}

// The known key that is written like `path`, or failing that has its name in another table.
std::string_view key_meant_by(std::string_view path) {
  std::vector<std::string_view> paths;
  std::vector<std::string_view> names;
  for (const Key& key : keys()) {
    paths.push_back(key.path);
    names.push_back(last_part(key.path));
  }
  const std::string_view by_path = nearest(path, paths);
  if (!by_path.empty()) return by_path;
  const std::string_view by_name = nearest(last_part(path), names);
  const auto name = std::find(names.begin(), names.end(), by_name);
  return name == names.end() ? std::string_view{}
                             : paths[static_cast<std::size_t>(name - names.begin())];
}

}  // namespace

std::string Problem::sentence() const {
  std::string out = file;
  if (line > 0) out += ':' + std::to_string(line) + ':' + std::to_string(column);
  return printable(out + ": " + text);
}

// Fills a Document from a parsed text.
class Document::Reader {
 public:
  Reader(Document& document, std::string_view file) : document_(document), file_(file) {}

  void read(std::string_view text) {
    // Until it has been read to its end.
    document_.deny_trusted_ = document_.uidl_trusted_ = false;
    if (text.size() > max_document_octets) {
      report({}, "the document is longer than " + std::to_string(max_document_octets) +
                     " octets, which is the most a policy may have");
      return;
    }
    if (const unsigned line = find_endless_key(text); line > 0) {
      document_.problems_.push_back(
          {file_, line, 1,
           "this line has a key with more than " + std::to_string(max_key_dots) + " dots"});
      return;
    }
    const toml::parse_result parsed = toml::parse(text, std::string_view{});
    if (!parsed) {
      report(parsed.error().source(),
             "this is not valid TOML: " + std::string(parsed.error().description()));
      return;
    }
    document_.deny_trusted_ = document_.uidl_trusted_ = true;
    read_table(parsed.table(), "");
    // A toml::table is sorted by key; an administrator reads from top to bottom.
    std::stable_sort(document_.problems_.begin(), document_.problems_.end(),
                     [](const Problem& a, const Problem& b) {
                       return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                     });
  }

 private:
  void report(const toml::source_region& where, std::string text) {
    document_.problems_.push_back({file_, static_cast<unsigned>(where.begin.line),
                                   static_cast<unsigned>(where.begin.column), std::move(text)});
  }

  // A value that is wrong; `why` continues the key's name.
  void refuse(const Key& key, const toml::node& node, const std::string& why) {
    if (table_of(key.path) == uidl_table || key.path == inherit_path) {
      document_.uidl_trusted_ = false;
    }
    refuse(key.path, node, why);
  }
  void refuse(std::string_view path, const toml::node& node, const std::string& why) {
    if (withholds(path)) document_.deny_trusted_ = false;
    report(node.source(), std::string(path) + ' ' + why);
  }

  void read_table(const toml::table& table, const std::string& prefix) {
    for (const auto& [name, node] : table) {
      const std::string path = prefix + std::string(name.str());
      // A name with a dot in it was quoted, and is not the path it looks like.
      const bool is_path = name.str().find('.') == std::string_view::npos;
      const Key* const key = is_path ? find_key(path) : nullptr;
      if (key != nullptr) {
        read_value(*key, node);
      } else if (is_path && is_known_table(path)) {
        read_known_table(path, node);
      } else {
        report_unknown(path, name, node);
      }
    }
  }

  void read_known_table(const std::string& path, const toml::node& node) {
    if (const toml::table* const table = node.as_table()) {
      read_table(*table, path + '.');
      return;
    }
    if (withholds(path)) document_.deny_trusted_ = false;
    if (path == uidl_table) document_.uidl_trusted_ = false;
    report(node.source(),
           path + " has to be a table, [" + path + "], not " + std::string(type_name(node)));
  }

  void distrust(const toml::key& name, const toml::node& node) {
    if (may_hide(looks_like_deny, name.str(), node)) document_.deny_trusted_ = false;
    if (may_hide(looks_like_uidl, name.str(), node)) document_.uidl_trusted_ = false;
  }

  void report_unknown(const std::string& path, const toml::key& name, const toml::node& node) {
    distrust(name, node);
    if (withholds(path)) document_.deny_trusted_ = false;
    if (table_of(path) == uidl_table) document_.uidl_trusted_ = false;
    const bool table_at_top = node.is_table() && path == name.str();
    std::string text = (table_at_top ? "unknown table " : "unknown key ") + in_quotes(path);
    if (table_at_top) {
      const std::vector<std::string_view> tables = known_tables();
      const std::string meant = suggestion(path, tables);
      text += meant.empty() ? ", only " + enumerated(tables) + " are known" : meant;
    } else if (const std::string_view meant = key_meant_by(path); !meant.empty()) {
      text += "; did you mean " + in_quotes(meant) + (meant == path ? " without the quotes?" : "?");
    }
    report(name.source(), std::move(text));
  }

  void read_value(const Key& key, const toml::node& node) {
    if (table_of(key.path) == uidl_table) document_.sets_uidl_ = true;
    const std::size_t before = document_.values_.size();
    std::visit(Overloaded{
                   [&](const TextKey& kind) { read_text(key, kind, node); },
                   [&](const NamesKey& kind) { read_names(key, kind, node); },
                   [&](const WordKey& kind) { read_word(key, kind, node); },
                   [&](const ChainKey& kind) { read_chain(key, kind, node); },
                   [&](const CutoversKey& kind) { read_cutovers(key, kind, node); },
                   [&](const BoardsKey& kind) { read_boards(key, kind, node); },
                   [&](const OctetsKey& kind) { read_octets(key, kind, node); },
                   [&](const DurationKey& kind) { read_duration(key, kind, node); },
                   [&](const CountKey& kind) { read_count(key, kind, node); },
                   [&](const FlagKey& kind) { read_flag(key, kind, node); },
                   [&](const XCommandsKey&) { read_x_commands(key, node); },
               },
               key.kind);
    if (document_.values_.size() > before) {
      document_.settings_.push_back({key.path, static_cast<unsigned>(node.source().begin.line)});
    }
  }

  void read_text(const Key& key, const TextKey& kind, const toml::node& node) {
    const auto* const text = node.as_string();
    if (text == nullptr) {
      refuse(key, node, "has to be a text in quotes, not " + std::string(type_name(node)));
      return;
    }
    if (const Status status = kind.check(text->get()); !status) {
      refuse(key, node, status.error().text);
      return;
    }
    if (key.path == inherit_path) {
      const toml::source_position where = node.source().begin;
      if (text->get().empty()) return;
      document_.inherit_ = Inherit{text->get(), static_cast<unsigned>(where.line),
                                   static_cast<unsigned>(where.column)};
      return;
    }
    document_.values_.emplace_back(
        [member = kind.member, value = text->get()](Policy& policy) { member(policy) = value; });
  }

  void keep_number(std::uint64_t& (*member)(Policy& policy), std::uint64_t number) {
    document_.values_.emplace_back([member, number](Policy& policy) { member(policy) = number; });
  }

  // The following have no value where it has been refused.

  // A number without a unit, within the limits.
  std::optional<std::uint64_t> number_in(std::string_view path, const toml::node& node,
                                         std::uint64_t least, std::uint64_t most) {
    const std::int64_t number = node.as_integer()->get();
    if (number >= 0 && static_cast<std::uint64_t>(number) >= least &&
        static_cast<std::uint64_t>(number) <= most) {
      return static_cast<std::uint64_t>(number);
    }
    refuse(path, node,
           "has to be from " + std::to_string(least) + " to " + std::to_string(most) + ", not " +
               std::to_string(number));
    return std::nullopt;
  }

  std::optional<std::uint64_t> octets_in(std::string_view path, const toml::node& node,
                                         std::uint64_t least, std::uint64_t most) {
    if (node.is_integer()) return number_in(path, node, least, most);
    const auto* const text = node.as_string();
    if (text == nullptr) {
      refuse(path, node,
             "has to be a size in quotes, like \"25M\", not " + std::string(type_name(node)));
      return std::nullopt;
    }
    const Result<std::uint64_t> octets = octets_of(text->get());
    if (!octets) {
      refuse(path, node, octets.error().text);
    } else if (octets.value() < least || octets.value() > most) {
      refuse(path, node,
             "has to be from " + std::to_string(least) + " to " + std::to_string(most) +
                 " octets, not " + in_quotes(text->get()));
    } else {
      return octets.value();
    }
    return std::nullopt;
  }

  std::optional<std::uint64_t> seconds_in(std::string_view path, const toml::node& node,
                                          std::uint64_t least, std::uint64_t most) {
    const auto* const text = node.as_string();
    if (text == nullptr) {
      refuse(path, node,
             "has to be a time in quotes, like \"10m\", not " + std::string(type_name(node)));
      return std::nullopt;
    }
    const Result<std::uint64_t> seconds = seconds_of(text->get());
    if (!seconds) {
      refuse(path, node, seconds.error().text);
    } else if (seconds.value() < least) {
      refuse(path, node,
             "has to be " + std::to_string(least) + " seconds at least, not " +
                 in_quotes(text->get()));
    } else if (seconds.value() > most) {
      refuse(
          path, node,
          "has to be " + std::to_string(most) + " seconds at most, not " + in_quotes(text->get()));
    } else {
      return seconds.value();
    }
    return std::nullopt;
  }

  std::optional<bool> flag_in(std::string_view path, const toml::node& node) {
    const auto* const flag = node.as_boolean();
    if (flag != nullptr) return flag->get();
    refuse(path, node, "has to be true or false, not " + std::string(type_name(node)));
    return std::nullopt;
  }

  std::optional<std::string> text_in(std::string_view path, const toml::node& node) {
    const auto* const text = node.as_string();
    if (text != nullptr) return text->get();
    refuse(path, node, "has to be a text in quotes, not " + std::string(type_name(node)));
    return std::nullopt;
  }

  void read_octets(const Key& key, const OctetsKey& kind, const toml::node& node) {
    if (const auto octets = octets_in(key.path, node, kind.least, kind.most)) {
      keep_number(kind.member, *octets);
    }
  }

  void read_duration(const Key& key, const DurationKey& kind, const toml::node& node) {
    if (const auto seconds = seconds_in(key.path, node, 0, kind.most)) {
      keep_number(kind.member, *seconds);
    }
  }

  void read_count(const Key& key, const CountKey& kind, const toml::node& node) {
    if (!node.is_integer()) {
      refuse(key, node, "has to be an integer, not " + std::string(type_name(node)));
    } else if (const auto number = number_in(key.path, node, kind.least, kind.most)) {
      keep_number(kind.member, *number);
    }
  }

  void read_flag(const Key& key, const FlagKey& kind, const toml::node& node) {
    if (const auto flag = flag_in(key.path, node)) {
      document_.values_.emplace_back(
          [member = kind.member, value = *flag](Policy& policy) { member(policy) = value; });
    }
  }

  void read_names(const Key& key, const NamesKey& kind, const toml::node& node) {
    const toml::array* const list = node.as_array();
    if (list == nullptr) {
      refuse(key, node,
             "has to be a list of " + std::string(kind.what) + " in brackets, like " +
                 std::string(kind.example) + ", not " + std::string(type_name(node)));
      return;
    }
    std::vector<std::string> names;
    bool good = true;
    for (const toml::node& element : *list) {
      const auto* const typed = element.as_string();
      if (typed == nullptr) {
        refuse(key, element,
               "has to list " + std::string(kind.what) + " in quotes, not " +
                   std::string(type_name(element)));
        good = false;
        continue;
      }
      Result<std::string> name = kind.name(typed->get());
      if (!name) {
        refuse(key, element, "is wrong: " + name.error().text);
        good = false;
      } else if (std::find(names.begin(), names.end(), name.value()) == names.end()) {
        names.push_back(std::move(name.value()));
      }
    }
    if (!good) return;
    document_.values_.emplace_back([member = kind.member, names = std::move(names)](
                                       Policy& policy) { member(policy) = names; });
  }

  void read_word(const Key& key, const WordKey& kind, const toml::node& node) {
    std::vector<std::string_view> words;
    for (const Word& word : kind.words) words.push_back(word.word);
    const auto* const text = node.as_string();
    if (text == nullptr) {
      refuse(key, node,
             "has to be one of the words " + enumerated(words) + ", in quotes, not " +
                 std::string(type_name(node)));
      return;
    }
    const auto word = std::find(words.begin(), words.end(), text->get());
    if (word == words.end()) {
      const std::string meant = suggestion(text->get(), words);
      refuse(key, node,
             "cannot be " + in_quotes(text->get()) +
                 (meant.empty() ? ", only " + enumerated(words) : meant));
      return;
    }
    document_.values_.emplace_back(kind.words[static_cast<std::size_t>(word - words.begin())].set);
  }

  // No value: it has been refused.
  std::optional<std::vector<std::string>> chain_in(const Key& key, const toml::node& node) {
    std::vector<std::string> names;
    const toml::array* const list = node.as_array();
    const auto add = [&](const toml::node& element) {
      const auto* const name = element.as_string();
      if (name != nullptr) {
        names.push_back(name->get());
      } else {
        refuse(key, element,
               "has to be the name of a scheme in quotes, or a list of names, not " +
                   std::string(type_name(element)));
      }
      return name != nullptr;
    };
    if (list == nullptr ? !add(node) : !std::all_of(list->cbegin(), list->cend(), add)) {
      return std::nullopt;
    }
    Result<std::vector<std::string>> chain = chain_of(names);
    if (chain) return std::move(chain.value());
    refuse(key, node, "is wrong: " + chain.error().text);
    return std::nullopt;
  }

  void read_chain(const Key& key, const ChainKey& kind, const toml::node& node) {
    auto chain = chain_in(key, node);
    if (!chain) return;
    document_.values_.emplace_back([member = kind.member, chain = std::move(*chain)](
                                       Policy& policy) { member(policy) = chain; });
  }

  void read_cutovers(const Key& key, const CutoversKey& kind, const toml::node& node) {
    const toml::array* const list = node.as_array();
    std::vector<UidlPlan::Cutover> cutovers;
    if (list == nullptr) {
      refuse(key, node,
             R"(has to be written as [[uidl.cutover]], with a date "before" and a "scheme")");
      return;
    }
    for (const toml::node& element : *list) {
      auto cutover = cutover_in(key, element);
      if (!cutover) return;
      cutovers.push_back(std::move(*cutover));
    }
    std::sort(cutovers.begin(), cutovers.end(),
              [](const auto& a, const auto& b) { return a.before < b.before; });
    for (std::size_t i = 1; i < cutovers.size(); ++i) {
      if (cutovers[i - 1].before == cutovers[i].before) {
        refuse(key, node, "has the same day twice");
        return;
      }
    }
    document_.values_.emplace_back([member = kind.member, cutovers = std::move(cutovers)](
                                       Policy& policy) { member(policy) = cutovers; });
  }

  void read_boards(const Key& key, const BoardsKey& kind, const toml::node& node) {
    const toml::table* const table = node.as_table();
    if (table == nullptr) {
      refuse(key, node,
             "has to be a table of boards' names with their mailboxes, [" + std::string(key.path) +
                 "], not " + std::string(type_name(node)));
      return;
    }
    // A toml::table is sorted by key; clients are to see the administrator's order.
    std::vector<std::pair<const toml::key*, const toml::node*>> rows;
    for (const auto& [name, value] : *table) rows.emplace_back(&name, &value);
    std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
      const toml::source_position first = a.first->source().begin;
      const toml::source_position second = b.first->source().begin;
      return std::tie(first.line, first.column) < std::tie(second.line, second.column);
    });
    std::vector<BoardName> boards;
    bool good = true;
    for (const auto& [name, value] : rows) {
      auto board = board_in(key, kind, *name, *value, boards);
      good = good && board;
      if (board) boards.push_back(std::move(*board));
    }
    if (!good) return;
    document_.values_.emplace_back([member = kind.member, boards = std::move(boards)](
                                       Policy& policy) { member(policy) = boards; });
  }

  // No value: it has been refused.
  std::optional<BoardName> board_in(const Key& key, const BoardsKey& kind, const toml::key& name,
                                    const toml::node& node, const std::vector<BoardName>& before) {
    if (const Status good = check_board_name(name.str()); !good) {
      refuse(key, node, good.error().text);
      return std::nullopt;
    }
    if (const BoardName* const same = board_named(name.str(), before)) {
      refuse(key, node,
             equals_ignoring_case(same->name, name.str())
                 ? "has the board " + in_quotes(name.str()) + " twice: the letters' case is ignored"
                 : "has the board " + in_quotes(name.str()) + ", which is an alias of " +
                       in_quotes(same->name));
      return std::nullopt;
    }
    BoardName board;
    board.name = name.str();
    if (const toml::table* const table = node.as_table()) {
      const std::string path = std::string(key.path) + '.' + board.name;
      if (!read_board_table(board, kind, path, *table, before)) return std::nullopt;
      return board;
    }
    const auto* const mailbox = node.as_string();
    if (mailbox == nullptr) {
      // Somebody's [commands] may end here.
      distrust(name, node);
      refuse(key, node,
             "has to name the mailbox of " + in_quotes(name.str()) +
                 " in quotes, or have a table for it, not " + std::string(type_name(node)));
      return std::nullopt;
    }
    if (const Status good = check_board_mailbox(mailbox->get()); !good) {
      refuse(key, node, good.error().text);
      return std::nullopt;
    }
    board.mailbox = mailbox->get();
    return board;
  }

  // The one of `boards` that answers to `name`; nullptr: none does.
  static const BoardName* board_named(std::string_view name, const std::vector<BoardName>& boards) {
    const auto found = std::find_if(boards.begin(), boards.end(),
                                    [&](const BoardName& board) { return board.answers_to(name); });
    return found == boards.end() ? nullptr : &*found;
  }

  // The following are false where something has been refused.

  bool read_board_table(BoardName& board, const BoardsKey& kind, const std::string& path,
                        const toml::table& table, const std::vector<BoardName>& before) {
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
        distrust(name, value);
        report(name.source(), path + " cannot have " + in_quotes(word) +
                                  (meant.empty() ? ", only " + enumerated(known) : meant));
        good = false;
      } else {
        good =
            read_board_field(board, *field, path + '.' + std::string(field->name), value) && good;
      }
    }
    if (good && !table.contains("mailbox")) {
      refuse(path, table, R"(needs a mailbox, like mailbox = "Public/system")");
      good = false;
    }
    return good && check_aliases(board, path + ".aliases", table.get("aliases"), before);
  }

  bool read_board_field(BoardName& board, const BoardField& field, const std::string& path,
                        const toml::node& node) {
    if (const auto* const flags = std::get_if<std::uint64_t BoardName::*>(&field.member)) {
      if (!node.is_integer()) {
        refuse(path, node, "has to be an integer, like 0o1, not " + std::string(type_name(node)));
        return false;
      }
      const auto number = number_in(path, node, 0, most_board_flags);
      board.*(*flags) = number.value_or(0);
      return number.has_value();
    }
    const auto checked = [&](const toml::node& element) {
      auto text = text_in(path, element);
      const Status good = text ? field.check(*text) : Done{};
      if (!good) refuse(path, element, good.error().text);
      return good ? text : std::nullopt;
    };
    if (const auto* const member = std::get_if<std::string BoardName::*>(&field.member)) {
      const auto text = checked(node);
      board.*(*member) = text.value_or("");
      return text.has_value();
    }
    const toml::array* const list = node.as_array();
    if (list == nullptr) {
      refuse(path, node,
             "has to be a list of texts in brackets, not " + std::string(type_name(node)));
      return false;
    }
    auto& texts = board.*std::get<std::vector<std::string> BoardName::*>(field.member);
    for (const toml::node& element : *list) {
      auto text = checked(element);
      if (!text) return false;
      texts.push_back(std::move(*text));
    }
    const Status fits = check_board_line(separated_by_blanks(texts));
    if (!fits) refuse(path, node, fits.error().text);
    return fits.ok();
  }

  // `node` has the aliases of `board`, if any.
  bool check_aliases(const BoardName& board, const std::string& path, const toml::node* node,
                     const std::vector<BoardName>& before) {
    BoardName so_far;
    so_far.name = board.name;
    for (const std::string& alias : board.aliases) {
      const BoardName* const other = board_named(alias, before);
      if (other != nullptr || so_far.answers_to(alias)) {
        refuse(path, *node->as_array()->get(so_far.aliases.size()),
               "has " + in_quotes(alias) + ", which is already a name of " +
                   in_quotes(other == nullptr ? board.name : other->name));
        return false;
      }
      so_far.aliases.push_back(alias);
    }
    return true;
  }

  std::optional<UidlPlan::Cutover> cutover_in(const Key& key, const toml::node& node) {
    const toml::table* const table = node.as_table();
    if (table == nullptr) {
      refuse(key, node, "has to be a list of tables, [[uidl.cutover]]");
      return std::nullopt;
    }
    for (const auto& [name, value] : *table) {
      if (name.str() != "before" && name.str() != "scheme") {
        refuse(key, value, R"(has "before" and "scheme" only, not )" + in_quotes(name.str()));
        return std::nullopt;
      }
    }
    const toml::node* const before = table->get("before");
    const toml::node* const scheme = table->get("scheme");
    const auto* const day = before == nullptr ? nullptr : before->as_date();
    if (day == nullptr || scheme == nullptr) {
      refuse(key, before == nullptr || day != nullptr ? node : *before,
             "needs a day without quotes, before = 2026-03-01, and a scheme");
      return std::nullopt;
    }
    auto chain = chain_in(key, *scheme);
    if (!chain) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(day->get().year),
                                           std::chrono::month(day->get().month),
                                           std::chrono::day(day->get().day)};
    return UidlPlan::Cutover{
        std::chrono::seconds(std::chrono::sys_days(date).time_since_epoch()).count(),
        std::move(*chain)};
  }

  void read_x_commands(const Key& key, const toml::node& node) {
    const toml::table* const table = node.as_table();
    if (table == nullptr) {
      refuse(key, node, "has to be a table, [x_commands], not " + std::string(type_name(node)));
      return;
    }
    for (const auto& [typed, value] : *table) {
      Result<std::string> name = x_command_name(typed.str());
      if (!name) {
        // Somebody's [commands] may end here.
        distrust(typed, value);
        report(typed.source(), std::string(key.path) + ": " + name.error().text);
      } else if (!names_.insert(name.value()).second) {
        report(typed.source(), std::string(key.path) + " has " + name.value() + " twice");
      } else if (auto command = x_command_in(std::move(name.value()), value)) {
        document_.values_.emplace_back([command = std::move(*command)](Policy& policy) {
          put_x_command(policy.x_commands, command);
        });
      }
    }
  }

  std::optional<XCommand> x_command_in(std::string name, const toml::node& node) {
    const std::string path = "x_commands." + name;
    XCommand command;
    command.name = std::move(name);
    if (const auto* const flag = node.as_boolean(); flag != nullptr && !flag->get()) {
      return command;
    }
    const toml::table* const table = node.as_table();
    if (table == nullptr) {
      refuse(path, node,
             R"(has to be a table, like { alias = "STAT" }, or false, not )" +
                 std::string(type_name(node)));
      return std::nullopt;
    }
    bool good = true;
    bool for_programs = false;
    for (const auto& [key, value] : *table) {
      const std::string_view word = key.str();
      const std::string value_path = path + '.' + std::string(word);
      const XCommandValue kind = x_command_value(word);
      if (kind == XCommandValue::unknown) {
        distrust(key, value);
        report(key.source(), path + " cannot have " + in_quotes(word) + x_command_suggestion(word));
        good = false;
      } else if (kind == XCommandValue::what && command.kind != XCommand::Kind::removed) {
        report(key.source(), path + " has to have one of alias, reply, program and script only");
        good = false;
      } else {
        for_programs = for_programs || kind == XCommandValue::for_programs;
        good = read_x_value(command, value_path, word, value) && good;
      }
    }
    if (!good) return std::nullopt;
    if (command.kind == XCommand::Kind::removed) {
      refuse(path, node, "needs one of alias, reply, program and script");
      return std::nullopt;
    }
    if (for_programs && command.kind != XCommand::Kind::program &&
        command.kind != XCommand::Kind::script) {
      refuse(path, node, "may have timeout, max_output and multi_line with a program only");
      return std::nullopt;
    }
    return command;
  }

  // False: it has been refused.
  bool read_x_value(XCommand& command, const std::string& path, std::string_view word,
                    const toml::node& node) {
    if (word == "timeout") {
      const auto seconds = seconds_in(path, node, 1, most_x_timeout);
      command.timeout = seconds.value_or(0);
      return seconds.has_value();
    }
    if (word == "max_output") {
      const auto octets = octets_in(path, node, 1, most_x_octets);
      command.max_octets = octets.value_or(0);
      return octets.has_value();
    }
    if (word == "multi_line") {
      const auto flag = flag_in(path, node);
      command.multi_line = flag.value_or(false);
      return flag.has_value();
    }
    std::vector<std::string> lines;
    const toml::array* const list = word == "reply" ? node.as_array() : nullptr;
    const auto add = [&](const toml::node& element) {
      auto text = text_in(path, element);
      if (text) lines.push_back(std::move(*text));
      return text.has_value();
    };
    if (list == nullptr ? !add(node) : !std::all_of(list->cbegin(), list->cend(), add)) {
      return false;
    }
    const Status set = set_x_command(command, word, std::move(lines));
    if (!set) refuse(path, node, set.error().text);
    return set.ok();
  }

  Document& document_;
  std::string file_;
  std::set<std::string> names_;  ///< of [x_commands]
};

Document Document::parse(std::string_view text, std::string_view file) {
  Document document;
  Reader(document, file).read(text);
  return document;
}

void Document::apply(Policy& policy) const {
  for (const auto& set : values_) set(policy);
}

}  // namespace pop3_legacy::policy
