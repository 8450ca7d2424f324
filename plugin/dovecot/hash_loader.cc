#include "plugin/dovecot/hash_loader.h"

#include <dlfcn.h>

#include <string>
#include <utility>

namespace pop3_legacy::dovecot {

namespace {

using OpenHasher = Hasher* (*)();

// Where this code was loaded from, with the "/" behind it.
std::string own_folder() {
  Dl_info info{};
  static const char here = 0;
  if (::dladdr(&here, &info) == 0 || info.dli_fname == nullptr) {
    return {};
  }
  const std::string path = info.dli_fname;
  return path.substr(0, path.rfind('/') + 1);
}

Result<std::unique_ptr<Hasher>> load_hasher() {
  static OpenHasher open_hasher = nullptr;
  std::string failure;
  for (const char* const name : {"pop3_legacy_hash.so", "../pop3_legacy_hash.so"}) {
    if (open_hasher != nullptr) {
      break;
    }
    const std::string path = own_folder() + name;
    if (void* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
      open_hasher = reinterpret_cast<OpenHasher>(::dlsym(module, "pop3_legacy_open_hasher"));
    }
    if (open_hasher == nullptr) {
      failure += (failure.empty() ? "" : "; ") + std::string(::dlerror());
    }
  }
  if (open_hasher == nullptr) {
    return Error{Failure::permanent, "the module for hashes cannot be loaded: " + failure};
  }
  return std::unique_ptr<Hasher>(open_hasher());
}

}  // namespace

Result<Hasher*> LoadedHasher::get() {
  if (!hasher_) {
    auto loaded = load_hasher();
    if (!loaded) {
      return loaded.error();
    }
    hasher_ = std::move(loaded.value());
  }
  return hasher_.get();
}

}  // namespace pop3_legacy::dovecot
