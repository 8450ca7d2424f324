/// Dovecot's headers for its login processes, with their diagnostics turned off.
#ifndef POP3_LEGACY_LOGIN_LOGIN_HOST_H
#define POP3_LEGACY_LOGIN_LOGIN_HOST_H

#include "plugin/dovecot/host.h"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpragmas"
#pragma GCC diagnostic ignored "-Wall"
#pragma GCC diagnostic ignored "-Wextra"
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"

extern "C" {
// clang-format off: login-common.h must come first
#include "login-common.h"
// clang-format on
#include "client-common.h"
#include "login-settings.h"
#ifdef POP3_LEGACY_HAVE_SASL_PROXY
#include "sasl-proxy.h"
#else
#include "sasl-server.h"
#endif
#ifndef POP3_LEGACY_HAVE_CONNECTION_SECURED
#include "master-service-ssl-settings.h"
#endif
}

#pragma GCC diagnostic pop

#endif
