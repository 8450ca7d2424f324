/// A session's surroundings: who and where it is, the clock, the log, and services of libraries.
#ifndef POP3_LEGACY_CORE_HOST_ENVIRONMENT_H
#define POP3_LEGACY_CORE_HOST_ENVIRONMENT_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/event.h"
#include "plugin/core/base/hasher.h"
#include "plugin/core/base/result.h"
#include "plugin/core/host/interface.h"
#include "plugin/core/host/submission.h"

namespace pop3_legacy::host {

class Environment : public Interface {
 public:
  /// Seconds since 1970.
  [[nodiscard]] virtual std::int64_t now() const = 0;
  /// Logs one sentence for the administrator. The host adds who and when.
  virtual void log_error(std::string_view sentence) = 0;
  /// Logs `event`, and counts it where the host can.
  virtual void report(const Event& event) = 0;
  /// The login name as the host has it; it may contain any octet except NUL, CR and LF.
  [[nodiscard]] virtual std::string user_name() const = 0;
  /// The name of this machine, valid as the domain of a mail address.
  [[nodiscard]] virtual std::string host_name() const = 0;
  /// A name for this session's process, by which others can ask about it: letters, digits and "-".
  [[nodiscard]] virtual std::string process() const = 0;
  /// Whether the process with that name is still running. No value: it is on another machine, so
  /// this cannot be known here.
  [[nodiscard]] virtual std::optional<bool> is_running(std::string_view process) const = 0;

  /// The result lives as long as the host.
  [[nodiscard]] virtual Result<Hasher*> hasher() = 0;
  /// See policy::AsciiDomain.
  [[nodiscard]] virtual Result<std::string> ascii_domain(std::string_view domain) = 0;
  /// A header field's value with its encoded words (RFC 2047) decoded to UTF-8.
  [[nodiscard]] virtual std::string decoded(std::string_view value) = 0;
  /// The addresses in a header field's value (RFC 5322's address-list, unfolded), including members
  /// of groups; at most `at_most`. An Error's sentence is for the client; its kind has no meaning.
  [[nodiscard]] virtual Result<std::vector<Address>> parse_addresses(std::string_view value,
                                                                     std::size_t at_most) = 0;
};

}  // namespace pop3_legacy::host

#endif
