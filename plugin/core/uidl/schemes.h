/// The UIDL schemes: the formulas by which other POP3 servers named messages, one row each.
///
/// A formula is a pure function of a message's Facts; what makes a whole maildrop's ids of it
/// (chains, cutovers, pins, duplicates) is assignment.h. A new scheme is a function in the file of
/// its family (index.cc, file_name.cc, mbox.cc, qpopper.cc, stored.cc, own.cc) and a row in
/// schemes.cc. What is odd about a formula is what the old server does, read from its source where
/// that is public.
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
#include "plugin/core/uidl/template.h"

namespace pop3_legacy::uidl {

/// What a formula reads, the dearest part of it.
enum class Needs : std::uint8_t {
  index,     ///< UID, UIDVALIDITY, GUID, received date, file name
  old_file,  ///< a file that the old server left in the Maildir, and that may go one day
  header,    ///< the message's header
  envelope,  ///< the header, and the mbox "From " line
  body,      ///< the beginning of the message, and the mbox "From " line
};

/// What a formula may use beside the message.
struct Context {
  /// Called when a formula hashes, not before: it may load a library.
  std::function<Result<Hasher*>()> hasher;
  const Template* form = nullptr;  ///< of scheme "template"
  std::string_view key;            ///< of scheme "hmac-sha256"
  /// The user to whose mailbox that scheme ties the ids; empty: who Facts::user() is now.
  std::string_view owner;
  /// Octets that an id may have in this mailbox.
  std::size_t longest = max_identifier_octets;
  /// Added to the UID by schemes that know a message by nothing else (UidCount in memory.h).
  std::uint64_t uid_offset = 0;
};

/// The id; no value: this formula has none for this message (no X-UIDL header, no file name),
/// and the next of the chain is asked. The id is the raw value, and may break RFC 1939's rules
/// as the old server did: see identifier.h.
using RawId = Result<std::optional<std::string>>;
using Formula = RawId(Facts& facts, const Context& context);

struct Scheme {
  std::string_view name;  ///< as the policy has it
  Needs needs = Needs::index;
  bool hashes = false;  ///< loads OpenSSL
  /// A conversion from mbox to Maildir, or from one Maildir to another that keeps the file
  /// names, leaves the ids as they were. Where false, the old list has to be imported (pins).
  bool survives_conversion = false;
  /// An id that is too long in this mailbox counts as none, and the next of the chain is asked.
  bool legal_only = false;
  /// Raised when the formula gives a message another id than before: what a cache has of an earlier
  /// one is not asked.
  unsigned revision = 1;
  /// The same id would come again under another UIDVALIDITY, so it counts on: Context::uid_offset.
  bool counts_uids = false;
  std::string_view description;  ///< one sentence without its dot: whose ids, made of what
  Formula* formula = nullptr;
};

/// In the order of the documents.
std::span<const Scheme> schemes() noexcept;

/// The row named `name`; nullptr if there is none.
const Scheme* find_scheme(std::string_view name) noexcept;

/// What the scheme's formula gave, for a mailbox whose ids have at most `longest` octets.
std::optional<std::string> counted(const Scheme& scheme, std::optional<std::string> raw,
                                   std::size_t longest);

/// By this name a cache keeps what the scheme's formula gave.
std::string cached_as(const Scheme& scheme);

}  // namespace pop3_legacy::uidl

#endif
