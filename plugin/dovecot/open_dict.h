/// One of Dovecot's dicts, for one piece of work (host_dict.h).
#ifndef POP3_LEGACY_DOVECOT_OPEN_DICT_H
#define POP3_LEGACY_DOVECOT_OPEN_DICT_H

#include <memory>
#include <optional>
#include <string>

#include "plugin/core/base/result.h"
#include "plugin/dovecot/host.h"
#include "plugin/dovecot/host_dict.h"

namespace pop3_legacy::dovecot {

class OpenDict {
 public:
  /// `block` and `uri` are as for pop3_legacy_host_dict_open(). nullptr: none is configured. Errors
  /// here and below give the reason, but not what the dict was needed for.
  static Result<std::unique_ptr<OpenDict>> open(struct mail_user* user, const char* block,
                                                const char* uri);
  OpenDict(const OpenDict&) = delete;
  OpenDict& operator=(const OpenDict&) = delete;
  OpenDict(OpenDict&&) = delete;
  OpenDict& operator=(OpenDict&&) = delete;
  ~OpenDict() { pop3_legacy_host_dict_close(&dict_); }

  /// No value: there is no such key. After an Error, nothing more may be asked.
  [[nodiscard]] Result<std::optional<std::string>> read(const std::string& key);
  /// `value` must not contain a NUL.
  Status write(const std::string& key, const std::string& value);

 private:
  explicit OpenDict(struct pop3_legacy_host_dict* dict) : dict_(dict) {}

  struct pop3_legacy_host_dict* dict_;
};

}  // namespace pop3_legacy::dovecot

#endif
