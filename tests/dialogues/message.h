/// A dialogue's messages: their contents, and how a dialogue file describes them.
#ifndef POP3_LEGACY_TESTS_DIALOGUES_MESSAGE_H
#define POP3_LEGACY_TESTS_DIALOGUES_MESSAGE_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/core/base/result.h"

namespace pop3_legacy::dialogue {

/// The shortest possible message.
inline constexpr std::size_t min_message_octets = 40;

/// A message as RETR counts it: lines end with CRLF, and dots are not stuffed.
struct Message {
  unsigned ordinal = 0;  ///< from 1, over all `mail` and `new mail` lines of a file
  std::string text;
  bool seen = false;
  std::int64_t received = 0;  ///< seconds since 1970
};

/// A mailbox of the user besides the INBOX, the same in every session.
struct BoardMailbox {
  std::string name;
  std::uint32_t maxima = 0;  ///< the highest UID ever given in it
  /// Each message's ordinal is its UID; the last one has the UID `maxima`.
  std::vector<Message> messages;
};

/// The name of the message's Maildir file, without flags: "1700000001.M1P1.dialogue,S=77,W=80". S
/// is its size on disk, where lines end with LF.
std::string file_name(const Message& message);
/// When a message arrived if the dialogue does not say so: the time in its file's name.
std::int64_t usual_arrival(unsigned ordinal) noexcept;

/// The text of message `ordinal`, exactly `octets` long. The first line of its body begins with a
/// dot if there is room for one.
std::string generated_message(unsigned ordinal, std::size_t octets);

/// The lines that TOP with `body_lines` sends for `text`, dots stuffed; without a value, the lines
/// that RETR sends. They have no CRLF, and the final dot is not among them.
std::vector<std::string> sent_lines(std::string_view text, std::optional<std::size_t> body_lines);

/// The size, the flag and the date after `mail` or `new mail`. Without a size, the text is empty.
Result<Message> parse_mail(std::span<const std::string_view> words, unsigned ordinal);

/// Parses a whole `board` line.
Result<BoardMailbox> parse_board(std::span<const std::string_view> words);
/// Why a line is not a `board` line, or is in the wrong place.
Error not_a_board();

/// The lines that `{message 2}` or `{top 2 0}` stands for; `messages` are the texts by ordinal.
Result<std::vector<std::string>> lines_of_message(std::string_view text,
                                                  std::span<const std::string> messages);

}  // namespace pop3_legacy::dialogue

#endif
