/// Programs run by Dovecot's script service, which decides as which user and how many at a time.
#ifndef POP3_LEGACY_DOVECOT_SCRIPT_PROGRAM_H
#define POP3_LEGACY_DOVECOT_SCRIPT_PROGRAM_H

#include <functional>
#include <memory>

#include "plugin/core/host/program.h"
#include "plugin/dovecot/host.h"
#include "plugin/process/event_loop.h"

namespace pop3_legacy::dovecot {

/// host::Programs::run_program() for a socket in Dovecot's base_dir. `loop` must outlive the
/// program.
std::unique_ptr<RunningProgram> run_script(process::EventLoop& loop, struct mail_user* user,
                                           const ProgramCall& call,
                                           std::function<void(ProgramResult)> done);

}  // namespace pop3_legacy::dovecot

#endif
