/// Which documents make up a session's policy, and in which order.
///
/// Later ones win: the built-in defaults, the document `default`, the one of the user's
/// domain, the profile that the userdb chose. Before each stand the profiles it inherits, the
/// most distant first.
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

/// How many profiles may stand before a document.
inline constexpr std::size_t max_inherited_profiles = 8;

/// Where a value comes from.
struct Origin {
  std::string location;  ///< the document's
  unsigned line = 0;
};

/// By Key::path; a key that is not here has its built-in default.
using Origins = std::map<std::string_view, Origin>;

/// The ASCII form (IDNA 2008, RFC 5890; xn--…) of a domain in UTF-8, by a library that the host
/// loads when this is called first. Failure::permanent: no domain can have this name;
/// Failure::temporary: the form cannot be found out here. Its sentence does not repeat the domain.
using AsciiDomain = std::function<Result<std::string>(std::string_view domain)>;

/// The policy of `user` (the login name). An empty `profile`: the userdb chose none.
/// `store` nullptr: no policy is configured, and the built-in defaults hold. `origins`, where it is
/// given, is filled.
///
/// A user without a domain, and one whose domain can be the name of no document, has the document
/// `default` alone; of the latter there is a note.
Resolution resolve(DocumentStore* store, std::string_view user, std::string_view profile,
                   const AsciiDomain& ascii_domain, Origins* origins = nullptr);

// --- names ---

/// The names documents have in a store.
inline constexpr std::string_view default_document = "default";
inline constexpr std::string_view domain_prefix = "domains/";
inline constexpr std::string_view profile_prefix = "profiles/";

/// `domain` as its document is named: in its ASCII form, letters in lower case, without a trailing
/// dot. Errors as AsciiDomain's, which is asked where `domain` is not ASCII.
Result<std::string> domain_name(std::string_view domain, const AsciiDomain& ascii_domain);

/// 1 to 64 of a-z, 0-9, ".", "_" and "-", the first not a dot.
bool is_profile_name(std::string_view name) noexcept;

// --- a document and what it inherits ---

/// What read_chain() found.
struct Chain {
  bool found = false;                  ///< the first document is there
  std::vector<Document> documents;     ///< the first document, the profile it inherits, …
  std::vector<std::string> locations;  ///< of `documents`
  bool deny_trusted = true;            ///< as Document's, and nothing is missing
  bool uidl_trusted = true;            ///< the same
  /// Locations of those that set a key of [uidl], in the order in which they apply.
  std::vector<std::string> uidl_files;
  std::vector<std::string> problems;

  /// Puts the documents' values over `policy`, the first document's last.
  void apply(Policy& policy) const;
  /// The same for where they come from.
  void apply(Origins& origins) const;
};

/// Reads the document `name` and all it inherits. That `name` itself is not there is no
/// problem of the chain's.
Chain read_chain(DocumentStore& store, std::string_view name);

}  // namespace pop3_legacy::policy

#endif
