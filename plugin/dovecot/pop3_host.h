/// Dovecot's headers for its pop3 process: the storage and the client.
#ifndef POP3_LEGACY_DOVECOT_POP3_HOST_H
#define POP3_LEGACY_DOVECOT_POP3_HOST_H

#include "plugin/dovecot/host.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"

extern "C" {
#include "pop3-common.h"
// clang-format off: must come after pop3-common.h
#include "pop3-commands.h"
// clang-format on
}

#pragma GCC diagnostic pop

#endif
