/// A dialogue file in memory, and the matching of what a host answers against it. README.md
/// beside this file describes the format. Reads the file and does no other I/O.
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

#include "plugin/core/result.h"

namespace pop3_legacy::dialogue {

// --- what a dialogue is played against, and how ---

/// The hosts' names, as `S on` lines and the command line have them.
inline constexpr std::array<std::string_view, 4> host_names{"memory", "standalone", "dovecot-2.3",
                                                            "dovecot-2.4"};

/// How a session's octets are cut up on their way to the host.
enum class Mode {
  line,        ///< a line at a time, its reply read before the next
  split,       ///< the same, every octet sent by itself
  pipelined,   ///< after login, the whole session in one piece
  with_login,  ///< the whole session in one piece, USER and PASS included
};

inline constexpr std::array<Mode, 4> modes{Mode::line, Mode::split, Mode::pipelined,
                                           Mode::with_login};

std::string_view name_of(Mode mode) noexcept;

// --- messages ---

/// The shortest message there can be.
inline constexpr std::size_t min_message_octets = 40;

/// A message as RETR counts it: lines end with CRLF, dots are not stuffed.
struct Message {
  unsigned ordinal = 0;  ///< from 1, over all `mail` and `new mail` lines of a file
  std::string text;
  bool seen = false;
  std::int64_t received = 0;  ///< seconds since 1970
};

/// A mailbox of the user's beside the INBOX, the same in every session.
struct BoardMailbox {
  std::string name;
  std::uint32_t maxima = 0;  ///< the highest UID that was ever given in it
  /// They have the UIDs up to the maxima, and the last of them is that of the ordinal.
  std::vector<Message> messages;
};

/// The name of the message's file in a Maildir, without flags:
/// "1700000001.M1P1.dialogue,S=77,W=80", S its octets on disk, where lines end with LF.
std::string file_name(const Message& message);
/// That of a message that is not told otherwise: the time in its file's name.
std::int64_t usual_arrival(unsigned ordinal) noexcept;

/// The text of message `ordinal`, exactly `octets` long. The first line of its body begins
/// with a dot if there is room for one.
std::string generated_message(unsigned ordinal, std::size_t octets);

/// The lines that TOP with `body_lines` sends for `text`, dots stuffed; without a value, the
/// lines that RETR sends. Without their CRLF, and without the final dot.
std::vector<std::string> sent_lines(std::string_view text, std::optional<std::size_t> body_lines);

// --- expected lines ---

/// What one line of a host has to look like.
class Pattern {
 public:
  /// Octets that stand for themselves.
  static Pattern literal(std::string octets);
  /// The text of an `S:` line; an Error says what is wrong with it.
  static Result<Pattern> parse(std::string_view text);

  /// `{lines}`: any number of lines, up to the one that the next pattern matches.
  [[nodiscard]] bool any_lines() const noexcept { return any_lines_; }
  /// The whole `line`, which has no CRLF.
  [[nodiscard]] bool matches(std::string_view line) const;

 private:
  enum class Kind { octets, text, number, word };
  struct Part {
    Kind kind = Kind::octets;
    std::string octets;
  };

  static std::optional<Kind> placeholder(std::string_view name) noexcept;
  [[nodiscard]] bool matches_from(std::size_t part, std::string_view rest) const;

  std::vector<Part> parts_;
  bool any_lines_ = false;
};

struct Expected {
  unsigned line = 0;   ///< in the file
  std::string source;  ///< as it stands there
  Pattern pattern;
  std::vector<std::string_view> hosts;  ///< of host_names; empty: all of them

  [[nodiscard]] bool holds_for(std::string_view host) const noexcept;
};

// --- the dialogue ---

/// What the client sends at once, and the lines that answer it. Without octets: the login, where
/// the lines that answer PASS stand in the file.
struct Exchange {
  unsigned line = 0;
  std::string octets;
  std::vector<Expected> expected;
};

struct Session {
  unsigned line = 0;
  std::vector<Exchange> exchanges;
  bool logs_in = true;   ///< by the runner, before the exchanges
  bool dropped = false;  ///< by the client, at the end; otherwise the host closes
  unsigned end_line = 0;

  /// What PASS is answered is part of the dialogue, and not just some "+OK".
  [[nodiscard]] bool begins_with_login() const {
    return !exchanges.empty() && exchanges.front().octets.empty();
  }
  /// All that the client sends.
  [[nodiscard]] std::string client_octets() const;
};

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
/// In the mailbox's folder; no content: it is removed.
struct NewFile {
  std::string name;
  std::string content;
};

using Step = std::variant<Session, NewMail, Expunge, UidvalidityChange, NewPolicy, NewFile>;

struct Dialogue {
  std::string file;
  std::vector<Message> mails;         ///< there from the beginning
  std::vector<BoardMailbox> boards;   ///< the same
  std::optional<std::string> policy;  ///< no value: the user's domain has none
  std::vector<Step> steps;
  std::vector<Mode> not_in;
  bool compared = true;  ///< with a server without the plugin

  [[nodiscard]] bool plays_in(Mode mode) const noexcept;
};

/// An Error's text is "FILE:LINE: what is wrong".
Result<Dialogue> parse_dialogue(std::string_view text, std::string_view file);
Result<Dialogue> read_dialogue(const std::string& path);

// --- matching ---

/// Follows one session. Every Error's text is "FILE:LINE: …" with the line that was expected.
class Matcher {
 public:
  /// `session` lives longer than this.
  Matcher(std::string_view file, const Session& session, std::string_view host);

  /// The client has sent its first `exchanges` exchanges: no later one can be answered yet.
  void sent(std::size_t exchanges) noexcept { sent_ = exchanges; }

  /// The next octets from the host, in pieces of any size.
  Status feed(std::string_view octets);

  /// All lines that answer the first `exchanges` exchanges have come.
  [[nodiscard]] bool answered(std::size_t exchanges) const noexcept;

  /// The host has closed the connection.
  [[nodiscard]] Status closed() const;

  /// An Error that says what was expected next, and that `what` came instead.
  [[nodiscard]] Error failure(std::string_view what) const;

 private:
  struct Awaited {
    std::size_t exchange = 0;
    const Expected* expected = nullptr;
  };

  Status take(std::string_view line);

  std::string file_;
  const Session& session_;
  std::vector<Awaited> awaited_;
  std::size_t position_ = 0;  ///< in awaited_
  std::size_t sent_ = 0;
  std::string partial_;  ///< a line whose end has not come yet
};

/// `octets` in printable ASCII, others as in `C:` lines, and cut where they are many.
std::string shown(std::string_view octets);

}  // namespace pop3_legacy::dialogue

#endif
