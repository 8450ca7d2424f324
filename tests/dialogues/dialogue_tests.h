/// The tests of a run: one for each dialogue and mode, in one suite per host; or one for each
/// dialogue that compares two hosts.
#ifndef POP3_LEGACY_TESTS_DIALOGUES_DIALOGUE_TESTS_H
#define POP3_LEGACY_TESTS_DIALOGUES_DIALOGUE_TESTS_H

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/dialogues/dialogue.h"
#include "tests/dialogues/host_under_test.h"
#include "tests/dialogues/player.h"

namespace pop3_legacy::dialogue {

/// Shared by all tests of a run.
struct Plan {
  std::string host_name;
  std::unique_ptr<HostUnderTest> host;
  std::unique_ptr<HostUnderTest> other;  ///< with --compare
  bool write_policies = true;
  std::vector<Dialogue> dialogues;
  std::map<const Dialogue*, Recording> in_line_mode;
};

/// The file's name without its extension.
std::string slug_of(const Dialogue& dialogue);

/// `plan` must outlive the tests.
void register_tests(Plan& plan);

}  // namespace pop3_legacy::dialogue

#endif
