/// OpenSSL, loaded only by the sessions that hash: merely loading libcrypto costs a login about a
/// fifth of what everything else costs.
#ifndef POP3_LEGACY_DOVECOT_HASH_LOADER_H
#define POP3_LEGACY_DOVECOT_HASH_LOADER_H

#include <memory>

#include "plugin/core/base/hasher.h"
#include "plugin/core/base/result.h"

namespace pop3_legacy::dovecot {

/// Gets its hasher from the module pop3_legacy_hash.so (lazy_module.h).
class LoadedHasher {
 public:
  /// Loads the module at the first successful call. The result lives as long as this.
  Result<Hasher*> get();

 private:
  std::unique_ptr<Hasher> hasher_;
};

}  // namespace pop3_legacy::dovecot

#endif
