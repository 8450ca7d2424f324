/// What is wrong with a document being read, and what is refused because of it.
#ifndef POP3_LEGACY_CORE_POLICY_READER_MISTAKES_H
#define POP3_LEGACY_CORE_POLICY_READER_MISTAKES_H

#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/policy/keys.h"
#include "plugin/core/policy/reader.h"
#include "plugin/core/policy/reader/toml.h"

namespace pop3_legacy::policy {

/// A phrase for a sentence, such as "an integer".
std::string type_name(const toml::node& node);

class Mistakes {
 public:
  /// `file`: the name under which problems are reported.
  explicit Mistakes(std::string_view file) : file_(file) {}

  void report(const toml::source_region& where, std::string text);
  void report(unsigned line, unsigned column, std::string text);

  /// Reports a wrong value; `why` continues the key's name.
  void refuse(const Key& key, const toml::node& node, const std::string& why);
  /// The same for part of a value.
  void refuse(std::string_view path, const toml::node& node, const std::string& why);
  /// Reports that a table of keys is not a table.
  void refuse_table(std::string_view path, const toml::node& node);

  /// The unknown `name`, or one in its table, may have been meant to withhold something.
  void distrust(const toml::key& name, const toml::node& node);
  /// Reports a name that is neither a key nor a table.
  void report_unknown(const std::string& path, const toml::key& name, const toml::node& node);

  /// Trusts all of the document, or nothing in it.
  void trust(bool all) { deny_trusted = uidl_trusted = all; }

  std::vector<Problem> problems;
  bool deny_trusted = true;  ///< Document::deny_trusted()
  bool uidl_trusted = true;  ///< Document::uidl_trusted()

 private:
  std::string file_;
};

/// The tables that contain keys, each once.
std::vector<std::string_view> known_tables();

}  // namespace pop3_legacy::policy

#endif
