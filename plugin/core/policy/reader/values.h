/// The values of a document, by kind: what each sets in a policy.
#ifndef POP3_LEGACY_CORE_POLICY_READER_VALUES_H
#define POP3_LEGACY_CORE_POLICY_READER_VALUES_H

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/policy/keys.h"
#include "plugin/core/policy/reader/mistakes.h"
#include "plugin/core/policy/reader/toml.h"

namespace pop3_legacy::policy {

using Setter = std::function<void(Policy& policy)>;

/// A key's value in the document.
struct Value {
  const Key& key;
  const toml::node& node;
  Mistakes& mistakes;

  void refuse(const std::string& why) const { mistakes.refuse(key, node, why); }
  void refuse(const toml::node& part, const std::string& why) const {
    mistakes.refuse(key, part, why);
  }
};

// Here and below, no value means that it has been refused or sets nothing.

// scalars.cc
std::optional<Setter> read(const TextKey& kind, const Value& value);
std::optional<Setter> read(const NamesKey& kind, const Value& value);
std::optional<Setter> read(const WordKey& kind, const Value& value);
std::optional<Setter> read(const OctetsKey& kind, const Value& value);
std::optional<Setter> read(const DurationKey& kind, const Value& value);
std::optional<Setter> read(const CountKey& kind, const Value& value);
std::optional<Setter> read(const FlagKey& kind, const Value& value);
// chains.cc
std::optional<Setter> read(const ChainKey& kind, const Value& value);
std::optional<Setter> read(const CutoversKey& kind, const Value& value);
// boards.cc
std::optional<Setter> read(const BoardsKey& kind, const Value& value);
// x_commands.cc
std::optional<Setter> read(const XCommandsKey& kind, const Value& value);

/// A value or part of one: `path` names it.
struct Part {
  std::string_view path;
  const toml::node& node;
  Mistakes& mistakes;

  void refuse(const std::string& why) const { mistakes.refuse(path, node, why); }
};

/// An integer without a unit, within the limits.
std::optional<std::uint64_t> number_in(const Part& part, std::uint64_t least, std::uint64_t most);
std::optional<std::uint64_t> octets_in(const Part& part, std::uint64_t least, std::uint64_t most);
std::optional<std::uint64_t> seconds_in(const Part& part, std::uint64_t least, std::uint64_t most);
std::optional<bool> flag_in(const Part& part);
std::optional<std::string> text_in(const Part& part);

}  // namespace pop3_legacy::policy

#endif
