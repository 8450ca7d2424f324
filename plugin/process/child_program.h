/// Runs a program as a child of this process, without a shell and without blocking.
#ifndef POP3_LEGACY_PROCESS_CHILD_PROGRAM_H
#define POP3_LEGACY_PROCESS_CHILD_PROGRAM_H

#include <functional>
#include <memory>

#include "plugin/core/base/result.h"
#include "plugin/core/host/program.h"
#include "plugin/process/event_loop.h"

namespace pop3_legacy::process {

/// host::Programs::run_program() for a path. `loop` must outlive the program. The program gets its
/// own session (setsid). Whatever is left of it is killed when it ends, exceeds its time or output
/// limit, or is dropped. A process that starts another session escapes.
Result<std::unique_ptr<RunningProgram>> run_program(EventLoop& loop, const ProgramCall& call,
                                                    std::function<void(ProgramResult)> done);

}  // namespace pop3_legacy::process

#endif
