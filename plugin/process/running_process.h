/// Names for processes, by which another process can ask whether one still runs.
#ifndef POP3_LEGACY_PROCESS_RUNNING_PROCESS_H
#define POP3_LEGACY_PROCESS_RUNNING_PROCESS_H

#include <optional>
#include <string>
#include <string_view>

namespace pop3_legacy::process {

/// host::Environment::process(): of this one. It says which machine, since which boot, which space
/// of process numbers, the number, and when the process began, so that a number that was given out
/// again is no mistake. Empty where /proc is not there.
std::string this_process();

/// host::Environment::is_running(). No value: `name` is of another machine, another boot or another
/// container, or /proc does not show the process.
std::optional<bool> is_running(std::string_view name);

}  // namespace pop3_legacy::process

#endif
