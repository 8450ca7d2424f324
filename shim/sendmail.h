/// Hands messages to a sendmail-like program without blocking.
#ifndef POP3_LEGACY_SHIM_SENDMAIL_H
#define POP3_LEGACY_SHIM_SENDMAIL_H

#include <functional>
#include <memory>
#include <string>

#include "plugin/core/base/result.h"
#include "plugin/core/host/submission.h"
#include "plugin/process/event_loop.h"

namespace pop3_legacy::shim {

/// Runs `PROGRAM -i -f SENDER -- RECIPIENT…` with the message as its input. Exit status 0: it has
/// accepted the message; 75 (EX_TEMPFAIL): it may be tried again; any other: it refuses. Its output
/// is the reason. `loop` must outlive the submission. If the submission is dropped, the program
/// continues. `spool` must be a files::SpoolFile.
Result<std::unique_ptr<Submission>> run_sendmail(process::EventLoop& loop,
                                                 const std::string& program, Spool& spool,
                                                 const Envelope& envelope,
                                                 std::function<void(Outcome)> done);

}  // namespace pop3_legacy::shim

#endif
