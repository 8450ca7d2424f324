#include "plugin/doveadm/policy_tool.h"

#include <string>

#include "plugin/core/policy/report.h"
#include "plugin/doveadm/doveadm_host.h"
#include "plugin/dovecot/trampoline.h"
#include "plugin/dovecot/user_policy.h"

namespace pop3_legacy::doveadm {

namespace {

int print_policy(struct mail_user* user, bool explain) {
  const policy::Resolution* const resolution = dovecot::user_policy(user);
  if (resolution == nullptr) {
    e_error(user->event, "%s", user->error);
    return -1;
  }
  if (!resolution->intact) return 0;
  std::string text = explain
                         ? policy::explain(resolution->policy, dovecot::user_policy_origins(user))
                         : policy::show(resolution->policy);
  text.pop_back();  // doveadm ends its output with a line end
  doveadm_print(text.c_str());
  return 1;
}

}  // namespace

}  // namespace pop3_legacy::doveadm

extern "C" int pop3_legacy_policy_print(struct mail_user* user, bool explain) {
  return pop3_legacy::dovecot::trampoline(
      "doveadm", -1, [&] { return pop3_legacy::doveadm::print_policy(user, explain); });
}
