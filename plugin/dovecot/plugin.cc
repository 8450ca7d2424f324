/// Entry points of lib95_pop3_legacy_plugin.so.
///
/// The session is attached when the user's namespaces have been created. By then Dovecot has put
/// the octets that followed PASS in front of the input, so none pass unseen; the mailbox is not
/// open yet, and no command has been read. Only what rewords Dovecot's replies or refuses a login
/// is installed earlier, because Dovecot may answer the login first.
#include <optional>
#include <string>
#include <utility>

#include "plugin/core/base/version.h"
#include "plugin/core/state/mailbox_users.h"
#include "plugin/dovecot/client_session.h"
#include "plugin/dovecot/dovecot_loop.h"
#include "plugin/dovecot/host_ids.h"
#include "plugin/dovecot/mailbox_state.h"
#include "plugin/dovecot/output_filter.h"
#include "plugin/dovecot/pop3_host.h"
#include "plugin/dovecot/trampoline.h"
#include "plugin/dovecot/uidl_storage.h"
#include "plugin/dovecot/user_policy.h"

namespace pop3_legacy::dovecot {

namespace {

struct client* client_of(const struct mail_user* user) {
  struct client* client = pop3_clients;
  while (client != nullptr && client->user != user) {
    client = client->next;
  }
  return client;
}

/// The settings of a POP3 session's user; no value for any other user.
std::optional<HostIdSettings> id_settings(const struct mail_user* user) {
  const struct client* const client = client_of(user);
  if (client == nullptr || client->mail_set == nullptr) {
    return std::nullopt;
  }
  return HostIdSettings{.format = client->mail_set->pop3_uidl_format,
                        .reuse_xuidl = client->set->pop3_reuse_xuidl};
}

bool remembers_hidden(const struct mail_user* user, bool by_user) {
  struct mail_namespace* const inbox = mail_namespace_find_inbox(user->namespaces);
  if (inbox == nullptr) return false;
  if (!by_user) return has_mailbox_state(inbox, view::hidden_state);
  const auto name = state_of_user(view::hidden_state, user->username);
  return !name || has_mailbox_state(inbox, name.value());
}

/// Which build runs here, and which Dovecot it was built for: once in each process.
void tell_version(const struct mail_user* user) {
  static bool told = false;
  if (std::exchange(told, true)) return;
  e_debug(user->event, "pop3_legacy: version %s, built for Dovecot's ABI %s", version().c_str(),
          DOVECOT_ABI_VERSION);
}

/// False with a reason in user->error: the session must not go on without its policy.
bool attach_session(struct mail_user* user) {
  struct client* const client = client_of(user);
  if (client == nullptr) {
    return true;  // a user of a shared namespace
  }
  tell_version(user);
  const policy::Resolution* const resolution = user_policy(user);
  if (resolution == nullptr) {
    return false;
  }
  const bool by_user = has_states_of_own(user, resolution->policy);
  ClientSession::attach(client, *resolution,
                        {.uidls = remembers_uidls(user), .hidden = remembers_hidden(user, by_user)},
                        by_user);
  return true;
}

void namespaces_created(struct mail_namespace* namespaces) {
  struct mail_user* const user = namespaces->user;
  const bool done =
      trampoline("attaching to the session", false, [&] { return attach_session(user); });
  if (!done && user->error == nullptr) {
    user->error = p_strdup(user->pool, "pop3_legacy: the session's policy could not be set up");
  }
}

pop3_client_created_func_t* next_client_created = nullptr;

// Called before Dovecot answers the login. Mistakes in the policy are reported later, when the
// namespaces are there. Unlike the other hooks, which belong to a user, this one belongs to the
// process: a user whose own mail_plugins omit the plugin gets Dovecot unchanged.
void client_created(struct client** client) {
  trampoline("a new session", 0, [&] {
    if (!has_plugin((*client)->user)) return 0;
    const policy::Resolution* const resolution = user_policy((*client)->user);
    if (resolution != nullptr && (wording::words_replies(resolution->policy.reply) ||
                                  policy::delays_logins(resolution->policy))) {
      output_filter_install(*client);
    }
    return 0;
  });
  if (next_client_created != nullptr) {
    next_client_created(client);
  }
}

void mail_allocated(struct mail* mail) {
  static const auto for_ids = uidl_hooks().mail_allocated;
  ClientSession::mail_allocated(mail);
  for_ids(mail);
}

const struct mail_storage_hooks hooks = [] {
  struct mail_storage_hooks table = uidl_hooks();
  table.mail_namespaces_created = namespaces_created;
  table.mail_allocated = mail_allocated;
  return table;
}();

}  // namespace

}  // namespace pop3_legacy::dovecot

extern "C" {

__attribute__((visibility("default"))) void pop3_legacy_plugin_init(struct module* module);
__attribute__((visibility("default"))) void pop3_legacy_plugin_deinit(void);

void pop3_legacy_plugin_init(struct module* module) {
  if (!pop3_legacy::dovecot::in_pop3()) {
    return;
  }
  mail_storage_hooks_add(module, &pop3_legacy::dovecot::hooks);
  pop3_legacy::dovecot::set_host_id_source(
      {.settings = pop3_legacy::dovecot::id_settings, .serves_clients = true});
  pop3_legacy::dovecot::next_client_created =
      pop3_client_created_hook_set(pop3_legacy::dovecot::client_created);
}

void pop3_legacy_plugin_deinit(void) {
  if (!pop3_legacy::dovecot::in_pop3()) {
    return;
  }
  pop3_legacy::dovecot::end_of_children();
  pop3_client_created_hook_set(pop3_legacy::dovecot::next_client_created);
  mail_storage_hooks_remove(&pop3_legacy::dovecot::hooks);
}
}
