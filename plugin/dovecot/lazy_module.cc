#include "plugin/dovecot/lazy_module.h"

#include <dlfcn.h>

#include <string>

namespace pop3_legacy::dovecot {

namespace {

// The folder this code was loaded from, with a trailing "/".
std::string own_folder() {
  Dl_info info{};
  static const char here = 0;
  if (::dladdr(&here, &info) == 0 || info.dli_fname == nullptr) {
    return {};
  }
  const std::string path = info.dli_fname;
  return path.substr(0, path.rfind('/') + 1);
}

}  // namespace

Result<void*> lazy_symbol(const char* file, const char* symbol) {
  std::string failure;
  for (const char* const folder : {"", "../"}) {
    const std::string path = own_folder() + folder + file;
    if (void* const module = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
      if (void* const found = ::dlsym(module, symbol)) {
        return found;
      }
    }
    const char* const reason = ::dlerror();
    failure += (failure.empty() ? "" : "; ") + std::string(reason == nullptr ? path : reason);
  }
  return Error{Failure::temporary,
               "the module " + std::string(file) + " cannot be loaded: " + failure};
}

}  // namespace pop3_legacy::dovecot
