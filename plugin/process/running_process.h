/// Names for processes, with which another process can find out whether one is still running.
#ifndef POP3_LEGACY_PROCESS_RUNNING_PROCESS_H
#define POP3_LEGACY_PROCESS_RUNNING_PROCESS_H

#include <optional>
#include <string>
#include <string_view>

namespace pop3_legacy::process {

/// host::Environment::process() for this process. The name contains the machine, the boot, the
/// space of process numbers, the number, and when the process started, so that a reused number
/// causes no mistake. Empty without /proc.
std::string this_process();

/// host::Environment::is_running(). No value: `name` is from another machine, boot or container, or
/// /proc does not show the process.
std::optional<bool> is_running(std::string_view name);

}  // namespace pop3_legacy::process

#endif
