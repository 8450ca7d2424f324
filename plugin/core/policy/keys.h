/// The keys of a policy document. Each is one entry: what it may hold, where the value goes, and
/// what the administrator is told about it.
///
/// To add a key, add an entry to its table's file in sections/ and a member to Policy. The reader,
/// the output of pop3-legacy-policy, conf.d/pop3-legacy/default.toml and conf.d/REFERENCE.md are
/// made from the entry. The reader knows no key by name, except where needed so that a misspelt
/// `commands.deny` or `inherit` does not open a command.
#ifndef POP3_LEGACY_CORE_POLICY_KEYS_H
#define POP3_LEGACY_CORE_POLICY_KEYS_H

#include <array>
#include <span>
#include <string_view>

#include "plugin/core/policy/kinds.h"

namespace pop3_legacy::policy {

struct Key {
  std::string_view path;         ///< including the table: "last.semantics"
  std::string_view description;  ///< one or two sentences; `code` is marked as in Markdown
  KeyKind kind;
  std::string_view example = {};  ///< lines of TOML, if the value does not fit on one line
};

/// A table of a document.
struct Section {
  std::string_view table;        ///< "last"; empty for keys before all tables
  std::string_view description;  ///< sentences that explain its purpose; may be empty
  std::span<const Key> keys;
};

/// In the order of default.toml.
std::span<const Section* const> sections() noexcept;

/// The entry at `path`; nullptr if there is none.
const Key* find_key(std::string_view path) noexcept;
/// `path` is a table with entries. [x_commands] is one, too, besides being a key.
bool is_section(std::string_view path) noexcept;

/// "last" for "last.start"; "last.start" for "last.start.x"; empty for "inherit".
std::string_view table_of(std::string_view path) noexcept;
/// "start" for "last.start".
std::string_view last_part(std::string_view path) noexcept;

/// Keys whose misspelling matters: see Document::deny_trusted() and uidl_trusted().
inline constexpr std::string_view inherit_path = "inherit";
inline constexpr std::string_view deny_path = "commands.deny";
inline constexpr std::string_view uidl_table = "uidl";
/// What these tables withhold is as good as denied.
inline constexpr std::array<std::string_view, 4> withholding_tables{"view", "delete", "pace",
                                                                    "inbox"};

}  // namespace pop3_legacy::policy

#endif
