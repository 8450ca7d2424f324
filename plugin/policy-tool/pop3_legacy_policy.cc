// pop3-legacy-policy: finds an administrator's mistakes before the users do.

#include <CLI/CLI.hpp>
#include <cstddef>
#include <exception>
#include <iostream>
#include <string>

#include "plugin/policy-tool/check_folder.h"

namespace {

constexpr int exit_clean = 0;
constexpr int exit_problems = 1;
constexpr int exit_cannot_check = 2;

std::string counted(std::size_t number, const std::string& noun) {
  return std::to_string(number) + ' ' + noun + (number == 1 ? "" : "s");
}

int check(const std::string& folder) {
  const auto result = pop3_legacy::policy_tool::check_folder(folder);
  if (!result) {
    std::cerr << result.error().text << '\n';
    return exit_cannot_check;
  }
  const auto& [files, problems] = result.value();
  for (const std::string& problem : problems) std::cout << problem << '\n';
  std::cout << counted(files, "file") << ", "
            << (problems.empty() ? "no problems" : counted(problems.size(), "problem")) << '\n';
  if (!std::cout.flush()) {
    std::cerr << "the result cannot be written\n";
    return exit_cannot_check;
  }
  return problems.empty() ? exit_clean : exit_problems;
}

int run(int argc, char** argv) {
  CLI::App app{
      "Looks after the policy folder of Dovecot's pop3_legacy plugin: the TOML files that say\n"
      "which old POP3 commands a domain's clients may use, and what they answer."};
  app.require_subcommand(1);

  std::string folder;
  CLI::App* const check_command = app.add_subcommand(
      "check",
      "Reads every file of the folder as a login would, and prints what is wrong as\n"
      "FILE:LINE:COLUMN: sentence. Exit status: 0 without problems, 1 with problems,\n"
      "2 when the folder cannot be read.");
  check_command
      ->add_option("FOLDER", folder, "What pop3_legacy_policy names: /etc/dovecot/pop3-legacy")
      ->required();

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_clean : exit_cannot_check;
  }
  return check(folder);
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
