/// Runs a program as a child of this process, without a shell and without waiting for it.
#ifndef POP3_LEGACY_PROCESS_CHILD_PROGRAM_H
#define POP3_LEGACY_PROCESS_CHILD_PROGRAM_H

#include <functional>
#include <memory>

#include "plugin/core/base/result.h"
#include "plugin/core/host/program.h"
#include "plugin/process/event_loop.h"

namespace pop3_legacy::process {

/// host::Programs::run_program() for a path. `loop` lives longer than the program. The program has
/// a session (setsid) of its own; all that is left of it is killed when it ends, is in its time
/// limit's or output limit's way, or is dropped. A process that has made itself another session
/// escapes.
Result<std::unique_ptr<RunningProgram>> run_program(EventLoop& loop, const ProgramCall& call,
                                                    std::function<void(ProgramResult)> done);

}  // namespace pop3_legacy::process

#endif
