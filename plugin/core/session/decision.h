/// What becomes of the octets at the front of a session's input. Session::take() decides, once; the
/// host carries it out.
#ifndef POP3_LEGACY_CORE_SESSION_DECISION_H
#define POP3_LEGACY_CORE_SESSION_DECISION_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "plugin/core/protocol/answer.h"
#include "plugin/core/protocol/command_table.h"

namespace pop3_legacy {

/// Who takes the octets. Later: nobody knows yet, for something is found out in parts, or somebody
/// else's lock is waited for.
enum class Taker : std::uint8_t { incomplete, host, ours, later };

struct Decision {
  Taker taker = Taker::incomplete;
  /// Whole lines with their LF: a run of them for the host, exactly one for us.
  std::size_t octets = 0;
  /// What the host is to be given instead of them, where not empty: the line that is meant, with
  /// its LF.
  std::string rewritten = {};
  /// Not before; zero: once the process's other sessions have had their turns.
  std::chrono::milliseconds pause{0};

  // --- of a line of ours, for Session::answer() ---

  const Command* command = nullptr;  ///< nullptr: none of the table's, and then it is refused
  std::string arguments = {};
  std::optional<Answer> refusal = std::nullopt;  ///< in place of what the command would answer
};

}  // namespace pop3_legacy

#endif
