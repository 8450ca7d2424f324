/// A policy as text for the administrator, which can be put back into a file.
#ifndef POP3_LEGACY_CORE_POLICY_REPORT_H
#define POP3_LEGACY_CORE_POLICY_REPORT_H

#include <string>

#include "plugin/core/policy/policy.h"
#include "plugin/core/policy/resolver.h"

namespace pop3_legacy::policy {

/// Every key with its value in `policy`, one per line, table by table: a document that sets the
/// same values and inherits nothing.
std::string show(const Policy& policy);

/// What explain() and json() tell of.
enum class Told { every_key, changed };  ///< changed: by a document, if only to the built-in value

/// The same with one line per key, its whole path, and after "#" the location and line from which
/// the value comes, or "built in".
std::string explain(const Policy& policy, const Origins& origins, Told told = Told::every_key);

/// The same values as a JSON object, without where they come from. Days are texts.
std::string json(const Policy& policy, const Origins& origins, Told told = Told::every_key);

}  // namespace pop3_legacy::policy

#endif
