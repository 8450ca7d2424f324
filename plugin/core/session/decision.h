/// What happens to the octets at the front of a session's input. Session::take() decides once; the
/// host carries it out.
#ifndef POP3_LEGACY_CORE_SESSION_DECISION_H
#define POP3_LEGACY_CORE_SESSION_DECISION_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "plugin/core/protocol/answer.h"
#include "plugin/core/protocol/command_table.h"

namespace pop3_legacy {

/// Who takes the octets. Later: not known yet, because something is found out in parts or somebody
/// else's lock is awaited.
enum class Taker : std::uint8_t { incomplete, host, ours, later };

/// Its texts are valid until the octets that take() was given are gone, or take() is called again.
struct Decision {
  Taker taker = Taker::incomplete;
  /// Whole lines including their LF: a run of lines for the host, exactly one for us.
  std::size_t octets = 0;
  /// If not empty, what the host is given instead: the line that is meant, with its LF.
  std::string_view rewritten = {};
  /// Do not ask again before this; zero: as soon as the process's other sessions have had their
  /// turns.
  std::chrono::milliseconds pause{0};

  // --- for one of our lines, used by Session::answer() ---

  const Command* command = nullptr;  ///< nullptr: not in the table, and therefore refused
  std::string_view arguments = {};
  std::unique_ptr<Answer> refusal = nullptr;  ///< given in place of the command's answer
};

}  // namespace pop3_legacy

#endif
