/// What the UIDL formulas may ask about one message. Each host has one implementation.
///
/// Every question may be expensive (reading a header, or the old server's file), so a formula asks
/// only for what it needs. An Error means that the fact is not known at the moment; then the id is
/// also unknown, and never replaced by another. A fact that a message lacks (no envelope line) is
/// not an Error but no value.
#ifndef POP3_LEGACY_CORE_UIDL_FACTS_H
#define POP3_LEGACY_CORE_UIDL_FACTS_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "plugin/core/base/result.h"
#include "plugin/core/host/types.h"

namespace pop3_legacy::uidl {

/// A message's numbers in Courier's list (courier_list.h).
struct CourierNumber {
  std::uint64_t number = 0;    ///< 0: its id is the file's name, as before Courier used numbers
  std::uint64_t validity = 0;  ///< 0: not part of the id
};

class Facts {
 public:
  Facts() = default;
  Facts(const Facts&) = delete;
  Facts& operator=(const Facts&) = delete;
  Facts(Facts&&) = delete;
  Facts& operator=(Facts&&) = delete;
  virtual ~Facts() = default;

  [[nodiscard]] virtual Uid uid() = 0;
  [[nodiscard]] virtual UidValidity uidvalidity() = 0;
  /// Dovecot's globally unique id of the message, which survives copying to another server (dsync,
  /// a copied Maildir). Never empty, no white space. Failure::permanent: the mailbox's format has
  /// none.
  [[nodiscard]] virtual Result<std::string> guid() = 0;
  /// The name of the maildrop's user, as the host has it.
  [[nodiscard]] virtual std::string user() = 0;
  /// INTERNALDATE (RFC 3501, section 2.3.3), in seconds since 1970.
  [[nodiscard]] virtual Result<std::int64_t> received() = 0;

  /// A Maildir file's name up to the ":" that begins its flags. No value: the message is not in a
  /// Maildir.
  [[nodiscard]] virtual Result<std::optional<std::string>> file_name() = 0;
  /// No value: Courier has not numbered it.
  [[nodiscard]] virtual Result<std::optional<CourierNumber>> courier() = 0;

  /// The whole header as stored, with LF or CRLF, without the empty line that follows. A
  /// Content-Length that the host itself wrote into an mbox is not included.
  [[nodiscard]] virtual Result<std::string> header() = 0;
  /// The mbox "From " line with its line end, as stored. No value: there is none.
  [[nodiscard]] virtual Result<std::optional<std::string>> envelope_line() = 0;
  /// The first `octets` octets of the message as stored, header and body without the envelope line;
  /// fewer if the message is shorter.
  [[nodiscard]] virtual Result<std::string> beginning(std::size_t octets) = 0;
};

}  // namespace pop3_legacy::uidl

#endif
