/// The keys of a policy document: one entry a key, with what it may hold, where that goes, and what
/// it says to the administrator.
///
/// A new key is an entry in the file of its table in sections/ and a member of Policy. From the
/// entry come the reader, what pop3-legacy-policy tells, conf.d/pop3-legacy/default.toml and
/// conf.d/REFERENCE.md. The reader knows no key by name, except for what keeps a misspelt
/// `commands.deny` or `inherit` from opening a command.
#ifndef POP3_LEGACY_CORE_POLICY_KEYS_H
#define POP3_LEGACY_CORE_POLICY_KEYS_H

#include <array>
#include <span>
#include <string_view>

#include "plugin/core/policy/kinds.h"

namespace pop3_legacy::policy {

struct Key {
  std::string_view path;         ///< with the table's name: "last.semantics"
  std::string_view description;  ///< one or two sentences; `code` as Markdown has it
  KeyKind kind;
  std::string_view example = {};  ///< lines of TOML, for what is no one-line value
};

/// A table of a document.
struct Section {
  std::string_view table;        ///< "last"; empty for what stands before all tables
  std::string_view description;  ///< sentences for those who do not know what it is for; or empty
  std::span<const Key> keys;
};

/// In the order of default.toml.
std::span<const Section* const> sections() noexcept;

/// The row of `path`; nullptr if there is none.
const Key* find_key(std::string_view path) noexcept;

/// "last" of "last.start", "last.start" of "last.start.x"; "inherit" has none.
std::string_view table_of(std::string_view path) noexcept;
/// "start" of "last.start".
std::string_view last_part(std::string_view path) noexcept;

/// Those whose misspelling matters: see Document::deny_trusted() and uidl_trusted().
inline constexpr std::string_view inherit_path = "inherit";
inline constexpr std::string_view deny_path = "commands.deny";
inline constexpr std::string_view uidl_table = "uidl";
/// What these tables withhold is as good as denied.
inline constexpr std::array<std::string_view, 4> withholding_tables{"view", "delete", "pace",
                                                                    "inbox"};

}  // namespace pop3_legacy::policy

#endif
