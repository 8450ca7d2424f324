#include "plugin/policy-tool/check_folder.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <string_view>
#include <system_error>
#include <unordered_set>
#include <utility>

#include "plugin/core/base/text.h"
#include "plugin/core/policy/resolver.h"
#include "plugin/files/policy_folder.h"
#include "plugin/idn/idn2_domain.h"

namespace pop3_legacy::policy_tool {

namespace {

using files::document_suffix;

using policy::Problem;

constexpr std::string_view default_file = "default.toml";
constexpr std::string_view domains_folder = "domains";
constexpr std::string_view profiles_folder = "profiles";

// Hidden files belong to an editor or package manager; examples are there to be copied.
bool is_passed_over(std::string_view name) {
  return name.starts_with('.') || name.ends_with(".example");
}

// The names in `folder`, sorted, without those passed over.
Result<std::vector<std::string>> list(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (!is_passed_over(name)) names.push_back(std::move(name));
  }
  if (error) {
    return Error{Failure::permanent,
                 printable(folder) + ": the folder cannot be listed: " + error.message()};
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Why no login looks for `stem`.toml in domains/; empty if one may.
std::string domain_complaint(std::string_view stem) {
  const Result<std::string> domain = policy::domain_name(stem, idn2_domain);
  if (!domain) return "never read, because no domain has this name: " + domain.error().text;
  if (domain.value() == stem) return {};
  return "never read, because domains are looked up in lower case, without a dot at the end, and "
         "in "
         "their ASCII form; rename it to " +
         in_quotes(domain.value() + std::string(document_suffix));
}

// The same for profiles/.
std::string profile_complaint(std::string_view stem) {
  if (policy::is_profile_name(stem)) return {};
  return "never read, because a profile's name may have a-z, 0-9, \".\", \"_\" and \"-\" only, "
         "64 characters at most";
}

class Checker {
 public:
  Checker(const std::string& folder, const std::string& shipped)
      : store_(folder, shipped), folder_(folder) {}

  Result<FolderCheck> check() {
    const Result<std::vector<std::string>> names = list(folder_);
    if (!names) return names.error();
    for (const std::string& name : names.value()) check_entry(name);
    return std::move(result_);
  }

 private:
  void check_entry(const std::string& name) {
    if (name == default_file) {
      check_policy("", "");
    } else if (name == domains_folder) {
      check_documents(policy::domain_prefix, domain_complaint,
                      [this](const std::string& domain) { check_policy("user@" + domain, ""); });
    } else if (name == profiles_folder) {
      check_documents(policy::profile_prefix, profile_complaint,
                      [this](const std::string& profile) { check_policy("", profile); });
    } else {
      static constexpr std::array known{default_file, domains_folder, profiles_folder};
      report_file(name, "never read, because a policy folder has " + enumerated(known) + " only" +
                            suggestion(name, known));
    }
  }

  void check_documents(std::string_view prefix, std::string (*complaint)(std::string_view stem),
                       const std::function<void(const std::string& stem)>& check) {
    const Result<std::vector<std::string>> names =
        list(path_of(std::string(prefix.substr(0, prefix.size() - 1))));
    if (!names) {
      report(names.error().text);
      return;
    }
    for (const std::string& name : names.value()) {
      const std::string path = std::string(prefix) + name;
      if (!name.ends_with(document_suffix)) {
        report_file(path,
                    "never read, because its name does not end in " + std::string(document_suffix));
        continue;
      }
      const std::string stem = name.substr(0, name.size() - document_suffix.size());
      const std::string why = complaint(stem);
      if (why.empty()) {
        check(stem);
      } else {
        report_file(path, why);
      }
    }
  }

  // Checks one more file as the login of `user` with `profile` would get it, together with what
  // comes before it, because some mistakes are in no single document.
  void check_policy(const std::string& user, const std::string& profile) {
    ++result_.files;
    for (std::string& problem : policy::resolve(&store_, user, profile, idn2_domain).problems) {
      report(std::move(problem));
    }
  }

  [[nodiscard]] std::string path_of(const std::string& name) const {
    return folder_ + (folder_.ends_with('/') ? "" : "/") + name;
  }

  void report_file(const std::string& name, std::string text) {
    report(Problem{path_of(name), 0, 0, std::move(text)}.sentence());
  }

  // A mistake in a document is found again with each login that it affects, but reported once.
  void report(std::string problem) {
    if (reported_.insert(problem).second) result_.problems.push_back(std::move(problem));
  }

  files::PolicyFolder store_;
  std::string folder_;
  FolderCheck result_;
  std::unordered_set<std::string> reported_;
};

}  // namespace

Result<FolderCheck> check_folder(const std::string& folder, const std::string& shipped) {
  return Checker(folder, shipped).check();
}

}  // namespace pop3_legacy::policy_tool
