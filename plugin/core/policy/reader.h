/// One policy document: TOML text in, checked values out.
///
/// Only reader.cc and the files of reader/ know toml++. What they read is checked at once, so a
/// Document holds values of Policy and sentences, but no TOML.
#ifndef POP3_LEGACY_CORE_POLICY_READER_H
#define POP3_LEGACY_CORE_POLICY_READER_H

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/policy/policy.h"

namespace pop3_legacy::policy {

/// What is wrong and where: lines and columns count from 1. Line 0: the whole file. Column 0: the
/// whole line. Without a file, the text says where.
struct Problem {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;
  std::string text;

  /// "FILE:LINE:COLUMN: text", or as much of it as is known, safe for a log whatever the document
  /// contains.
  [[nodiscard]] std::string sentence() const;
};

/// The profile named by a document's `inherit`, and where.
struct Inherit {
  std::string profile;
  unsigned line = 0;
  unsigned column = 0;
};

/// A key that a document sets, and where.
struct Setting {
  std::string_view key;  ///< Key::path
  unsigned line = 0;
};

class Document {
 public:
  /// Reads `text`; its problems are reported under `file`. Never fails: a document that is not TOML
  /// has a problem and no values.
  static Document parse(std::string_view text, std::string_view file);

  /// The profile whose values come before this document's. No value: it inherits nothing. The
  /// resolver finds out whether the name is valid and the profile exists.
  [[nodiscard]] const std::optional<Inherit>& inherit() const noexcept { return inherit_; }

  /// Overrides `policy` with the document's values. Where a value was wrong, the one in `policy`
  /// stays.
  void apply(Policy& policy) const;

  /// The keys that apply() sets.
  [[nodiscard]] const std::vector<Setting>& settings() const noexcept { return settings_; }

  /// Everything that is wrong, in the order of the text.
  [[nodiscard]] const std::vector<Problem>& problems() const noexcept { return problems_; }

  /// False if this document may have been meant to deny a command or withhold mail but does not do
  /// so: it does not parse, its `commands.deny`, `inherit`, `[view]`, `[delete]` or `[pace]` is
  /// wrong, or an unknown key looks like one of these.
  [[nodiscard]] bool deny_trusted() const noexcept { return deny_trusted_; }
  /// The same for the UIDL scheme: if false, the ids under this document are not known.
  [[nodiscard]] bool uidl_trusted() const noexcept { return uidl_trusted_; }
  /// It sets a key of [uidl].
  [[nodiscard]] bool sets_uidl() const noexcept { return sets_uidl_; }

 private:
  class Reader;

  std::optional<Inherit> inherit_;
  std::vector<std::function<void(Policy&)>> values_;
  std::vector<Setting> settings_;
  std::vector<Problem> problems_;
  bool deny_trusted_ = true;
  bool uidl_trusted_ = true;
  bool sets_uidl_ = false;
};

}  // namespace pop3_legacy::policy

#endif
