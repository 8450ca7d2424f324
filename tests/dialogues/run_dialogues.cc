/// Plays dialogue files against a host. README.md in this folder says how to call it.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <optional>
#include <span>
#include <utility>

#include "plugin/core/base/number.h"
#include "plugin/core/base/version.h"
#include "tests/dialogues/dialogue_tests.h"
#include "tests/dialogues/parser.h"

namespace pop3_legacy::dialogue {

namespace {

constexpr std::string_view usage =
    "run_dialogues --help | --version\n"
    "run_dialogues --host memory FILE...\n"
    "run_dialogues --host NAME --port PORT --homes DIR --policies DIR --owner UID:GID\n"
    "              [--password PASSWORD] [--deadline SECONDS] FILE...\n"
    "run_dialogues --compare PORT_A PORT_B --homes DIR --owner UID:GID [--policies DIR]\n"
    "              [--password PASSWORD] [--deadline SECONDS] FILE...\n"
    "NAME is standalone, dovecot-2.3 or dovecot-2.4. GoogleTest's options work too.\n";

constexpr std::size_t max_label_octets = 63;

class CommandLine {
 public:
  explicit CommandLine(std::span<char* const> arguments)
      : arguments_(arguments.begin(), arguments.end()) {}

  /// False, after a message: the command line makes no sense.
  bool read(Plan& plan) {
    try {
      while (!arguments_.empty()) {
        take(plan);
      }
      finish(plan);
      return true;
    } catch (const Trouble& trouble) {
      std::cerr << "run_dialogues: " << trouble.what() << '\n' << usage;
      return false;
    }
  }

 private:
  void take(Plan& plan) {
    const std::string_view option = next("");
    if (option == "--host") {
      plan.host_name = next(option);
    } else if (option == "--port") {
      options_.port = number<std::uint16_t>(next(option));
    } else if (option == "--compare") {
      options_.port = number<std::uint16_t>(next(option));
      other_port_ = number<std::uint16_t>(next(option));
    } else if (option == "--homes") {
      options_.homes = next(option);
    } else if (option == "--policies") {
      options_.policies = next(option);
    } else if (option == "--owner") {
      const std::string_view owner = next(option);
      const auto colon = std::min(owner.find(':'), owner.size() - 1);
      options_.owner = number<uid_t>(owner.substr(0, colon));
      options_.group = number<gid_t>(owner.substr(colon + 1));
    } else if (option == "--password") {
      options_.password = next(option);
    } else if (option == "--deadline") {
      options_.deadline = std::chrono::seconds(number<unsigned>(next(option)));
    } else if (option.starts_with('-')) {
      throw Trouble("there is no option " + std::string(option));
    } else {
      add_dialogue(plan, std::string(option));
    }
  }

  void finish(Plan& plan) const {
    if (plan.dialogues.empty()) {
      throw Trouble("no dialogues");
    }
    if (other_port_) {
      if (!plan.host_name.empty() || options_.homes.empty()) {
        throw Trouble("--compare needs --homes and goes without --host");
      }
      TcpOptions other = options_;
      other.port = *other_port_;
      plan.write_policies = !options_.policies.empty();
      plan.host = tcp_host(options_);
      plan.other = tcp_host(other);
      return;
    }
    if (std::find(host_names.begin(), host_names.end(), plan.host_name) == host_names.end()) {
      throw Trouble("there is no host \"" + plan.host_name + '"');
    }
    if (plan.host_name == "memory") {
      plan.host = memory_host();
    } else if (options_.port == 0 || options_.homes.empty()) {
      throw Trouble("--port and --homes are needed");
    } else {
      plan.host = tcp_host(options_);
    }
  }

  static void add_dialogue(Plan& plan, const std::string& path) {
    auto dialogue = read_dialogue(path);
    if (!dialogue) {
      throw Trouble(dialogue.error().text);
    }
    const std::string slug = slug_of(dialogue.value());
    const bool plain = std::all_of(slug.begin(), slug.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
    // The longest suffix is "-with-login-line".
    if (!plain || slug.starts_with('-') || slug.size() + 16 > max_label_octets) {
      throw Trouble(path + ": the name has to be a short DNS label in lower case");
    }
    plan.dialogues.push_back(std::move(dialogue.value()));
  }

  std::string_view next(std::string_view option) {
    if (arguments_.empty()) {
      throw Trouble(std::string(option) + " needs a value");
    }
    const std::string_view argument = arguments_.front();
    arguments_.erase(arguments_.begin());
    return argument;
  }

  template <class Number>
  static Number number(std::string_view text) {
    const auto value = whole_number<Number>(text);
    if (!value) throw Trouble('"' + std::string(text) + "\" is not a number, or too large");
    return *value;
  }

  std::vector<std::string_view> arguments_;
  TcpOptions options_;
  std::optional<std::uint16_t> other_port_;
};

}  // namespace

}  // namespace pop3_legacy::dialogue

int main(int argc, char** argv) {
  // GoogleTest has a --help of its own.
  const auto given = std::span<char* const>(argv, static_cast<std::size_t>(argc)).subspan(1);
  const std::string_view first = given.empty() ? "" : given.front();
  if (first == "--help" || first == "--version") {
    std::cout << (first == "--help" ? std::string(pop3_legacy::dialogue::usage)
                                    : "run_dialogues " + pop3_legacy::version() + '\n');
    return EXIT_SUCCESS;
  }
  testing::InitGoogleTest(&argc, argv);
  pop3_legacy::dialogue::Plan plan;
  const auto arguments = std::span<char* const>(argv, static_cast<std::size_t>(argc)).subspan(1);
  if (!pop3_legacy::dialogue::CommandLine(arguments).read(plan)) {
    return EXIT_FAILURE;
  }
  pop3_legacy::dialogue::register_tests(plan);
  return RUN_ALL_TESTS();
}
