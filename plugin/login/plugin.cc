/// Entry points of lib95_pop3_legacy_login_plugin.so, which runs in Dovecot's pop3-login process.
#include <string>

#include "plugin/core/login/authorization.h"
#include "plugin/dovecot/trampoline.h"
#include "plugin/login/login_client.h"
#include "plugin/login/login_host.h"
#include "plugin/login/login_settings.h"

namespace pop3_legacy::login {

namespace {

/// Reads the settings. If they make no sense, this is logged and everything stays as Dovecot has
/// it: without a login process, nobody could read their mail.
Authorization read_authorization() {
  struct pop3_legacy_login_settings settings {};
  const char* error = nullptr;
  if (pop3_legacy_login_settings_read(&settings, &error) < 0) {
    i_error("pop3_legacy_login: the settings cannot be read, so nothing changes before login: %s",
            error);
    return {};
  }
  auto parsed = Authorization::parse({.login_help = settings.help,
                                      .login_capabilities = settings.capabilities,
                                      .login_unknown_command = settings.unknown_command});
  if (!parsed) {
    i_error("pop3_legacy_login: nothing changes before login: the setting pop3_legacy_%s",
            parsed.error().text.c_str());
    return {};
  }
  if (parsed.value().idle()) {
    i_warning(
        "pop3_legacy_login: nothing changes before login: none of pop3_legacy_login_help, "
        "pop3_legacy_login_capabilities and pop3_legacy_login_unknown_command is set");
  }
  return std::move(parsed.value());
}

Authorization& authorization() {
  static Authorization made;
  return made;
}

void client_allocated(struct client* client) {
  attach(client, authorization());
}

const struct login_client_hooks hooks { .client_allocated = client_allocated };

bool hooked = false;

}  // namespace

}  // namespace pop3_legacy::login

extern "C" {

__attribute__((visibility("default"))) void pop3_legacy_login_plugin_init(struct module* module);
__attribute__((visibility("default"))) void pop3_legacy_login_plugin_deinit(void);

void pop3_legacy_login_plugin_init(struct module* module) {
  using namespace pop3_legacy;
  login::hooked = dovecot::trampoline("reading the settings", false, [] {
    login::authorization() = login::read_authorization();
    return !login::authorization().idle();
  });
  if (login::hooked) {
    login_client_hooks_add(module, &login::hooks);
  }
}

void pop3_legacy_login_plugin_deinit(void) {
  if (pop3_legacy::login::hooked) {
    login_client_hooks_remove(&pop3_legacy::login::hooks);
  }
}
}
