#include "plugin/core/policy/reader.h"

#define TOML_IMPLEMENTATION
#include "plugin/core/policy/reader/toml.h"

#include <algorithm>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/keys.h"
#include "plugin/core/policy/reader/comments.h"
#include "plugin/core/policy/reader/mistakes.h"
#include "plugin/core/policy/reader/values.h"
#include "plugin/core/policy/store.h"

namespace pop3_legacy::policy {

namespace {

// Each dot nests one more table. Before 3.4 toml++ has no limit and overflows the stack at about
// ten thousand.
constexpr unsigned max_key_dots = 32;

// The end of the string that begins at `start`: after its closing quotes, or where TOML would give
// up.
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
  // One or two quotes may directly precede the closing three.
  for (int i = 0; i < 2 && multi_line && at < text.size() && text[at] == quote; ++i) ++at;
  return std::min(at, text.size());
}

// The line of a key with more than max_key_dots dots; 0: there is none.
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

}  // namespace

// Fills a Document from parsed TOML.
class Document::Reader {
 public:
  Reader(Document& document, std::string_view file) : document_(document), mistakes_(file) {}

  void read(std::string_view text) {
    read_text(text);
    // A toml::table is sorted by key, but an administrator reads from top to bottom.
    std::stable_sort(mistakes_.problems.begin(), mistakes_.problems.end(),
                     [](const Problem& a, const Problem& b) {
                       return std::tie(a.line, a.column) < std::tie(b.line, b.column);
                     });
    document_.problems_ = std::move(mistakes_.problems);
    document_.deny_trusted_ = mistakes_.deny_trusted;
    document_.uidl_trusted_ = mistakes_.uidl_trusted;
  }

 private:
  void read_text(std::string_view text) {
    mistakes_.trust(false);  // until it has been read to its end
    if (text.size() > max_document_octets) {
      mistakes_.report(0, 0,
                       "the document is longer than " + std::to_string(max_document_octets) +
                           " octets, the most a policy may have");
      return;
    }
    if (const unsigned line = find_endless_key(text); line > 0) {
      mistakes_.report(
          line, 1, "this line has a key with more than " + std::to_string(max_key_dots) + " dots");
      return;
    }
    const toml::parse_result parsed = toml::parse(without_comment_lines(text), std::string_view{});
    if (!parsed) {
      mistakes_.report(parsed.error().source(),
                       "this is not valid TOML: " + std::string(parsed.error().description()));
      return;
    }
    mistakes_.trust(true);
    read_table(parsed.table(), "");
  }

  void read_table(const toml::table& table, const std::string& prefix) {
    for (const auto& [name, node] : table) {
      const std::string path = prefix + std::string(name.str());
      // A name with a dot in it was quoted, and is not the path that it looks like.
      const bool is_path = name.str().find('.') == std::string_view::npos;
      const Key* const key = is_path ? find_key(path) : nullptr;
      if (key != nullptr) {
        read_value(*key, node);
      } else if (is_path && is_section(path)) {
        if (const toml::table* const inner = node.as_table()) {
          read_table(*inner, path + '.');
        } else {
          mistakes_.refuse_table(path, node);
        }
      } else {
        mistakes_.report_unknown(path, name, node);
      }
    }
  }

  void read_value(const Key& key, const toml::node& node) {
    if (table_of(key.path) == uidl_table) document_.sets_uidl_ = true;
    const Value value{key, node, mistakes_};
    auto setter =
        std::visit([&value](const auto& kind) { return policy::read(kind, value); }, key.kind);
    if (!setter) return;
    const toml::source_position where = node.source().begin;
    const auto line = static_cast<unsigned>(where.line);
    if (key.path != inherit_path) {
      document_.values_.push_back(std::move(*setter));
      document_.settings_.push_back({key.path, line});
    } else if (std::string name = node.value_or(std::string()); !name.empty()) {
      document_.inherit_ = Inherit{std::move(name), line, static_cast<unsigned>(where.column)};
    }
  }

  Document& document_;
  Mistakes mistakes_;
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
