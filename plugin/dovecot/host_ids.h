/// The ids that Dovecot's pop3 gives messages itself, for those who have to know them without being
/// asked for UIDL.
#ifndef POP3_LEGACY_DOVECOT_HOST_IDS_H
#define POP3_LEGACY_DOVECOT_HOST_IDS_H

#include <memory>
#include <optional>
#include <string>

#include "plugin/core/base/result.h"
#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// What pop3_get_uid() (pop3-commands.c) goes by.
struct HostIdSettings {
  std::string format;        ///< pop3_uidl_format, in the language of this Dovecot
  bool reuse_xuidl = false;  ///< pop3_reuse_xuidl
};

/// Where a process has them from.
struct HostIdSource {
  /// No value: they are not known in this process.
  std::optional<HostIdSettings> (*settings)(const struct mail_user* user) = nullptr;
  /// The ids are shown to POP3 clients here.
  bool serves_clients = false;
};
/// Once, by the module.
void set_host_id_source(const HostIdSource& of_process);
[[nodiscard]] bool serves_clients();

/// Those of one mailbox.
class HostIds {
 public:
  explicit HostIds(struct mailbox* box);
  HostIds(const HostIds&) = delete;
  HostIds& operator=(const HostIds&) = delete;
  HostIds(HostIds&&) = delete;
  HostIds& operator=(HostIds&&) = delete;
  ~HostIds();

  /// The id of a message with which none is stored. Empty: this process does not know it.
  Result<std::string> id(struct mail* mail);

 private:
  class Format;

  struct mailbox* box_;
  std::optional<HostIdSettings> settings_;
  std::unique_ptr<Format> format_;
};

}  // namespace pop3_legacy::dovecot

#endif
