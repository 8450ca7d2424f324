/// What is wrong with a document while it is read, and what that closes.
#ifndef POP3_LEGACY_CORE_POLICY_READER_MISTAKES_H
#define POP3_LEGACY_CORE_POLICY_READER_MISTAKES_H

#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/policy/keys.h"
#include "plugin/core/policy/reader.h"
#include "plugin/core/policy/reader/toml.h"

namespace pop3_legacy::policy {

/// "an integer", as a sentence names it.
std::string type_name(const toml::node& node);

class Mistakes {
 public:
  /// `file`: what problems are reported under.
  explicit Mistakes(std::string_view file) : file_(file) {}

  void report(const toml::source_region& where, std::string text);
  void report(unsigned line, unsigned column, std::string text);

  /// A value that is wrong; `why` continues the key's name.
  void refuse(const Key& key, const toml::node& node, const std::string& why);
  /// The same of a part of a value.
  void refuse(std::string_view path, const toml::node& node, const std::string& why);
  /// A table of keys that is none.
  void refuse_table(std::string_view path, const toml::node& node);

  /// The unknown `name` may stand for what withholds something, and so may one in its table.
  void distrust(const toml::key& name, const toml::node& node);
  /// No key and no table is called so.
  void report_unknown(const std::string& path, const toml::key& name, const toml::node& node);

  /// Nothing is known of the document, or all of it again.
  void trust(bool all) { deny_trusted = uidl_trusted = all; }

  std::vector<Problem> problems;
  bool deny_trusted = true;  ///< Document::deny_trusted()
  bool uidl_trusted = true;  ///< Document::uidl_trusted()

 private:
  std::string file_;
};

/// The tables that keys stand in, each once.
std::vector<std::string_view> known_tables();

}  // namespace pop3_legacy::policy

#endif
