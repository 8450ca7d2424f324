// pop3-legacy-policy: finds an administrator's mistakes before users do, and shows the policy that
// a user has.

#include <CLI/CLI.hpp>
#include <cstddef>
#include <exception>
#include <iostream>
#include <string>

#include "plugin/core/base/version.h"
#include "plugin/core/policy/report.h"
#include "plugin/core/policy/resolver.h"
#include "plugin/files/policy_folder.h"
#include "plugin/idn/idn2_domain.h"
#include "plugin/policy-tool/check_folder.h"
#include "plugin/policy-tool/documents.h"

namespace {

constexpr int exit_clean = 0;
constexpr int exit_problems = 1;
constexpr int exit_cannot_check = 2;

std::string counted(std::size_t number, const std::string& noun) {
  return std::to_string(number) + ' ' + noun + (number == 1 ? "" : "s");
}

// Returns `code`, or failure if standard output could not take everything.
int written(int code) {
  if (std::cout.flush()) return code;
  std::cerr << "the output cannot be written\n";
  return exit_cannot_check;
}

int print(const std::string& text) {
  std::cout << text;
  return written(exit_clean);
}

int check(const std::string& folder) {
  const auto result =
      pop3_legacy::policy_tool::check_folder(folder, pop3_legacy::files::shipped_folder);
  if (!result) {
    std::cerr << result.error().text << '\n';
    return exit_cannot_check;
  }
  const auto& [files, problems] = result.value();
  for (const std::string& problem : problems) std::cout << problem << '\n';
  std::cout << counted(files, "file") << ", "
            << (problems.empty() ? "no problems" : counted(problems.size(), "problem")) << '\n';
  return written(problems.empty() ? exit_clean : exit_problems);
}

struct Login {
  std::string folder = POP3_LEGACY_POLICY_FOLDER;
  std::string user;
  std::string profile;
};

struct Form {
  bool explained = false;
  bool changed = false;
  bool json = false;
};

// A policy with a mistake is in force nowhere, so there is nothing to show.
int report(const Login& login, const Form& form) {
  namespace policy = pop3_legacy::policy;
  using pop3_legacy::idn2_domain;
  pop3_legacy::files::PolicyFolder store(login.folder, pop3_legacy::files::shipped_folder);
  policy::Origins origins;
  const policy::Resolution resolution =
      policy::resolve(&store, login.user, login.profile, idn2_domain, &origins);
  for (const std::string& note : resolution.notes) std::cerr << note << '\n';
  for (const std::string& problem : resolution.problems) std::cerr << problem << '\n';
  if (!resolution.intact) return exit_problems;
  const policy::Told told = form.changed ? policy::Told::changed : policy::Told::every_key;
  if (form.json) return print(policy::json(resolution.policy, origins, told));
  return print(form.explained ? policy::explain(resolution.policy, origins, told)
                              : policy::show(resolution.policy));
}

int run(int argc, char** argv) {
  CLI::App app{
      "Checks and explains the policy folder of Dovecot's pop3_legacy plugin: the TOML files that "
      "say\n"
      "which old POP3 commands a domain's clients may use, and what they answer.",
      "pop3-legacy-policy"};
  app.require_subcommand(1);
  app.set_version_flag("-V,--version", "pop3-legacy-policy " + pop3_legacy::version());

  Login login;
  const auto add_folder = [&login](CLI::App& command) {
    return command.add_option("-f,--folder", login.folder, "What pop3_legacy_policy names")
        ->capture_default_str();
  };
  CLI::Option* const folder = add_folder(app);
  CLI::App* const check_command = app.add_subcommand(
      "check",
      "Reads every file of the folder as a login would, and prints what is wrong as\n"
      "FILE:LINE:COLUMN: sentence. Exit status: 0 without problems, 1 with problems,\n"
      "2 when the folder cannot be read.");
  CLI::Option* const folder_to_check = add_folder(*check_command);
  check_command->add_option("FOLDER", login.folder, "The same, without -f")
      ->excludes(folder)
      ->excludes(folder_to_check);

  const auto add_report = [&](const char* name, const char* description) {
    CLI::App* const command = app.add_subcommand(name, description);
    command->add_option("USER", login.user, "The user's name after login: anna@example.org")
        ->required();
    add_folder(*command);
    command->add_option("-p,--profile", login.profile,
                        "What the userdb field pop3_legacy_profile says of the user");
    return command;
  };
  add_report("show",
             "Prints the policy that the user has, all files together, as one policy\n"
             "file. Exit status: 0, or 1 with problems; then standard error names them, and\n"
             "there is no policy to print.");
  CLI::App* const explain_command =
      add_report("explain", "The same with the file and line that each value comes from.");
  Form form;
  explain_command->add_flag("-c,--changed", form.changed, "Only what is not built in");
  explain_command->add_flag("-j,--json", form.json, "One JSON object, with a value for each key");
  const CLI::App* const defaults_command = app.add_subcommand(
      "defaults", "Prints a default.toml: every key behind a #, with its default and its use.");
  const CLI::App* const reference_command = app.add_subcommand(
      "reference", "Prints keys, commands, UIDL schemes and dialects of replies, in Markdown.");

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_clean : exit_cannot_check;
  }
  if (*check_command) return check(login.folder);
  if (*defaults_command) return print(pop3_legacy::policy_tool::default_document());
  if (*reference_command) return print(pop3_legacy::policy_tool::reference());
  form.explained = static_cast<bool>(*explain_command);
  return report(login, form);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return exit_cannot_check;
  }
}
