/// What surrounds the sessions of the standalone host.
#ifndef POP3_LEGACY_SHIM_ENVIRONMENT_H
#define POP3_LEGACY_SHIM_ENVIRONMENT_H

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/host/program.h"
#include "plugin/core/host/submission.h"
#include "plugin/core/login/authorization.h"
#include "plugin/core/policy/policy.h"
#include "shim/maildrop.h"

namespace pop3_legacy::shim {

/// What a session needs from its surroundings. Everything referred to must outlive the sessions.
struct Environment {
  /// Required.
  Maildrops* maildrops = nullptr;
  /// The password of `user`, also the shared secret of APOP. No value: there is no such user.
  /// Required.
  std::function<std::optional<std::string>(std::string_view user)> password_of;
  /// Asked once, at login. Empty: the built-in defaults.
  std::function<policy::Resolution(std::string_view user)> policy_of;
  /// RFC 1939's "<process-ID.clock@hostname>", a new one for every session. Empty: no APOP.
  std::string apop_timestamp;
  /// What is answered before login besides the base commands.
  Authorization authorization;
  /// host::Outbox::submit(). Empty: nothing can be sent.
  std::function<Result<std::unique_ptr<Submission>>(Spool& spool, const Envelope& envelope,
                                                    std::function<void(Outcome)> done)>
      submit;
  /// host::Programs::run_program() for a path. Empty: there are no programs.
  std::function<Result<std::unique_ptr<RunningProgram>>(const ProgramCall& call,
                                                        std::function<void(ProgramResult)> done)>
      run_program;
  /// The client's machine has acknowledged everything that was sent. Empty: this is not known.
  std::function<bool()> output_acknowledged;
  /// The session has finished waiting (waits()), and take_output() has more. Not called from within
  /// a method of the session.
  std::function<void()> wake;
  /// Takes one sentence for the administrator. Empty: it is dropped.
  std::function<void(std::string_view sentence)> log;
};

}  // namespace pop3_legacy::shim

#endif
