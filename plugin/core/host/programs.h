/// Programs provided by the administrator.
#ifndef POP3_LEGACY_CORE_HOST_PROGRAMS_H
#define POP3_LEGACY_CORE_HOST_PROGRAMS_H

#include <functional>
#include <memory>

#include "plugin/core/base/result.h"
#include "plugin/core/host/interface.h"
#include "plugin/core/host/program.h"

namespace pop3_legacy::host {

class Programs : public Interface {
 public:
  /// Runs a program. `done` is called once, from the event loop and not from within this call,
  /// unless the program is dropped first; it may drop the program. An Error's sentence is for the
  /// log.
  [[nodiscard]] virtual Result<std::unique_ptr<RunningProgram>> run_program(
      const ProgramCall& call, std::function<void(ProgramResult)> done) = 0;
};

}  // namespace pop3_legacy::host

#endif
