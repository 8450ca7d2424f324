/// The boundary that no exception crosses: Dovecot's frames are C and have a data stack of their
/// own. Every function that Dovecot calls does its work inside trampoline().
#ifndef POP3_LEGACY_DOVECOT_TRAMPOLINE_H
#define POP3_LEGACY_DOVECOT_TRAMPOLINE_H

#include <exception>
#include <utility>

#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// Returns work(). If that throws, logs that `what` failed and returns `otherwise`.
template <class Work, class Value>
Value trampoline(const char* what, Value otherwise, Work&& work) noexcept {
  try {
    return std::forward<Work>(work)();
  } catch (const std::exception& failure) {
    i_error("pop3_legacy: %s failed: %s", what, failure.what());
  } catch (...) {
    i_error("pop3_legacy: %s failed", what);
  }
  return otherwise;
}

}  // namespace pop3_legacy::dovecot

#endif
