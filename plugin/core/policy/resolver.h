/// Which documents make up a session's policy, and in which order.
///
/// Later ones win: the built-in defaults, the document `default`, that of the user's domain, and
/// the profile chosen by the userdb. Each is preceded by the profiles it inherits, the most distant
/// first.
#ifndef POP3_LEGACY_CORE_POLICY_RESOLVER_H
#define POP3_LEGACY_CORE_POLICY_RESOLVER_H

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"
#include "plugin/core/policy/policy.h"
#include "plugin/core/policy/reader.h"
#include "plugin/core/policy/store.h"

namespace pop3_legacy::policy {

/// How many profiles a document may inherit, directly or indirectly.
inline constexpr std::size_t max_inherited_profiles = 8;

/// Where a value comes from.
struct Origin {
  std::string location;  ///< of the document
  unsigned line = 0;
};

/// By Key::path; a key that is missing here has its built-in default.
using Origins = std::map<std::string_view, Origin>;

/// The ASCII form (IDNA 2008, RFC 5890; xn--…) of a UTF-8 domain, from a library that the host
/// loads on the first call. Failure::permanent: no domain can have this name. Failure::temporary:
/// the form cannot be determined here. The Error's sentence does not repeat the domain.
using AsciiDomain = std::function<Result<std::string>(std::string_view domain)>;

/// The policy of `user` (the login name). `profile` is the userdb's choice; empty: none. If `store`
/// is nullptr, no policy is configured and the built-in defaults apply. `origins` is filled in if
/// given.
///
/// A user without a domain, or whose domain cannot be the name of a document, has only the document
/// `default`; for the latter there is a note.
Resolution resolve(DocumentStore* store, std::string_view user, std::string_view profile,
                   const AsciiDomain& ascii_domain, Origins* origins = nullptr);

// --- names ---

/// The names that documents have in a store.
inline constexpr std::string_view default_document = "default";
inline constexpr std::string_view domain_prefix = "domains/";
inline constexpr std::string_view profile_prefix = "profiles/";

/// The name of the document for `domain`: its ASCII form, in lower case, without a trailing dot.
/// Errors as for AsciiDomain, which is called if `domain` is not ASCII.
Result<std::string> domain_name(std::string_view domain, const AsciiDomain& ascii_domain);

/// 1 to 64 of a-z, 0-9, ".", "_" and "-", not beginning with a dot.
bool is_profile_name(std::string_view name) noexcept;

// --- a document and what it inherits ---

/// The result of read_chain().
struct Chain {
  bool found = false;                  ///< the first document exists
  std::vector<Document> documents;     ///< the first document, the profile it inherits, …
  std::vector<std::string> locations;  ///< of `documents`
  bool deny_trusted = true;            ///< as in Document, and nothing is missing
  bool uidl_trusted = true;            ///< the same
  /// Locations of the documents that set a key of [uidl], in the order in which they apply.
  std::vector<std::string> uidl_files;
  std::vector<Problem> problems;

  /// Overrides `policy` with the documents' values, the first document's last.
  void apply(Policy& policy) const;
  /// The same for the values' origins.
  void apply(Origins& origins) const;
};

/// Reads the document `name` and all that it inherits. It is not a problem of the chain if `name`
/// itself does not exist.
Chain read_chain(DocumentStore& store, std::string_view name);

}  // namespace pop3_legacy::policy

#endif
