/// The contents of messages.
#ifndef POP3_LEGACY_CORE_HOST_CONTENTS_H
#define POP3_LEGACY_CORE_HOST_CONTENTS_H

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/host/interface.h"
#include "plugin/core/host/types.h"
#include "plugin/core/mangle/message_parts.h"
#include "plugin/core/message/header_field.h"

namespace pop3_legacy::host {

/// Gives access to messages for one answer, and releases what it holds of the host afterwards. Must
/// not outlive the host. `number` is between 1 and message_count(). Failure::gone: somebody else
/// has removed the message.
class Inspection {
 public:
  using Fields = std::vector<std::optional<std::string>>;

  Inspection() = default;
  Inspection(const Inspection&) = delete;
  Inspection& operator=(const Inspection&) = delete;
  Inspection(Inspection&&) = delete;
  Inspection& operator=(Inspection&&) = delete;
  virtual ~Inspection() = default;

  /// Puts what first_field() finds for each query of Contents::inspect(), in the same order, in
  /// place of what was in `found`.
  virtual Status fields(MessageNumber number, Fields& found) = 0;
  /// The lines of the whole message, including the header.
  [[nodiscard]] virtual Result<std::uint64_t> lines(MessageNumber number) = 0;
};

/// `number` is between 1 and message_count().
class Contents : public Interface {
 public:
  /// Opens messages for reading these header fields; `queries` may be empty.
  [[nodiscard]] virtual Result<std::unique_ptr<Inspection>> inspect(
      std::vector<FieldQuery> queries) = 0;
  /// Parses a message into its parts. The result must not outlive the host.
  [[nodiscard]] virtual Result<std::unique_ptr<MessageParts>> open_parts(MessageNumber number) = 0;
  /// Marks a message that is not deleted as read, as RETR does.
  virtual Status mark_seen(MessageNumber number) = 0;
};

}  // namespace pop3_legacy::host

#endif
