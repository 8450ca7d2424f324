/// Dovecot's storage headers, with their diagnostics turned off. C++ includes them only here and in
/// pop3_host.h. Code that includes only this header can run in any of Dovecot's processes.
#ifndef POP3_LEGACY_DOVECOT_HOST_H
#define POP3_LEGACY_DOVECOT_HOST_H

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wunknown-warning-option"  // the same, for clang
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wregister"
#pragma GCC diagnostic ignored "-Wvolatile"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wignored-qualifiers"

// C accepts mbox-storage.h's use of an undeclared enumeration; C++ needs its size.
enum mbox_lock_type : int;  // NOLINT(readability-identifier-naming): Dovecot's

extern "C" {
// clang-format off: lib.h must come first
#include "config.h"
#include "lib.h"
// clang-format on
#include "array.h"
#include "buffer.h"
#include "child-wait.h"
#include "event-filter.h"
#include "hostpid.h"
#include "index-mail.h"
#include "index-pop3-uidl.h"
#include "ioloop.h"
#include "istream-private.h"
#include "istream-raw-mbox.h"
#include "istream.h"
#include "mail-cache.h"
#include "mail-index.h"
#include "mail-namespace.h"
#include "mail-search-build.h"
#include "mail-storage-hooks.h"
#include "mail-storage-private.h"
#include "mail-storage-settings.h"
#include "mail-user.h"
#include "mbox-storage.h"
#include "message-address.h"
#include "message-decoder.h"
#include "message-header-decode.h"
#include "message-parser.h"
#include "message-part.h"
#include "module-context.h"
#include "ostream-private.h"
#include "ostream.h"
#include "rfc822-parser.h"
// clang-format off: must come after rfc822-parser.h
#include "rfc2231-parser.h"
// clang-format on
#include "smtp-address.h"
#include "str-sanitize.h"
#include "str.h"
}

#pragma GCC diagnostic pop

// config.h describes Dovecot's build, not ours.
#undef PACKAGE
#undef PACKAGE_BUGREPORT
#undef PACKAGE_NAME
#undef PACKAGE_STRING
#undef PACKAGE_TARNAME
#undef PACKAGE_URL
#undef PACKAGE_VERSION
#undef VERSION

#endif
