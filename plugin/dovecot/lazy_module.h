/// Our modules that need an expensive library; only the sessions that use one load it.
#ifndef POP3_LEGACY_DOVECOT_LAZY_MODULE_H
#define POP3_LEGACY_DOVECOT_LAZY_MODULE_H

#include "plugin/core/base/result.h"

namespace pop3_legacy::dovecot {

/// Loads the module `file` from this module's folder or its parent folder (doveadm's modules have a
/// folder of their own) and finds `symbol` in it. The module stays loaded. An Error says where it
/// was looked for, and is temporary because the file may be there at the next try.
Result<void*> lazy_symbol(const char* file, const char* symbol);

}  // namespace pop3_legacy::dovecot

#endif
