/// The AUTHORIZATION state: HELP before login, what CAPA shows there besides the host's lines, and
/// the text for unknown commands. The domain is not known yet, so three settings of the host decide
/// these instead of a policy. Without them everything stays as the host has it.
///
/// Runs in Dovecot's pop3-login process, which is started for nearly every connection: code here
/// must need nothing of the core but texts and replies.
#ifndef POP3_LEGACY_CORE_LOGIN_AUTHORIZATION_H
#define POP3_LEGACY_CORE_LOGIN_AUTHORIZATION_H

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/help/help_text.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/protocol/reply.h"

namespace pop3_legacy {

/// The ways to log in that the host offers this client now.
struct WaysIn {
  bool password = false;  ///< USER and PASS
  bool apop = false;
  bool sasl = false;  ///< AUTH with at least one mechanism
  bool stls = false;
};

/// The administrator's settings as written; "" where not set.
struct AuthorizationWords {
  std::string_view login_help = {};             ///< long | rambler | line
  std::string_view login_capabilities = {};     ///< lines for CAPA, separated by commas
  std::string_view login_unknown_command = {};  ///< the text after -ERR
};

class Authorization {
 public:
  /// Changes nothing.
  Authorization() = default;

  /// An Error begins with the name of the setting, as above.
  ///
  /// A capability is private (begins with X), or RFC 2449's LOGIN-DELAY or EXPIRE, followed by USER
  /// where it differs per user. Capabilities that the host itself announces are refused, because
  /// nothing would make them true. So is IMPLEMENTATION, which is only shown after login.
  static Result<Authorization> parse(const AuthorizationWords& words);

  /// True: HELP is answered here. False: it is an unknown command, as it is to the host.
  [[nodiscard]] bool has_help() const noexcept { return help_.has_value(); }
  /// The reply to HELP. Requires has_help().
  [[nodiscard]] Reply help(const WaysIn& ways_in, std::string_view arguments) const;

  [[nodiscard]] bool has_capabilities() const noexcept {
    return has_help() || !capabilities_.empty();
  }
  /// The host's answer to CAPA followed by our lines.
  [[nodiscard]] Reply capa(std::string_view host_answer) const;

  /// The reply to an unknown command; no value: the host's own.
  [[nodiscard]] std::optional<Reply> unknown_command() const;

  [[nodiscard]] bool idle() const noexcept {
    return !has_capabilities() && unknown_command_.empty();
  }

 private:
  std::optional<policy::HelpStyle> help_;
  std::vector<std::string> capabilities_;
  std::string unknown_command_;
};

}  // namespace pop3_legacy

#endif
