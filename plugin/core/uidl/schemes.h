/// The UIDL schemes: the formulas by which other POP3 servers named messages, one row each.
///
/// A formula is a pure function of a message's Facts; assignment.h turns it into a whole maildrop's
/// ids (chains, cutovers, pins, duplicates). To add a scheme, add a function to its family's file
/// (index.cc, file_name.cc, mbox.cc, qpopper.cc, stored.cc, own.cc) and a row to schemes.cc. If a
/// formula looks odd, that is what the old server does, according to its source where public.
#ifndef POP3_LEGACY_CORE_UIDL_SCHEMES_H
#define POP3_LEGACY_CORE_UIDL_SCHEMES_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "plugin/core/base/hasher.h"
#include "plugin/core/base/result.h"
#include "plugin/core/uidl/facts.h"
#include "plugin/core/uidl/identifier_length.h"
#include "plugin/core/uidl/plan.h"
#include "plugin/core/uidl/template.h"
#include "plugin/core/uidl/uid_form.h"

namespace pop3_legacy::uidl {

/// The most expensive thing that a formula reads.
enum class Needs : std::uint8_t {
  index,     ///< UID, UIDVALIDITY, GUID, received date, file name
  old_file,  ///< a file that the old server left in the Maildir, which may disappear
  header,    ///< the message's header
  envelope,  ///< the header and the mbox "From " line
  body,      ///< the beginning of the message and the mbox "From " line
};

/// What a formula may use besides the message.
struct Context {
  /// Called only when a formula hashes, because it may make a hasher.
  std::function<Result<Hasher*>()> hasher;
  const Template* form = nullptr;  ///< for scheme "template"
  std::string_view key;            ///< for scheme "hmac-sha256"
  /// The user to whose mailbox that scheme ties the ids; empty: the present Facts::user().
  std::string_view owner;
  /// How many octets an id may have in this mailbox.
  std::size_t longest = max_identifier_octets;
  /// Added to the UID by schemes that identify a message by nothing else (UidCount in memory.h).
  std::uint64_t uid_offset = 0;
};

/// The id; no value: this formula has none for this message (no X-UIDL header, no file name), so
/// the next scheme in the chain is asked. The id is raw, and may break RFC 1939's rules as on the
/// old server: see identifier.h.
using RawId = Result<std::optional<std::string>>;
using Formula = RawId(Facts& facts, const Context& context);
/// For a scheme whose ids are only the UID in a form. Context::uid_offset is added by the caller if
/// Scheme::counts_uids.
using UidFormOf = UidForm(UidValidity validity);

struct Scheme {
  std::string_view name;  ///< its name in a policy
  Needs needs = Needs::index;
  bool hashes = false;  ///< asks for Context::hasher
  /// Converting from mbox to Maildir, or between Maildirs while keeping the file names, leaves the
  /// ids unchanged. If false, the old list has to be imported (pins).
  bool survives_conversion = false;
  /// An id that is too long in this mailbox counts as none, and the next scheme in the chain is
  /// asked.
  bool legal_only = false;
  /// Raised when the formula gives a message another id than before: cached results of an earlier
  /// revision are then ignored.
  unsigned revision = 1;
  /// The same id would recur under another UIDVALIDITY, so counting continues: Context::uid_offset.
  bool counts_uids = false;
  std::string_view description;  ///< one sentence without a full stop: whose ids, made from what
  Formula* formula = nullptr;
  UidFormOf* uid_form =
      nullptr;  ///< gives the same ids as `formula`; nullptr: they are not of UIDs
};

/// In the order used by the documents.
std::span<const Scheme> schemes() noexcept;

/// The row named `name`; nullptr if there is none.
const Scheme* find_scheme(std::string_view name) noexcept;

/// The result `raw` of the scheme's formula, as it counts in a mailbox whose ids have at most
/// `longest` octets.
std::optional<std::string> counted(const Scheme& scheme, std::optional<std::string> raw,
                                   std::size_t longest);

/// The name under which a cache keeps the results of the scheme's formula.
std::string cached_as(const Scheme& scheme);
/// The same for all schemes of a plan, each after a blank.
std::string revisions_of(const Plan& plan);

}  // namespace pop3_legacy::uidl

#endif
