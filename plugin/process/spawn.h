/// Starting children of this process and reading their output.
#ifndef POP3_LEGACY_PROCESS_SPAWN_H
#define POP3_LEGACY_PROCESS_SPAWN_H

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/files/open_file.h"

namespace pop3_legacy::process {

/// The reading end does not block; the writing end does.
struct Pipe {
  std::optional<files::OpenFile> reading;
  std::optional<files::OpenFile> writing;

  Status open();
};

/// How a program starts. It has no open files but its input and its two outputs.
struct Spawn {
  std::vector<std::string> arguments;                        ///< the first is the program's path
  std::optional<std::vector<std::string>> environment = {};  ///< "NAME=value"; no value: as here
  int input = -1;                                            ///< -1: it has nothing to read
  int output = -1;
  int complaints = -1;
  /// The program gets its own session (setsid), and no signal is blocked or ignored.
  bool on_its_own = false;
};

/// Returns the child's number; the caller must reap it (EventLoop::child()).
Result<pid_t> spawn(Spawn call);

/// Appends what can be read from `fd` without waiting and keeps only the last `kept` octets of
/// `text`. False: there will be no more.
bool read_tail(int fd, std::size_t kept, std::string& text);

}  // namespace pop3_legacy::process

#endif
