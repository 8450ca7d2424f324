/// The formulas that the table of schemes names, family by family. What is odd about them is what
/// the old servers do, read from their sources where those are public.
#ifndef POP3_LEGACY_CORE_UIDL_FORMULAS_H
#define POP3_LEGACY_CORE_UIDL_FORMULAS_H

#include <optional>
#include <string>

#include "plugin/core/result.h"
#include "plugin/core/uidl/facts.h"
#include "plugin/core/uidl/schemes.h"

namespace pop3_legacy::uidl {

using RawId = Result<std::optional<std::string>>;

// --- index.cc: of UID and UIDVALIDITY; never without a value ---

/// 8 lower-case hexadecimal digits each of UIDVALIDITY and UID.
RawId uw(Facts& facts, const Context& context);
/// 8 lower-case hexadecimal digits each of UID and UIDVALIDITY.
RawId dovecot(Facts& facts, const Context& context);
/// `UIDVALIDITY.UID`.
RawId cyrus(Facts& facts, const Context& context);
/// `UIDVALIDITY-UID`.
RawId cyrus_courier(Facts& facts, const Context& context);
RawId decimal_uid(Facts& facts, const Context& context);
/// 14 decimal digits: UIDVALIDITY modulo 9000, plus 1000, and 10 digits of the UID. Under one
/// UIDVALIDITY no two UIDs have the same.
RawId numeric(Facts& facts, const Context& context);

// --- file_name.cc: of what the old server left in the Maildir; no value outside of one ---

/// `UIDn-v` of courierpop3dsizelist, `UIDn` where v is 0.
RawId courier(Facts& facts, const Context& context);
/// The file name, octets outside of 0x21 to 0x7E, quotes and "+" as `+XX`.
RawId courier_v0(Facts& facts, const Context& context);
RawId file_name(Facts& facts, const Context& context);
RawId maildir_md5(Facts& facts, const Context& context);

// --- mbox.cc: of what stood in an mbox ---

/// The MD5 of the first 512 octets from the "From " line on. Where the message is shorter, the
/// empty line before the next "From " line is among them. No value without a "From " line.
RawId tpop3d_mbox(Facts& facts, const Context& context);
/// The MD5 of the lines that begin, in exactly this spelling, "Received:", "Date:", "Message-Id:"
/// or "Subject:", without their continuations.
RawId solid_mbox(Facts& facts, const Context& context);
/// Half an MD5 of the fields that an MUA leaves alone, with their continuations: the first
/// Received, Date and Message-ID before it, each Delivered-To, each X-Delivery-ID whose X is
/// upper case.
RawId popa3d(Facts& facts, const Context& context);

// --- qpopper.cc: of the "From " line and some header lines; no value without a "From " line ---

/// As version 2, and later ones with old-style-uid: MD5 in hexadecimal.
RawId qpopper_old(Facts& facts, const Context& context);
/// As versions 3 and 4 without status updates: the "From " line once more at the end, base80.
RawId qpopper(Facts& facts, const Context& context);
/// The same where Qpopper was built with CONTENT_LENGTH.
RawId qpopper_old_content_length(Facts& facts, const Context& context);
RawId qpopper_content_length(Facts& facts, const Context& context);

// --- stored.cc: an id that stands in the header ---

/// The first X-UIDL field, if its value is a legal id.
RawId xuidl(Facts& facts, const Context& context);
/// The first X-UIDL line with a value of 12 to 32 octets, blanks at its end counted.
RawId xuidl_qpopper(Facts& facts, const Context& context);
/// The last X-UIDL line, else the first Message-Id line; no value if that is empty (folded).
RawId heimdal(Facts& facts, const Context& context);

// --- own.cc: no old server's ---

RawId filled_template(Facts& facts, const Context& context);
/// The first 16 octets, in hexadecimal, of the HMAC of user, LF, GUID.
RawId hmac_sha256(Facts& facts, const Context& context);

}  // namespace pop3_legacy::uidl

#endif
