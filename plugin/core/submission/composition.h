/// Processes a client's header: the sender, the recipients, and the header that goes to the MTA.
#ifndef POP3_LEGACY_CORE_SUBMISSION_COMPOSITION_H
#define POP3_LEGACY_CORE_SUBMISSION_COMPOSITION_H

#include <cstdint>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/host/environment.h"
#include "plugin/core/host/submission.h"
#include "plugin/core/policy/policy.h"

namespace pop3_legacy::submission {

/// The user's own address: the login name, plus the machine's name if it has no domain. An Error,
/// whose sentence is for the client, if that is not a valid address: then none of it reaches a
/// header or the MTA.
Result<Address> address_of_user(const host::Environment& environment);

/// "anna@example.org", safe for a log.
std::string shown(const Address& address);

struct Composition {
  Envelope envelope;
  std::string header;      ///< every line with CRLF; without the empty line
  std::string message_id;  ///< as in the header, with "<" and ">"
};

/// `header` is the client's, without the empty line. Checks From, Sender and the Resent- fields
/// against `policy`. Takes the recipients from To, Cc and Bcc or, if there are Resent- fields, only
/// from those, as sendmail -t does. Removes Bcc, Resent-Bcc, Return-Path, and the field that
/// XSENDER would trust as the mail system's. Adds a Received line in front, and Date and Message-ID
/// if missing. An Error's sentence is for the client.
Result<Composition> compose(std::string_view header, const Address& user,
                            const policy::Policy& policy, host::Environment& environment);

}  // namespace pop3_legacy::submission

#endif
