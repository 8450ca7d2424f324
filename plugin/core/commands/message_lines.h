/// Answers made from the messages' contents: a line about each message, or about one.
#ifndef POP3_LEGACY_CORE_COMMANDS_MESSAGE_LINES_H
#define POP3_LEGACY_CORE_COMMANDS_MESSAGE_LINES_H

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/host/contents.h"
#include "plugin/core/protocol/answer.h"

namespace pop3_legacy {
class Session;
}

namespace pop3_legacy::commands {

/// What was found in a message.
struct Seen {
  bool there = true;  ///< false: somebody else has removed it; nothing was found
  std::vector<std::optional<std::string>> fields;  ///< in the order of MessageLines::queries
  std::uint64_t lines = 0;                         ///< of the whole message
};

/// What a command shows of a message, and what it has to read for that.
struct MessageLines {
  std::string_view command;  ///< for the log
  std::vector<FieldQuery> queries;
  bool count_lines = false;  ///< false: Seen::lines is 0
  /// Like MessageListing::Line.
  std::function<Result<bool>(const Seen& seen, MessageNumber number, std::string& to)> line;
};

/// Answers with `first` and the lines of the messages from `from` to `to` that are not deleted, or
/// with -ERR [SYS/TEMP] if the host does not give access to contents. Failures are logged with the
/// command's name.
Answer list_lines(Session& session, host::Contents& contents, MessageLines lines,
                  const Reply& first, MessageNumber from, MessageNumber to);

/// The same for one message: +OK and its line. The message must have one.
Reply line_of_one(Session& session, host::Contents& contents, const MessageLines& lines,
                  MessageNumber number);

}  // namespace pop3_legacy::commands

#endif
