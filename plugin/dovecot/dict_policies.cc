#include "plugin/dovecot/dict_policies.h"

#include <string>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/resolver.h"

namespace pop3_legacy::dovecot {

namespace {

constexpr std::string_view key_prefix = "shared/pop3-legacy/";

std::string key_of(std::string_view name) {
  return std::string(key_prefix).append(name);
}

}  // namespace

std::string DictPolicies::location(std::string_view name) const {
  return "dict:" + key_of(name);
}

Result<std::optional<std::string>> DictPolicies::read(std::string_view name) {
  if (failure_) return *failure_;
  if (!policy::is_document_name(name)) {
    return Error{Failure::permanent,
                 printable(location(name)) + ": this is not the name of a policy document"};
  }
  auto found = dict_->read(key_of(name));
  if (!found) {
    failure_ = {found.error().kind,
                location(name) + ": the dict cannot be read: " + found.error().text};
  } else if (!found.value() && name == policy::default_document) {
    failure_ = {Failure::permanent, location(name) +
                                        ": the dict has no such key; set it, if only to an empty "
                                        "text: a dict without it may have lost all policies"};
  } else {
    return found;
  }
  return *failure_;
}

}  // namespace pop3_legacy::dovecot
