/// One policy document: TOML text in, checked values out.
///
/// reader.cc and the files of reader/ are the only ones that know toml++; what they read is checked
/// at once, so a Document holds values of Policy and sentences, and no TOML.
#ifndef POP3_LEGACY_CORE_POLICY_READER_H
#define POP3_LEGACY_CORE_POLICY_READER_H

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/policy/policy.h"

namespace pop3_legacy::policy {

/// What is wrong, and where: lines and columns count from 1. Line 0: with the whole file.
struct Problem {
  std::string file;
  unsigned line = 0;
  unsigned column = 0;
  std::string text;

  /// "FILE:LINE:COLUMN: text", or "FILE: text", fit for a log whatever the document holds.
  [[nodiscard]] std::string sentence() const;
};

/// The profile that a document's `inherit` names, and where it does.
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
  /// Reads `text`; `file` is what its problems are reported under. Never fails: a document
  /// that is not TOML has a problem and no values.
  static Document parse(std::string_view text, std::string_view file);

  /// Its values come before this document's. No value: it inherits nothing. Whether the name
  /// is a valid one, and there is such a profile, is for the resolver to find out.
  [[nodiscard]] const std::optional<Inherit>& inherit() const noexcept { return inherit_; }

  /// Puts the document's values over `policy`. Where a value was wrong, the one in `policy`
  /// stays.
  void apply(Policy& policy) const;

  /// What apply() sets.
  [[nodiscard]] const std::vector<Setting>& settings() const noexcept { return settings_; }

  /// Everything that is wrong, in the order of the text.
  [[nodiscard]] const std::vector<Problem>& problems() const noexcept { return problems_; }

  /// False when this document may have been meant to deny a command, or to keep mail from the
  /// client, without doing so: it does not parse, its `commands.deny`, `inherit`, `[view]`,
  /// `[delete]` or `[pace]` is wrong, or a key nobody knows looks like one of these.
  [[nodiscard]] bool deny_trusted() const noexcept { return deny_trusted_; }
  /// The same for the UIDL scheme: where false, the ids by this document are not known.
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
