/// OpenSSL, loaded by the sessions that hash and by no other: merely loading libcrypto costs a
/// login about as much as a fifth of everything else.
#ifndef POP3_LEGACY_DOVECOT_HASH_LOADER_H
#define POP3_LEGACY_DOVECOT_HASH_LOADER_H

#include <memory>

#include "plugin/core/base/hasher.h"
#include "plugin/core/base/result.h"

namespace pop3_legacy::dovecot {

/// From the module pop3_legacy_hash.so (lazy_module.h).
class LoadedHasher {
 public:
  /// Loads it at the first call that succeeds. It lives as long as this.
  Result<Hasher*> get();

 private:
  std::unique_ptr<Hasher> hasher_;
};

}  // namespace pop3_legacy::dovecot

#endif
