/// Headers for doveadm only: its own, and the part of the mail storage that only its commands need.
/// See plugin/dovecot/host.h.
#ifndef POP3_LEGACY_DOVEADM_DOVEADM_HOST_H
#define POP3_LEGACY_DOVEADM_DOVEADM_HOST_H

#include "plugin/dovecot/host.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"

extern "C" {
#include "doveadm-print.h"
#include "mail-search-build.h"
}

#pragma GCC diagnostic pop

#endif
