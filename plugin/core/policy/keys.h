/// The keys of a policy document: one row a key, with what it may hold and where that goes.
///
/// A new key is a row in keys.cc, a member of Policy and a line in
/// conf.d/pop3-legacy/default.toml. The reader knows no key by name, except for what keeps a
/// misspelt `commands.deny` or `inherit` from opening a command.
#ifndef POP3_LEGACY_CORE_POLICY_KEYS_H
#define POP3_LEGACY_CORE_POLICY_KEYS_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plugin/core/policy/policy.h"
#include "plugin/core/result.h"

namespace pop3_legacy::policy {

// Each kind of key has toml(): its value in `policy` as a document has it behind "key = ", in one
// line, which the reader takes back. It changes nothing.

/// Any text that `check` has nothing against.
struct TextKey {
  /// Why `text` cannot be the value, without the key's name; an Error's kind means nothing
  /// here.
  Status (*check)(std::string_view text) = nullptr;
  /// nullptr: the value is no part of Policy (`inherit`).
  std::string& (*member)(Policy& policy) = nullptr;
  /// Empty: the value is no part of Policy.
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// A list of names: of commands from the command table, as typed in any case, or of headers.
struct NamesKey {
  /// The name as Policy has it, or why it cannot stand here.
  Result<std::string> (*name)(std::string_view typed) = nullptr;
  std::vector<std::string>& (*member)(Policy& policy) = nullptr;
  std::string_view what;     ///< the names are, in a sentence: "command names"
  std::string_view example;  ///< as it stands in a policy
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// A word that a WordKey may hold, and what it does.
struct Word {
  std::string_view word;
  void (*set)(Policy& policy) = nullptr;
};

/// One of a few words, in exactly this spelling.
struct WordKey {
  std::span<const Word> words;
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// The name of a UIDL scheme or a list of them (UidlPlan::chain).
struct ChainKey {
  std::vector<std::string>& (*member)(Policy& policy) = nullptr;
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// A list of tables with a date `before` and a `scheme` (UidlPlan::cutovers).
struct CutoversKey {
  std::vector<UidlPlan::Cutover>& (*member)(Policy& policy) = nullptr;
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// A table of any names, each with a mailbox, or with a table that has one (board_fields.h).
struct BoardsKey {
  std::vector<BoardName>& (*member)(Policy& policy) = nullptr;
  bool described = false;  ///< such a table may have more
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// How many octets: an integer, or a text like "25M" (K, M and G are powers of 1024).
struct OctetsKey {
  std::uint64_t& (*member)(Policy& policy) = nullptr;
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// A time in seconds, as a text like "10m" (s, m, h, d).
struct DurationKey {
  std::uint64_t& (*member)(Policy& policy) = nullptr;
  std::uint64_t most = 0;  ///< seconds
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// An integer.
struct CountKey {
  std::uint64_t& (*member)(Policy& policy) = nullptr;
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// true or false.
struct FlagKey {
  bool& (*member)(Policy& policy) = nullptr;
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// A table of commands of the administrator's own (x_commands.h).
struct XCommandsKey {
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// "25M" and "10m" as numbers, or why they are none.
Result<std::uint64_t> octets_of(std::string_view text);
Result<std::uint64_t> seconds_of(std::string_view text);

/// Why this cannot be the name of a mailbox; empty: none is named.
Status check_mailbox(std::string_view text);

/// The chain that is made of these names, or why none is.
Result<std::vector<std::string>> chain_of(const std::vector<std::string>& names);

/// Whether the keys of [uidl] go together, which no row can tell by itself.
Status check_plan(const UidlPlan& plan);
/// The same for [delete].
Status check_deletion(const Policy::Delete& deletion);

struct Key {
  std::string_view path;         ///< with the table's name: "last.semantics"
  std::string_view description;  ///< one sentence
  std::variant<TextKey, NamesKey, WordKey, ChainKey, CutoversKey, BoardsKey, OctetsKey, DurationKey,
               CountKey, FlagKey, XCommandsKey>
      kind;
};

/// Those whose misspelling matters: see Document::deny_trusted() and uidl_trusted().
inline constexpr std::string_view inherit_path = "inherit";
inline constexpr std::string_view deny_path = "commands.deny";
inline constexpr std::string_view uidl_table = "uidl";
/// What these tables withhold is as good as denied.
inline constexpr std::array<std::string_view, 4> withholding_tables{"view", "delete", "pace",
                                                                    "inbox"};

/// In the order of default.toml.
std::span<const Key> keys() noexcept;

/// The row of `path`; nullptr if there is none.
const Key* find_key(std::string_view path) noexcept;

}  // namespace pop3_legacy::policy

#endif
