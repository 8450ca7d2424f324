/// A dialogue file in memory.
#ifndef POP3_LEGACY_TESTS_DIALOGUES_DIALOGUE_H
#define POP3_LEGACY_TESTS_DIALOGUES_DIALOGUE_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "plugin/core/base/result.h"
#include "tests/dialogues/message.h"
#include "tests/dialogues/pattern.h"

namespace pop3_legacy::dialogue {

// --- what a dialogue is played against, and how ---

/// The hosts' names in `S on` lines and on the command line.
inline constexpr std::array<std::string_view, 4> host_names{"memory", "standalone", "dovecot-2.3",
                                                            "dovecot-2.4"};

/// How a session's octets are cut up on their way to the host.
enum class Mode {
  line,        ///< one line at a time, its reply read before the next
  split,       ///< the same, each octet sent by itself
  pipelined,   ///< after login, the whole session in one piece
  with_login,  ///< the whole session in one piece, USER and PASS included
};

inline constexpr std::array<Mode, 4> modes{Mode::line, Mode::split, Mode::pipelined,
                                           Mode::with_login};

std::string_view name_of(Mode mode) noexcept;

/// The hosts listed after `S on`: "memory, dovecot".
Result<std::vector<std::string_view>> parse_hosts(std::string_view list);

// --- expected lines ---

struct Expected {
  unsigned line = 0;   ///< in the file
  std::string source;  ///< as it is written there
  Pattern pattern;
  std::vector<std::string_view> hosts;  ///< of host_names; empty: all of them

  [[nodiscard]] bool holds_for(std::string_view host) const noexcept;
};

// --- the dialogue ---

/// What the client sends at once, and the lines that answer it. Empty `octets` mean the login, when
/// the file contains the lines that answer PASS.
struct Exchange {
  unsigned line = 0;
  std::string octets;
  std::vector<Expected> expected;
};

struct Session {
  unsigned line = 0;
  std::vector<Exchange> exchanges;
  bool logs_in = true;   ///< done by the runner, before the exchanges
  bool dropped = false;  ///< by the client, at the end; otherwise the host closes
  unsigned end_line = 0;

  /// The dialogue says what PASS is answered; any "+OK" would not do.
  [[nodiscard]] bool begins_with_login() const {
    return !exchanges.empty() && exchanges.front().octets.empty();
  }
  /// Everything that the client sends.
  [[nodiscard]] std::string client_octets() const;
};

/// {lines} must be followed by a line to end at, on every host.
Status check_last_exchange(const Session& session);

// What happens between two sessions.
struct NewMail {
  Message message;
};
struct Expunge {
  std::size_t number = 0;  ///< as the next session would number it
};
struct UidvalidityChange {};
struct NewPolicy {
  std::string toml;
};
/// A file in the mailbox's folder; without content, it is removed.
struct NewFile {
  std::string name;
  std::string content;
};

using Step = std::variant<Session, NewMail, Expunge, UidvalidityChange, NewPolicy, NewFile>;

struct Dialogue {
  std::string file;
  std::vector<Message> mails;         ///< from the beginning
  std::vector<BoardMailbox> boards;   ///< from the beginning
  std::optional<std::string> policy;  ///< no value: the user's domain has no policy
  std::vector<Step> steps;
  std::vector<Mode> not_in;
  bool compared = true;  ///< to a server without the plugin

  [[nodiscard]] bool plays_in(Mode mode) const noexcept;
};

}  // namespace pop3_legacy::dialogue

#endif
