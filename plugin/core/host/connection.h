/// The host's own commands, and what it has sent to the client.
#ifndef POP3_LEGACY_CORE_HOST_CONNECTION_H
#define POP3_LEGACY_CORE_HOST_CONNECTION_H

#include <cstdint>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/host/access.h"
#include "plugin/core/host/interface.h"

namespace pop3_legacy::host {

class Connection : public Interface {
 public:
  /// The host crashes on a client's line whose first word has one of these octets, so it must not
  /// be given such a line.
  [[nodiscard]] virtual std::string_view deadly_in_verb() const noexcept = 0;
  /// The client's machine has acknowledged everything that was sent, as far as the host can tell.
  /// If another process or a proxy is in between, this is no proof.
  [[nodiscard]] virtual bool output_acknowledged() const = 0;
  /// Octets that the host has sent in this session in answer to RETR (Access::retrieve) or TOP
  /// (Access::top). Grows when an answer is complete, by more than zero, and not for refusals.
  [[nodiscard]] virtual std::uint64_t octets_sent(Access access) const = 0;
  /// The host's own answer to `command` ("CAPA", no CRLF): all lines, including the final ".". Only
  /// for commands that answer at once and change nothing.
  [[nodiscard]] virtual Result<std::string> host_answer(std::string_view command) = 0;
};

}  // namespace pop3_legacy::host

#endif
