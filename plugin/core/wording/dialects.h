/// How old servers worded their replies, one row per dialect.
#ifndef POP3_LEGACY_CORE_WORDING_DIALECTS_H
#define POP3_LEGACY_CORE_WORDING_DIALECTS_H

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "plugin/core/wording/reply_template.h"

namespace pop3_legacy::wording {

struct Dialect {
  /// Indexed by Worded; empty: the host's own words.
  using Templates = std::array<std::string_view, worded_count>;

  std::string_view name;   ///< its name in a policy
  std::string_view about;  ///< a phrase: whose words they are, and how they are known
  Templates templates{};
};

/// The first is the host's own: it has no templates.
std::span<const Dialect> dialects() noexcept;

/// The row called `name`; nullptr if there is none.
const Dialect* find_dialect(std::string_view name) noexcept;

/// The wording that the administrator has chosen.
struct ReplyWords {
  const Dialect* dialect = nullptr;  ///< a row of dialects(); nullptr: the host's own words
  /// Indexed by Worded; these override the dialect's. Empty: the dialect's.
  std::array<std::string, worded_count> templates;
};

/// The template; empty: the host's own words.
std::string_view template_of(const ReplyWords& words, Worded reply) noexcept;

}  // namespace pop3_legacy::wording

#endif
