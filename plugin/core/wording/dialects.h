/// How old servers worded their replies.
#ifndef POP3_LEGACY_CORE_WORDING_DIALECTS_H
#define POP3_LEGACY_CORE_WORDING_DIALECTS_H

#include <cstdint>
#include <string_view>

#include "plugin/core/wording/reply_template.h"

namespace pop3_legacy::wording {

enum class Dialect : std::uint8_t {
  dovecot,   ///< everything is the host's own
  rambler,   ///< rambler.ru, by a transcript of 2008
  rfc1225,   ///< the RFC's examples
  coremail,  ///< 163.com, by a transcript
  qpopper,   ///< version 4
  popper,    ///< Berkeley's, 1.8
  uw,        ///< the University of Washington's ipop3d
};

/// The template; empty: the host's own words.
std::string_view template_of(Dialect dialect, Worded reply) noexcept;

}  // namespace pop3_legacy::wording

#endif
