/// The AUTHORIZATION state: HELP before login, what CAPA says there beside the host's lines, and
/// the text for unknown commands. No domain is known yet, so no policy decides these but three
/// settings of the host's; without them everything is as the host has it.
///
/// Runs in Dovecot's pop3-login process, which is started for each connection or nearly so:
/// nothing here may need more of the core than texts and replies.
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

/// The ways in that the host would let this client take now.
struct WaysIn {
  bool password = false;  ///< USER and PASS
  bool apop = false;
  bool sasl = false;  ///< AUTH with one mechanism at least
  bool stls = false;
};

/// The administrator's settings as they were written; "" where they were not.
struct AuthorizationWords {
  std::string_view login_help = {};             ///< long | rambler | line
  std::string_view login_capabilities = {};     ///< lines for CAPA, separated by commas
  std::string_view login_unknown_command = {};  ///< the text behind -ERR
};

class Authorization {
 public:
  /// Changes nothing.
  Authorization() = default;

  /// An Error begins with the name of the setting, as above.
  ///
  /// A capability is a private one, beginning with X, or RFC 2449's LOGIN-DELAY or EXPIRE, with
  /// USER behind where it is per user. Those that the host itself announces are refused, for
  /// nothing would make them true, and so is IMPLEMENTATION, which is shown after login only.
  static Result<Authorization> parse(const AuthorizationWords& words);

  /// HELP is answered here; otherwise it is unknown, as it is to the host.
  [[nodiscard]] bool has_help() const noexcept { return help_.has_value(); }
  /// The reply to HELP; has_help().
  [[nodiscard]] Reply help(const WaysIn& ways_in, std::string_view arguments) const;

  [[nodiscard]] bool has_capabilities() const noexcept {
    return has_help() || !capabilities_.empty();
  }
  /// The host's answer to CAPA with ours behind it.
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
