/// The kinds of key in a policy document: what each may hold, where in Policy the value goes, and
/// how it is written.
///
/// Each kind has toml(), which does not modify `policy`: it returns the value as it is written
/// after "key = " in a document, on one line, in a form the reader accepts.
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

/// Any text that `check` accepts.
struct TextKey {
  /// Why `text` cannot be the value, without the key's name; an Error's kind has no meaning here.
  Status (*check)(std::string_view text) = nullptr;
  /// nullptr: the value is not part of Policy (`inherit`).
  std::string& (*member)(Policy& policy) = nullptr;
  /// Empty: the value is not part of Policy.
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// A list of names: commands of the command table, in any case, or headers.
struct NamesKey {
  /// The name as it is in Policy, or why it is not allowed here.
  Result<std::string> (*name)(std::string_view typed) = nullptr;
  std::vector<std::string>& (*member)(Policy& policy) = nullptr;
  std::string_view what;     ///< what the names are, in a sentence: "command names"
  std::string_view example;  ///< as written in a policy
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// A word and its meaning: a phrase that follows "word: ".
struct Word {
  std::string_view word;
  std::string_view meaning;
};

/// One of a few words, spelled exactly like this.
struct WordKey {
  std::size_t (*count)() = nullptr;
  Word (*word)(std::size_t index) = nullptr;           ///< 0 to count() - 1
  std::size_t (*get)(const Policy& policy) = nullptr;  ///< of the current word
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

/// A key whose words are `choices`, an array of Choice, for the member at the end of `path`.
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

/// A table of arbitrary names, each with a mailbox or with a table that contains one
/// (board_fields.h).
struct BoardsKey {
  std::vector<BoardName>& (*member)(Policy& policy) = nullptr;
  bool described = false;  ///< such a table may have other keys
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// A number of octets: an integer, or a text such as "25M" (K, M and G are powers of 1024).
struct OctetsKey {
  std::uint64_t& (*member)(Policy& policy) = nullptr;
  std::uint64_t least = 0;
  std::uint64_t most = 0;
  [[nodiscard]] std::string toml(Policy& policy) const;
};

/// A time in seconds, as a text such as "10m" (s, m, h, d).
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

/// A table of commands defined by the administrator (x_commands.h).
struct XCommandsKey {
  [[nodiscard]] std::string toml(Policy& policy) const;
};

using KeyKind = std::variant<TextKey, NamesKey, WordKey, ChainKey, CutoversKey, BoardsKey,
                             OctetsKey, DurationKey, CountKey, FlagKey, XCommandsKey>;

/// "25M" and "10m" as numbers, or why they are not valid.
Result<std::uint64_t> octets_of(std::string_view text);
Result<std::uint64_t> seconds_of(std::string_view text);

/// The reverse, in the largest unit that divides the number, as TOML: "25M" in quotes, or a number.
std::string octets_toml(std::uint64_t octets);
std::string seconds_toml(std::uint64_t seconds);

// Limits shared by several keys.
inline constexpr std::uint64_t kilobyte = 1024;
inline constexpr std::uint64_t gigabyte = kilobyte * kilobyte * kilobyte;
inline constexpr std::uint64_t seconds_of_a_day = std::uint64_t{24} * 60 * 60;

// Checks shared by several keys.

/// Accepts any text.
Status any_text(std::string_view text);
/// Why this cannot be the name of a mailbox; empty is accepted and names none.
Status check_mailbox(std::string_view text);
bool without_control_characters(std::string_view text) noexcept;

}  // namespace pop3_legacy::policy

#endif
