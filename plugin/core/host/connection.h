/// The host's own commands, and what has left it for the client.
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
  /// The host does not survive a line of the client's whose first word has one of these octets, and
  /// must not be given it.
  [[nodiscard]] virtual std::string_view deadly_in_verb() const noexcept = 0;
  /// The client's machine has acknowledged all that was sent, as far as the host can tell: where a
  /// process of its own stands between, or somebody else's proxy, that is no proof.
  [[nodiscard]] virtual bool output_acknowledged() const = 0;
  /// Octets the host has sent in this session in answer to RETR (Access::retrieve) or TOP
  /// (Access::top). Grows when an answer is complete, by more than nothing, and not by an
  /// answer that refuses.
  [[nodiscard]] virtual std::uint64_t octets_sent(Access access) const = 0;
  /// What the host itself answers to `command` ("CAPA", no CRLF): its octets, all lines, with
  /// the final ".". Only for commands that answer at once and change nothing.
  [[nodiscard]] virtual Result<std::string> host_answer(std::string_view command) = 0;
};

}  // namespace pop3_legacy::host

#endif
