/// The hashes of the core (hasher.h), by OpenSSL.
#ifndef POP3_LEGACY_HASH_OPENSSL_HASHER_H
#define POP3_LEGACY_HASH_OPENSSL_HASHER_H

#include <memory>

#include "plugin/core/base/hasher.h"

namespace pop3_legacy {

/// Never nullptr. Fetches an algorithm from OpenSSL when it is first used and keeps it. Use one
/// hasher per session, from one thread. What OpenSSL cannot do is an Error (permanent) and leaves
/// nothing in OpenSSL's error queue.
std::unique_ptr<Hasher> openssl_hasher();

}  // namespace pop3_legacy

#endif
