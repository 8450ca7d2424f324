/// A program that answers a command defined by the administrator: how it is run and its result.
#ifndef POP3_LEGACY_CORE_HOST_PROGRAM_H
#define POP3_LEGACY_CORE_HOST_PROGRAM_H

#include <cstdint>
#include <string>
#include <vector>

namespace pop3_legacy {

/// It runs as the mail user, without arguments, with empty standard input, and with no open file
/// other than its input and two outputs.
struct ProgramCall {
  /// `target` is a socket of Dovecot's script service, not a path.
  bool service = false;
  std::string target;
  std::vector<std::string> environment;  ///< "NAME=value"; nothing else is in it
  std::uint64_t timeout = 0;             ///< seconds
  std::uint64_t max_octets = 0;          ///< limit for standard output
};

struct ProgramResult {
  enum class End : std::uint8_t {
    succeeded,  ///< exit status 0
    failed,     ///< any other exit status
    broken,     ///< it did not start, or a signal ended it; its answer is unknown
    timed_out,  ///< and was killed
    too_long,   ///< and was killed
  };
  End end = End::broken;
  std::string output;  ///< if it succeeded or failed
  std::string reason;  ///< for the log: its exit status and the end of its standard error
};

/// Dropping it kills the program and what it has started. A script service's program keeps running,
/// and its output is ignored.
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
