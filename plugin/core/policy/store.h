/// Where the policy's documents come from: a folder (plugin/files), a Dovecot dict
/// (plugin/dovecot), or a map in a test.
#ifndef POP3_LEGACY_CORE_POLICY_STORE_H
#define POP3_LEGACY_CORE_POLICY_STORE_H

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy::policy {

/// A longer document is a mistake in any store, because every login reads it.
inline constexpr std::size_t max_document_octets = std::size_t{64} * 1024;

/// `name` may be looked up. The resolver makes only valid names; this stops path tricks in any
/// case.
constexpr bool is_document_name(std::string_view name) noexcept {
  return !name.empty() && name.front() != '/' && name.find('\0') == std::string_view::npos &&
         name.front() != '.' && name.find("/.") == std::string_view::npos;
}

/// Documents by name: "default", "domains/example.org", "profiles/eudora". The resolver makes the
/// names and asks only for valid ones.
class DocumentStore {
 public:
  DocumentStore() = default;
  DocumentStore(const DocumentStore&) = delete;
  DocumentStore& operator=(const DocumentStore&) = delete;
  DocumentStore(DocumentStore&&) = delete;
  DocumentStore& operator=(DocumentStore&&) = delete;
  virtual ~DocumentStore() = default;

  /// The document's text. No value: the store is sure that there is no such document. An Error's
  /// sentence begins with the document's location and a colon.
  [[nodiscard]] virtual Result<std::optional<std::string>> read(std::string_view name) = 0;

  /// How messages refer to the document: its file's path or its key.
  [[nodiscard]] virtual std::string location(std::string_view name) const = 0;
};

}  // namespace pop3_legacy::policy

#endif
