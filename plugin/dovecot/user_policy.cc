#include "plugin/dovecot/user_policy.h"

#include <string>
#include <string_view>
#include <utility>

#include "plugin/core/base/text.h"
#include "plugin/dovecot/dict_policies.h"
#include "plugin/dovecot/domain_loader.h"
#include "plugin/dovecot/host_event.h"
#include "plugin/dovecot/module_context.h"
#include "plugin/dovecot/open_dict.h"
#include "plugin/dovecot/plugin_settings.h"
#include "plugin/files/policy_folder.h"

namespace pop3_legacy::dovecot {

namespace {

/// Before the URI, if the setting names a dict and not a folder.
constexpr std::string_view dict_prefix = "dict:";

MODULE_CONTEXT_DEFINE_INIT(user_module, &mail_user_module_register);

struct UserPolicy {
  union mail_user_module_context module_context;  // must be first; holds the callbacks before ours
  policy::Resolution* resolution;                 // owned; nullptr until somebody asks for it
};

void deinit_user(struct mail_user* user) {
  auto* const kept = module_context<UserPolicy>(user, user_module);
  delete kept->resolution;
  kept->resolution = nullptr;
  kept->module_context.super.deinit(user);
}

policy::Resolution unusable(std::string why) {
  policy::Resolution resolution;
  resolution.intact = resolution.deny_known = resolution.uidl_known = false;
  resolution.problems.push_back(std::move(why));
  return resolution;
}

policy::Resolution resolve_policy(struct mail_user* user,
                                  const struct pop3_legacy_settings& settings,
                                  policy::Origins* origins) {
  const std::string_view folder = settings.policy;
  const std::string setting = "pop3_legacy_policy = " + printable(folder);
  const bool has_uri = folder.starts_with(dict_prefix);
  auto dict = OpenDict::open(user, POP3_LEGACY_POLICY_DICT,
                             has_uri ? settings.policy + dict_prefix.size() : "");
  if (!dict) {
    return unusable("the dict with the policy cannot be used: " + dict.error().text);
  }
  if (dict.value()) {
    DictPolicies store(std::move(dict.value()));
    if (folder.starts_with('/')) {
      return unusable(setting + ": there is a dict for the policy, too; remove one of them");
    }
    return policy::resolve(&store, user->username, settings.profile, ascii_domain, origins);
  }
  if (folder.empty()) {
    return policy::resolve(nullptr, user->username, settings.profile, ascii_domain);
  }
  if (!folder.starts_with('/')) {
    return unusable(setting + ": the path of the policy folder must begin with /");
  }
  files::PolicyFolder store(std::string(folder), files::shipped_folder);
  return policy::resolve(&store, user->username, settings.profile, ascii_domain, origins);
}

std::string_view dialect_of(const policy::Resolution& resolution) {
  const wording::Dialect* const dialect = resolution.policy.reply.dialect;
  return dialect == nullptr ? wording::dialects().front().name : dialect->name;
}

}  // namespace

void user_policy_created(struct mail_user* user) {
  auto* const kept = p_new(user->pool, UserPolicy, 1);
  struct mail_user_vfuncs* const callbacks = user->vlast;
  kept->module_context.super = *callbacks;
  user->vlast = &kept->module_context.super;
  callbacks->deinit = deinit_user;
  set_module_context(user, user_module, kept);
}

bool has_plugin(struct mail_user* user) {
  return module_context<UserPolicy>(user, user_module) != nullptr;
}

const policy::Resolution* user_policy(struct mail_user* user) {
  auto* const kept = module_context<UserPolicy>(user, user_module);
  if (kept == nullptr) {
    user->error = p_strdup(user->pool, "pop3_legacy is not among the user's mail_plugins");
    return nullptr;
  }
  if (kept->resolution != nullptr) {
    return kept->resolution;
  }
  struct pop3_legacy_settings settings {};
  const char* error = nullptr;
  if (pop3_legacy_settings_read(user, &settings, &error) < 0) {
    user->error = p_strdup_printf(user->pool, "pop3_legacy: %s", error);
    return nullptr;
  }
  // owned by the user from here on; deinit_user() deletes it
  kept->resolution = new policy::Resolution(resolve_policy(user, settings, nullptr));
  describe_user(user->event, user->username, dialect_of(*kept->resolution));
  for (const std::string& problem : kept->resolution->problems) {
    report_event(user->event, {.level = LogLevel::error,
                               .text = "policy: " + problem,
                               .name = "pop3_legacy_policy_failed",
                               .fields = {{"reason", problem}}});
  }
  for (const std::string& note : kept->resolution->notes) {
    report_event(user->event, {LogLevel::warning, "policy: " + note});
  }
  return kept->resolution;
}

policy::Origins user_policy_origins(struct mail_user* user) {
  policy::Origins origins;
  struct pop3_legacy_settings settings {};
  const char* error = nullptr;
  if (pop3_legacy_settings_read(user, &settings, &error) == 0) {
    (void)resolve_policy(user, settings, &origins);
  }
  return origins;
}

bool has_states_of_own(const struct mail_user* user, const policy::Policy& policy) {
  const struct mail_namespace* const inbox = mail_namespace_find_inbox(user->namespaces);
  return policy.inbox.shared || (inbox != nullptr && inbox->type != MAIL_NAMESPACE_TYPE_PRIVATE);
}

}  // namespace pop3_legacy::dovecot
