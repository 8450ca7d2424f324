#include "plugin/dovecot/open_dict.h"

#include "plugin/core/base/text.h"

namespace pop3_legacy::dovecot {

namespace {

/// Copies a string allocated by Dovecot's i_strdup() and frees it.
std::string taken(char* text) {
  std::string out(text == nullptr ? "" : text);
  i_free(text);
  return out;
}

Error failed(char* why) {
  return {Failure::temporary, printable(taken(why))};
}

}  // namespace

Result<std::unique_ptr<OpenDict>> OpenDict::open(struct mail_user* user, const char* block,
                                                 const char* uri) {
  struct pop3_legacy_host_dict* dict = nullptr;
  const char* error = nullptr;
  const int opened = pop3_legacy_host_dict_open(user, block, uri, &dict, &error);
  if (opened < 0) return Error{Failure::permanent, printable(error)};
  return std::unique_ptr<OpenDict>(opened > 0 ? new OpenDict(dict) : nullptr);
}

Result<std::optional<std::string>> OpenDict::read(const std::string& key) {
  char* value = nullptr;
  char* error = nullptr;
  const int result = pop3_legacy_host_dict_lookup(dict_, key.c_str(), &value, &error);
  if (result < 0) return failed(error);
  return result > 0 ? std::optional(taken(value)) : std::nullopt;
}

Status OpenDict::write(const std::string& key, const std::string& value) {
  char* error = nullptr;
  if (pop3_legacy_host_dict_set(dict_, key.c_str(), value.c_str(), &error) < 0) {
    return failed(error);
  }
  return Done{};
}

}  // namespace pop3_legacy::dovecot
