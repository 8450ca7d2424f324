/// The kinds of key that a policy document may have: what each may hold, where in Policy that goes,
/// and how it is written.
///
/// Each kind has toml(): its value in `policy` as a document has it behind "key = ", in one line,
/// which the reader takes back. It changes nothing.
#ifndef POP3_LEGACY_CORE_POLICY_KINDS_H
#define POP3_LEGACY_CORE_POLICY_KINDS_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/policy/policy.h"

namespace pop3_legacy::policy {

/// The member of `policy` at the end of this path: at<&Policy::gurl, &Policy::Gurl::url>.
template <auto... path>
constexpr auto& at(Policy& policy) {
  return (policy.*....*path);
}

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

/// A word, and what it does: a phrase that goes on behind "word: ".
struct Word {
  std::string_view word;
  std::string_view meaning;
};

/// One of a few words, in exactly this spelling.
struct WordKey {
  std::size_t (*count)() = nullptr;
  Word (*word)(std::size_t index) = nullptr;           ///< 0 to count() - 1
  std::size_t (*get)(const Policy& policy) = nullptr;  ///< of the word that holds
  void (*set)(Policy& policy, std::size_t index) = nullptr;
  [[nodiscard]] std::vector<std::string_view> words() const;
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// A word of a key, and the value of Policy that it stands for.
template <class Value>
struct Choice {
  std::string_view word;
  Value value;
  std::string_view meaning;
};
template <class Value>
Choice(std::string_view, Value, std::string_view) -> Choice<Value>;

/// The key whose words are `choices`, an array of Choice, for the member at the end of `path`.
template <const auto& choices, auto... path>
constexpr WordKey one_of() {
  return {.count = [] { return choices.size(); },
          .word =
              [](std::size_t i) {
                return Word{choices.at(i).word, choices.at(i).meaning};
              },
          .get =
              [](const Policy& policy) {
                std::size_t i = 0;
                while (choices.at(i).value != (policy.*....*path)) ++i;
                return i;
              },
          .set = [](Policy& policy, std::size_t i) { at<path...>(policy) = choices.at(i).value; }};
}

/// The name of a UIDL scheme or a list of them (uidl::Plan::chain).
struct ChainKey {
  std::vector<std::string>& (*member)(Policy& policy) = nullptr;
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// A list of tables with a date `before` and a `scheme` (uidl::Plan::cutovers).
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

using KeyKind = std::variant<TextKey, NamesKey, WordKey, ChainKey, CutoversKey, BoardsKey,
                             OctetsKey, DurationKey, CountKey, FlagKey, XCommandsKey>;

/// "25M" and "10m" as numbers, or why they are none.
Result<std::uint64_t> octets_of(std::string_view text);
Result<std::uint64_t> seconds_of(std::string_view text);

/// The other way round, in the largest unit that leaves no rest and as TOML has it: "25M" in
/// quotes, or a number.
std::string octets_toml(std::uint64_t octets);
std::string seconds_toml(std::uint64_t seconds);

// Limits that several keys have.
inline constexpr std::uint64_t kilobyte = 1024;
inline constexpr std::uint64_t gigabyte = kilobyte * kilobyte * kilobyte;
inline constexpr std::uint64_t seconds_of_a_day = std::uint64_t{24} * 60 * 60;

// Checks that several keys have.

/// It has nothing against any text.
Status any_text(std::string_view text);
/// Why this cannot be the name of a mailbox; empty: none is named.
Status check_mailbox(std::string_view text);
bool without_control_characters(std::string_view text) noexcept;

}  // namespace pop3_legacy::policy

#endif
