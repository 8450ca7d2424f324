#include "plugin/core/uidl/schemes.h"

#include <algorithm>
#include <array>
#include <vector>

#include "plugin/core/uidl/identifier.h"

namespace pop3_legacy::uidl {

// What the rows call, file by file: index.cc, file_name.cc, mbox.cc, qpopper.cc, stored.cc, own.cc.
UidFormOf uw, dovecot, cyrus, cyrus_courier, decimal_uid, numeric;
Formula courier, courier_v0, file_name, maildir_md5;
Formula tpop3d_mbox, solid_mbox, popa3d;
Formula qpopper_old, qpopper, qpopper_old_content_length, qpopper_content_length;
Formula xuidl, xuidl_qpopper, heimdal;
Formula filled_template, hmac_sha256;

namespace {

template <UidFormOf* form, bool counts_uids = false>
RawId by_form(Facts& facts, const Context& context) {
  UidForm made = form(facts.uidvalidity());
  if (counts_uids) made.offset = context.uid_offset;
  return std::optional(made.id(facts.uid()));
}

constexpr auto all_schemes = std::to_array<Scheme>({
    {.name = "uw",
     .description = "UW ipop3d's: UIDVALIDITY and UID, 8 lower-case hexadecimal digits each",
     .formula = by_form<uw>,
     .uid_form = uw},
    {.name = "dovecot",
     .description = "Dovecot's default (%08Xu%08Xv): UID and UIDVALIDITY, 8 hexadecimal digits "
                    "each, which Dovecot prints in lower case in spite of the X; its other formats "
                    "are written as template",
     .formula = by_form<dovecot>,
     .uid_form = dovecot},
    {.name = "cyrus",
     .description = "Cyrus's: UIDVALIDITY.UID, decimal",
     .formula = by_form<cyrus>,
     .uid_form = cyrus},
    {.name = "cyrus-uidonly",
     .counts_uids = true,
     .description = "Cyrus's with uidl_format uidonly: the UID, decimal",
     .formula = by_form<decimal_uid, true>,
     .uid_form = decimal_uid},
    {.name = "cyrus-courier",
     .description = "Cyrus's with uidl_format courier: UIDVALIDITY-UID, decimal; not the form of "
                    "Courier itself",
     .formula = by_form<cyrus_courier>,
     .uid_form = cyrus_courier},
    {.name = "courier",
     .needs = Needs::old_file,
     .survives_conversion = true,
     .description = "Courier's: UIDn-v, or UIDn, as its courierpop3dsizelist in the Maildir has it",
     .formula = courier},
    {.name = "courier-v0",
     .survives_conversion = true,
     .description = "Courier's before it numbered messages: the Maildir's file name up to the "
                    "\":\", odd characters as +XX",
     .formula = courier_v0},
    {.name = "qmail",
     .survives_conversion = true,
     .description =
         "qmail-pop3d's, vpopmail's, and a Dovecot's with %f: the Maildir's file name up "
         "to the \":\", in full; servers that cut their answers (tpop3d, at 126 "
         "characters) had less of a long one",
     .formula = file_name},
    {.name = "xmail",
     .survives_conversion = true,
     .description = "XMail's: the Maildir's file name",
     .formula = file_name},
    {.name = "maildir-md5",
     .hashes = true,
     .survives_conversion = true,
     .description = "tpop3d's and solid-pop3d's on a Maildir: the MD5 of the file name up to the "
                    "\":\"",
     .formula = maildir_md5},
    {.name = "tpop3d-mbox",
     .needs = Needs::body,
     .hashes = true,
     .revision = 2,  // the first included Dovecot's own Content-Length
     .description = "tpop3d's on an mbox: the MD5 of the first 512 octets from the \"From \" line "
                    "on",
     .formula = tpop3d_mbox},
    {.name = "solid-mbox",
     .needs = Needs::header,
     .hashes = true,
     .survives_conversion = true,
     .description = "solid-pop3d's on an mbox: the MD5 of the lines Received, Date, Message-Id and "
                    "Subject",
     .formula = solid_mbox},
    {.name = "popa3d",
     .needs = Needs::header,
     .hashes = true,
     .survives_conversion = true,
     .description = "popa3d's: 16 hexadecimal digits, half an MD5 of Received, Delivered-To and "
                    "what else stays the same",
     .formula = popa3d},
    {.name = "qpopper-old",
     .needs = Needs::envelope,
     .hashes = true,
     .description = "Qpopper 2's, and later ones' with old-style-uid: the MD5 of \"From \" line "
                    "and header lines, hexadecimal",
     .formula = qpopper_old},
    {.name = "qpopper",
     .needs = Needs::envelope,
     .hashes = true,
     .description = "Qpopper 3's and 4's without status updates: the MD5 of \"From \" line and "
                    "header lines, 20 characters",
     .formula = qpopper},
    {.name = "qpopper-old-content-length",
     .needs = Needs::envelope,
     .hashes = true,
     .revision = 2,  // the first included Dovecot's own Content-Length
     .description = "qpopper-old where Qpopper was built with CONTENT_LENGTH",
     .formula = qpopper_old_content_length},
    {.name = "qpopper-content-length",
     .needs = Needs::envelope,
     .hashes = true,
     .revision = 2,  // the first included Dovecot's own Content-Length
     .description = "qpopper where Qpopper was built with CONTENT_LENGTH",
     .formula = qpopper_content_length},
    {.name = "xuidl",
     .needs = Needs::header,
     .survives_conversion = true,
     .legal_only = true,
     .revision = 2,  // the first gave none longer than 70 octets
     .description = "The first X-UIDL header, if it is a legal id, as Qpopper 2 and mailutils "
                    "stored it",
     .formula = xuidl},
    {.name = "xuidl-qpopper",
     .needs = Needs::header,
     .survives_conversion = true,
     .description = "The first X-UIDL header of 12 to 32 characters, as Qpopper stored it and took "
                    "it for its own",
     .formula = xuidl_qpopper},
    {.name = "heimdal",
     .needs = Needs::header,
     .survives_conversion = true,
     .description = "Heimdal popper's: the last X-UIDL header, else the Message-Id; not its "
                    "no-message-id-N, which depends on the message's number",
     .formula = heimdal},
    {.name = "decimal-uid",
     .counts_uids = true,
     .description = "The UID, decimal, as James and hMailServer have it",
     .formula = by_form<decimal_uid, true>,
     .uid_form = decimal_uid},
    {.name = "numeric",
     .counts_uids = true,
     .description = "14 decimal digits, for clients that know numbers only: 4 of UIDVALIDITY and "
                    "10 of UID; no known server's",
     .formula = by_form<numeric, true>,
     .uid_form = numeric},
    {.name = "template",
     .description = "As uidl.template has it; moved with what its fields are made of",
     .formula = filled_template},
    {.name = "hmac-sha256",
     .hashes = true,
     .survives_conversion = true,
     .description = "32 hexadecimal digits of which nobody without the key learns anything: the "
                    "HMAC of the user's name and the message's GUID",
     .formula = hmac_sha256},
});

}  // namespace

std::span<const Scheme> schemes() noexcept {
  return all_schemes;
}

const Scheme* find_scheme(std::string_view name) noexcept {
  const auto* const found =
      std::find_if(all_schemes.begin(), all_schemes.end(),
                   [name](const Scheme& scheme) { return scheme.name == name; });
  return found == all_schemes.end() ? nullptr : found;
}

std::optional<std::string> counted(const Scheme& scheme, std::optional<std::string> raw,
                                   std::size_t longest) {
  if (raw && scheme.legal_only && !is_identifier(*raw, longest)) raw.reset();
  return raw;
}

std::string cached_as(const Scheme& scheme) {
  std::string name(scheme.name);
  return scheme.revision == 1 ? name : name + '.' + std::to_string(scheme.revision);
}

std::string revisions_of(const Plan& plan) {
  std::string out;
  const auto add = [&out](const std::vector<std::string>& chain) {
    for (const std::string& name : chain) {
      if (const Scheme* const scheme = find_scheme(name))
        out.append(" ").append(cached_as(*scheme));
    }
  };
  for (const Plan::Cutover& cutover : plan.cutovers) add(cutover.chain);
  add(plan.chain);
  return out;
}

}  // namespace pop3_legacy::uidl
