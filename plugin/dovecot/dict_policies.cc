#include "plugin/dovecot/dict_policies.h"

#include <string>
#include <utility>

#include "plugin/core/policy/resolver.h"
#include "plugin/core/text.h"
#include "plugin/dovecot/host.h"
#include "plugin/dovecot/plugin_settings.h"

namespace pop3_legacy::dovecot {

namespace {

constexpr std::string_view key_prefix = "shared/pop3-legacy/";

std::string key_of(std::string_view name) {
  return std::string(key_prefix).append(name);
}

/// Frees what Dovecot's i_strdup() has made.
std::string taken(char* text) {
  std::string out(text == nullptr ? "" : text);
  i_free(text);
  return out;
}

}  // namespace

DictPolicies::DictPolicies(struct pop3_legacy_policy_dict* dict)
    : dict_(dict),
      deadline_(std::chrono::steady_clock::now() +
                std::chrono::milliseconds(POP3_LEGACY_POLICY_DICT_MSECS)) {}

DictPolicies::~DictPolicies() {
  pop3_legacy_policy_dict_close(&dict_);
}

std::string DictPolicies::location(std::string_view name) const {
  return "dict:" + key_of(name);
}

Result<std::optional<std::string>> DictPolicies::read(std::string_view name) {
  if (failure_) return *failure_;
  if (!policy::is_document_name(name)) {
    return Error{Failure::permanent,
                 printable(location(name)) + ": this is not the name of a policy's document"};
  }
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline_ - std::chrono::steady_clock::now());
  if (left.count() <= 0) {
    failure_ = {Failure::temporary,
                location(name) + ": the dict is too slow: the documents before it have taken " +
                    std::to_string(POP3_LEGACY_POLICY_DICT_MSECS / 1000) + " seconds"};
    return *failure_;
  }
  char* value = nullptr;
  char* error = nullptr;
  const int result = pop3_legacy_policy_dict_lookup(
      dict_, key_of(name).c_str(), static_cast<unsigned>(left.count()), &value, &error);
  if (result > 0) return std::optional(taken(value));
  const std::string why = taken(error);
  if (result < 0) {
    failure_ = {Failure::temporary, location(name) + ": the dict cannot be read: " + why};
  } else if (name == policy::default_document) {
    failure_ = {Failure::permanent,
                location(name) +
                    ": the dict has no such key; set it, if only to an empty text, for a dict "
                    "without it may have lost all policies"};
  } else {
    return std::optional<std::string>();
  }
  return *failure_;
}

}  // namespace pop3_legacy::dovecot
