/// Policy documents from one of Dovecot's dicts: the value of `shared/pop3-legacy/NAME`.
#ifndef POP3_LEGACY_DOVECOT_DICT_POLICIES_H
#define POP3_LEGACY_DOVECOT_DICT_POLICIES_H

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "plugin/core/base/result.h"
#include "plugin/core/policy/store.h"
#include "plugin/dovecot/open_dict.h"

namespace pop3_legacy::dovecot {

/// Serves one login, which asks for all its documents in a row.
class DictPolicies : public policy::DocumentStore {
 public:
  explicit DictPolicies(std::unique_ptr<OpenDict> dict) : dict_(std::move(dict)) {}

  /// Once the dict has failed, it is not asked again, and every document has the same Error. The
  /// document `default` must exist: a dict that has lost everything must not open anything.
  [[nodiscard]] Result<std::optional<std::string>> read(std::string_view name) override;

  /// "dict:" and the key, without the URI, which may contain a password.
  [[nodiscard]] std::string location(std::string_view name) const override;

 private:
  std::unique_ptr<OpenDict> dict_;
  std::optional<Error> failure_;
};

}  // namespace pop3_legacy::dovecot

#endif
