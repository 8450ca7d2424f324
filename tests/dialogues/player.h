/// Plays a dialogue against a host, which must give the answers in the file.
#ifndef POP3_LEGACY_TESTS_DIALOGUES_PLAYER_H
#define POP3_LEGACY_TESTS_DIALOGUES_PLAYER_H

#include <string>
#include <string_view>
#include <vector>

#include "tests/dialogues/dialogue.h"
#include "tests/dialogues/host_under_test.h"

namespace pop3_legacy::dialogue {

/// What the host sent in each session, after the login and without the user's name.
using Recording = std::vector<std::string>;

/// A dialogue that lost something in a reset is played again from its beginning.
inline constexpr unsigned max_attempts = 15;

/// Plays as the user `label@label.test`. Throws Trouble at the first thing that is not as expected.
Recording play(const Dialogue& dialogue, HostUnderTest& host, std::string_view host_name, Mode mode,
               const std::string& label);

/// Does what happens between two sessions. Without policies, the plugin has nothing to do for the
/// user.
void happen(const Step& step, Account& account, bool with_policy = true);

}  // namespace pop3_legacy::dialogue

#endif
