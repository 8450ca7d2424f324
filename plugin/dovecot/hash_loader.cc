#include "plugin/dovecot/hash_loader.h"

#include <utility>

#include "plugin/dovecot/lazy_module.h"

namespace pop3_legacy::dovecot {

Result<Hasher*> LoadedHasher::get() {
  using OpenHasher = Hasher* (*)();
  static OpenHasher open_hasher = nullptr;
  if (open_hasher == nullptr) {
    const Result<void*> found = lazy_symbol("pop3_legacy_hash.so", "pop3_legacy_open_hasher");
    if (!found) {
      return Error{Failure::permanent, found.error().text};
    }
    open_hasher = reinterpret_cast<OpenHasher>(found.value());
  }
  if (!hasher_) {
    hasher_.reset(open_hasher());
  }
  return hasher_.get();
}

}  // namespace pop3_legacy::dovecot
