#include <algorithm>
#include <string>

#include "plugin/core/base/text.h"
#include "plugin/core/protocol/capability_list.h"
#include "plugin/core/protocol/command_table.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"
#include "plugin/core/tracking/view.h"

namespace pop3_legacy::commands {

namespace {

/// The host's command that is announced by `capability`, if there is one.
const Command* announced_by(std::string_view capability) noexcept {
  const auto table = command_table();
  const auto row = std::find_if(table.begin(), table.end(), [&](const Command& command) {
    return !command.capability.empty() && !command.ours() &&
           equals_ignoring_case(command.capability, capability_tag(capability));
  });
  return row == table.end() ? nullptr : &*row;
}

/// The host's answer with ours added and what is denied taken out.
Reply with_ours(const Session& session, std::string_view host) {
  const std::uint64_t login_delay = session.policy().pace.login_delay;
  CapabilityList list(host, [&](std::string_view line) {
    const Command* const command = announced_by(line);
    if (login_delay > 0 && equals_ignoring_case(capability_tag(line), "LOGIN-DELAY")) return false;
    return command == nullptr || session.commands().available(*command);
  });
  for (const Command& command : command_table()) {
    if (command.ours() && !command.capability.empty() && session.commands().available(command)) {
      list.add(command.capability);
    }
  }
  // RFC 2449, section 6.5: this is the user's own value, hence no USER.
  if (login_delay > 0) {
    list.add("LOGIN-DELAY " + std::to_string(login_delay));
  }
  if (const std::string expire = view::expire_capability(session.policy()); !expire.empty()) {
    list.add(expire);
  }
  if (!session.policy().capa.implementation.empty()) {
    list.add("IMPLEMENTATION " + session.policy().capa.implementation);
  }
  return Reply::verbatim(list.wire());
}

}  // namespace

Answer capa(Session& session, std::string_view /*arguments*/) {
  auto asked = session.connection().host_answer("CAPA");
  if (!asked) {
    session.environment().log_error("CAPA: " + asked.error().text);
    return Reply::temporary_failure("The capabilities cannot be read.");
  }
  const std::string& host = asked.value();
  if (!host.starts_with("+OK")) {
    return Reply::verbatim(host);
  }

  Session::Kept& kept = session.kept();
  if (!kept.capa || kept.hosts_capa != host) {
    kept.capa = with_ours(session, host);
    kept.hosts_capa = host;
  }
  return Reply(*kept.capa);
}

}  // namespace pop3_legacy::commands
