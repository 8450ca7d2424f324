/// The ids that Dovecot's pop3 itself gives messages, for code that needs them outside a UIDL
/// command.
#ifndef POP3_LEGACY_DOVECOT_HOST_IDS_H
#define POP3_LEGACY_DOVECOT_HOST_IDS_H

#include <memory>
#include <optional>
#include <string>

#include "plugin/core/base/result.h"
#include "plugin/dovecot/host.h"

namespace pop3_legacy::dovecot {

/// The settings that pop3_get_uid() (pop3-commands.c) uses.
struct HostIdSettings {
  std::string format;        ///< pop3_uidl_format, in this Dovecot's syntax
  bool reuse_xuidl = false;  ///< pop3_reuse_xuidl
};

/// Where a process gets these settings.
struct HostIdSource {
  /// No value: this process does not know them.
  std::optional<HostIdSettings> (*settings)(const struct mail_user* user) = nullptr;
  /// This process shows the ids to POP3 clients.
  bool serves_clients = false;
};
/// The module calls this once.
void set_host_id_source(const HostIdSource& of_process);
[[nodiscard]] bool serves_clients();

/// The ids of one mailbox.
class HostIds {
 public:
  explicit HostIds(struct mailbox* box);
  HostIds(const HostIds&) = delete;
  HostIds& operator=(const HostIds&) = delete;
  HostIds(HostIds&&) = delete;
  HostIds& operator=(HostIds&&) = delete;
  ~HostIds();

  /// The id of a message that has none stored. Empty: this process does not know it.
  Result<std::string> id(struct mail* mail);

 private:
  class Format;

  struct mailbox* box_;
  std::optional<HostIdSettings> settings_;
  std::unique_ptr<Format> format_;
};

}  // namespace pop3_legacy::dovecot

#endif
