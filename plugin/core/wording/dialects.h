/// How old servers worded their replies, one row each.
#ifndef POP3_LEGACY_CORE_WORDING_DIALECTS_H
#define POP3_LEGACY_CORE_WORDING_DIALECTS_H

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "plugin/core/wording/reply_template.h"

namespace pop3_legacy::wording {

struct Dialect {
  /// By Worded; empty: the host's own words.
  using Templates = std::array<std::string_view, worded_count>;

  std::string_view name;   ///< as a policy has it
  std::string_view about;  ///< whose words, and how they are known: a phrase
  Templates templates{};
};

/// The first is the host's own: it has no templates.
std::span<const Dialect> dialects() noexcept;

/// The row of `name`; nullptr if there is none.
const Dialect* find_dialect(std::string_view name) noexcept;

/// What the administrator wants said.
struct ReplyWords {
  const Dialect* dialect = nullptr;  ///< a row of dialects(); nullptr: the host's own words
  /// By Worded, stronger than the dialect's; empty: the dialect's.
  std::array<std::string, worded_count> templates;
};

/// The template; empty: the host's own words.
std::string_view template_of(const ReplyWords& words, Worded reply) noexcept;

}  // namespace pop3_legacy::wording

#endif
