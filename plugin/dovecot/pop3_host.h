/// Dovecot's headers as the pop3 process has them: storage, and the client.
#ifndef POP3_LEGACY_DOVECOT_POP3_HOST_H
#define POP3_LEGACY_DOVECOT_POP3_HOST_H

#include "plugin/dovecot/host.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"

extern "C" {
#include "pop3-common.h"
// clang-format off: after pop3-common.h
#include "pop3-commands.h"
// clang-format on
}

#pragma GCC diagnostic pop

#endif
