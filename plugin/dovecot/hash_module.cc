/// The only symbol of pop3_legacy_hash.so, for hash_loader.cc.
#include "plugin/hash/openssl_hasher.h"

extern "C" __attribute__((visibility("default"))) pop3_legacy::Hasher* pop3_legacy_open_hasher();

pop3_legacy::Hasher* pop3_legacy_open_hasher() {
  return pop3_legacy::openssl_hasher().release();
}
