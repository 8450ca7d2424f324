/// The messages of a dialogue: what stands in them, and how a file tells of them.
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

/// The size, the flag and the date behind `mail` or `new mail`. Without a size the text is empty.
Result<Message> parse_mail(std::span<const std::string_view> words, unsigned ordinal);

/// A whole `board` line.
Result<BoardMailbox> parse_board(std::span<const std::string_view> words);
/// Why a line is none, or stands in the wrong place.
Error not_a_board();

/// The lines that `{message 2}` or `{top 2 0}` stands for; `messages` are the texts by ordinal.
Result<std::vector<std::string>> lines_of_message(std::string_view text,
                                                  std::span<const std::string> messages);

}  // namespace pop3_legacy::dialogue

#endif
