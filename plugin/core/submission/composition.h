/// What a client's header becomes: who sends it and to whom, and the header as it goes to the MTA.
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

/// The user's own address: the login name, with the machine's name where it has no domain. An
/// Error, whose sentence is for the client, where it cannot be one: then nothing of it reaches a
/// header or the MTA.
Result<Address> address_of_user(const host::Environment& environment);

struct Composition {
  Envelope envelope;
  std::string header;  ///< every line with CRLF, the empty line not among them
};

/// `header` is the client's, without the empty line. Checks From, Sender and the Resent- ones
/// against `policy`; takes the recipients from To, Cc and Bcc, or where there are Resent- ones from
/// those alone, as sendmail -t does; leaves out Bcc, Resent-Bcc, Return-Path, and what XSENDER
/// would take for the mail system's own word; puts a Received line in front, and Date and
/// Message-ID where they are missing. An Error's sentence is for the client.
Result<Composition> compose(std::string_view header, const Address& user,
                            const policy::Policy& policy, host::Environment& environment);

}  // namespace pop3_legacy::submission

#endif
