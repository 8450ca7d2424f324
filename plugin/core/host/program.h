/// A program that answers for a command of the administrator's: how it is run, what came of it.
#ifndef POP3_LEGACY_CORE_HOST_PROGRAM_H
#define POP3_LEGACY_CORE_HOST_PROGRAM_H

#include <cstdint>
#include <string>
#include <vector>

namespace pop3_legacy {

/// It runs as the mail user, without arguments, with nothing to read on its input, and with no
/// file open but its input and its two outputs.
struct ProgramCall {
  /// `target` is a socket of Dovecot's script service, not a path.
  bool service = false;
  std::string target;
  std::vector<std::string> environment;  ///< "NAME=value"; there is nothing else in it
  std::uint64_t timeout = 0;             ///< seconds
  std::uint64_t max_octets = 0;          ///< of standard output
};

struct ProgramResult {
  enum class End : std::uint8_t {
    succeeded,  ///< exit status 0
    failed,     ///< another one
    broken,     ///< it did not begin, or ended by a signal; nobody knows what it would have said
    timed_out,  ///< and was killed
    too_long,   ///< and was killed
  };
  End end = End::broken;
  std::string output;  ///< where it succeeded or failed
  std::string reason;  ///< for the log: its exit status, and the end of its standard error
};

/// Dropped: the program and what it has started are killed; a script service's runs on, and nobody
/// listens.
class RunningProgram {
 public:
  RunningProgram() = default;
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;
  RunningProgram(RunningProgram&&) = delete;
  RunningProgram& operator=(RunningProgram&&) = delete;
  virtual ~RunningProgram() = default;
};

}  // namespace pop3_legacy

#endif
