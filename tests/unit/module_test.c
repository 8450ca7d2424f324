/* Loads the modules as Dovecot does, with dlopen() and dlsym(). The few symbols of the pop3 binary
   that the plugin needs are defined here. */
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* must come after those */
#include <cmocka.h>
#include <string.h>

#include "config.h"
#include "lib.h"
/* after lib.h */
#include "mail-storage-hooks.h"
#include "mail-user.h"
#include "pop3-common.h"
#ifdef SETTINGS_MODULE
#include "settings-parser.h"
#endif

#pragma GCC visibility push(default)

struct pop3_module_register pop3_module_register = {0};
struct client* pop3_clients = NULL;

void client_send_line(struct client* client ATTR_UNUSED, const char* fmt ATTR_UNUSED, ...) {
  fail_msg("the module called the host while it was loaded");
}
void client_disconnect(struct client* client ATTR_UNUSED, const char* reason ATTR_UNUSED) {
  fail_msg("the module called the host while it was loaded");
}
bool client_update_mails(struct client* client ATTR_UNUSED) {
  fail_msg("the module called the host while it was loaded");
  return FALSE;
}
bool client_handle_input(struct client* client ATTR_UNUSED) {
  fail_msg("the module called the host while it was loaded");
  return FALSE;
}

static pop3_client_created_func_t* created_hook;

pop3_client_created_func_t* pop3_client_created_hook_set(pop3_client_created_func_t* new_hook) {
  pop3_client_created_func_t* old = created_hook;

  created_hook = new_hook;
  return old;
}

#pragma GCC visibility pop

static void* open_module(const char* path) {
  void* module = dlopen(path, RTLD_NOW | RTLD_GLOBAL);

  if (module == NULL) fail_msg("%s", dlerror());
  return module;
}

static void plugin_has_what_dovecot_looks_for(void** state ATTR_UNUSED) {
  void* module = open_module(PLUGIN);
  const char** version = dlsym(module, "pop3_legacy_plugin_version");

  assert_non_null(version);
  assert_string_equal(*version, DOVECOT_ABI_VERSION);
  /* It can be loaded in every process. */
  assert_null(dlsym(module, "pop3_legacy_plugin_binary_dependency"));
  assert_non_null(dlsym(module, "pop3_legacy_plugin_init"));
  assert_non_null(dlsym(module, "pop3_legacy_plugin_deinit"));
  assert_int_equal(dlclose(module), 0);
}

/* Modules are loaded RTLD_GLOBAL: the next plugin would use a libstdc++ or toml++ visible from
   outside as its own. */
static void plugin_shows_nothing_else(void** state ATTR_UNUSED) {
  void* module = open_module(PLUGIN);
  static const char* const hidden[] = {
      "_ZNSt9exceptionD1Ev",        "_Znwm", "__cxa_throw", "__gxx_personality_v0",
      "_ZTISt18bad_variant_access",
  };

  for (size_t i = 0; i < N_ELEMENTS(hidden); i++) assert_null(dlsym(module, hidden[i]));
  assert_int_equal(dlclose(module), 0);
}

static void plugin_starts_and_ends(void** state ATTR_UNUSED) {
  void* module = open_module(PLUGIN);
  void (*init)(struct module*);
  void (*deinit)(void);
  struct module* none = NULL;

  /* POSIX's way to convert dlsym()'s result to a function pointer */
  *(void**)&init = dlsym(module, "pop3_legacy_plugin_init");
  *(void**)&deinit = dlsym(module, "pop3_legacy_plugin_deinit");
  lib_init();
  mail_storage_hooks_init();
  init(none);
  deinit();
  mail_storage_hooks_deinit();
  lib_deinit();
  assert_int_equal(dlclose(module), 0);
}

/* What it needs of pop3-login comes from one of Dovecot's libraries. */
static void login_plugin_has_what_dovecot_looks_for(void** state ATTR_UNUSED) {
  void* module = open_module(LOGIN_PLUGIN);
  const char** version = dlsym(module, "pop3_legacy_login_plugin_version");
  const char* binary = dlsym(module, "pop3_legacy_login_plugin_binary_dependency");

  assert_non_null(version);
  assert_string_equal(*version, DOVECOT_ABI_VERSION);
  assert_non_null(binary);
  assert_string_equal(binary, "pop3-login");
  assert_non_null(dlsym(module, "pop3_legacy_login_plugin_init"));
  assert_non_null(dlsym(module, "pop3_legacy_login_plugin_deinit"));
  assert_null(dlsym(module, "_Znwm"));
  assert_null(dlsym(module, "pop3_legacy_login_settings_read"));
  assert_int_equal(dlclose(module), 0);
}

#ifdef SETTINGS_MODULE

static void settings_module_names_its_settings(void** state ATTR_UNUSED) {
  void* module = open_module(SETTINGS_MODULE);
  const char* const* version = dlsym(module, "pop3_legacy_settings_version");
  const struct setting_parser_info* const* infos = dlsym(module, "pop3_legacy_settings_set_infos");

  assert_non_null(version);
  assert_string_equal(*version, DOVECOT_ABI_VERSION);
  assert_non_null(infos);
  assert_non_null(infos[0]);
  assert_non_null(infos[1]);
  assert_null(infos[2]);
  assert_string_equal(infos[0]->name, "pop3_legacy");
  assert_string_equal(infos[0]->defines[0].key, "pop3_legacy_policy");
  assert_string_equal(infos[0]->defines[1].key, "pop3_legacy_policy_dict");
  assert_string_equal(infos[0]->defines[2].key, "pop3_legacy_profile");
  assert_string_equal(infos[0]->defines[3].key, "pop3_legacy_state_dict");
  assert_null(infos[0]->defines[4].key);
  assert_string_equal(infos[1]->name, "pop3_legacy_login");
  assert_string_equal(infos[1]->defines[0].key, "pop3_legacy_login_help");
  assert_string_equal(infos[1]->defines[1].key, "pop3_legacy_login_capabilities");
  assert_string_equal(infos[1]->defines[2].key, "pop3_legacy_login_unknown_command");
  assert_null(infos[1]->defines[3].key);
  assert_int_equal(dlclose(module), 0);
}

#endif

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(plugin_has_what_dovecot_looks_for),
      cmocka_unit_test(plugin_shows_nothing_else),
      cmocka_unit_test(plugin_starts_and_ends),
      cmocka_unit_test(login_plugin_has_what_dovecot_looks_for),
#ifdef SETTINGS_MODULE
      cmocka_unit_test(settings_module_names_its_settings),
#endif
  };

  return cmocka_run_group_tests_name("modules", tests, NULL, NULL);
}
