#include "tests/dialogues/message.h"

#include <algorithm>
#include <utility>

#include "tests/dialogues/notation.h"

namespace pop3_legacy::dialogue {

std::int64_t usual_arrival(unsigned ordinal) noexcept {
  constexpr std::int64_t first = 1'700'000'000;
  return first + ordinal;
}

std::string file_name(const Message& message) {
  const auto stored =
      std::count_if(message.text.begin(), message.text.end(), [](char c) { return c != '\r'; });
  return std::to_string(usual_arrival(message.ordinal)) + ".M" + std::to_string(message.ordinal) +
         "P1.dialogue,S=" + std::to_string(stored) + ",W=" + std::to_string(message.text.size());
}

std::string generated_message(unsigned ordinal, std::size_t octets) {
  constexpr std::string_view filler = ".a line that begins with a dot";
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123";
  constexpr std::size_t line_octets = filler.size() + crlf.size();
  std::string text = "Subject: message " + std::to_string(ordinal) + "\r\n\r\n";
  for (bool first = true; text.size() < octets; first = false) {
    const std::size_t left = octets - text.size();
    // A single octet could not be a line.
    const std::size_t now = left == line_octets + 1 ? left - crlf.size() : left;
    const std::size_t length = std::min(now, line_octets) - crlf.size();
    text.append((first ? filler : letters).substr(0, length)).append(crlf);
  }
  return text;
}

std::vector<std::string> sent_lines(std::string_view text, std::optional<std::size_t> body_lines) {
  std::vector<std::string> lines;
  bool in_body = false;
  std::size_t left = body_lines.value_or(text.size());
  while (!text.empty()) {
    if (in_body && left-- == 0) {
      break;
    }
    const auto end = std::min(text.find(crlf), text.size());
    const auto line = text.substr(0, end);
    lines.push_back(std::string(line.starts_with('.') ? "." : "").append(line));
    in_body = in_body || line.empty();
    text.remove_prefix(std::min(end + crlf.size(), text.size()));
  }
  return lines;
}

Result<Message> parse_mail(std::span<const std::string_view> words, unsigned ordinal) {
  const auto misspelt = [] {
    return refused("a mail has a size of at least " + std::to_string(min_message_octets) +
                   " octets or its text in the lines that follow, and can be \"seen\" and "
                   "\"received 2026-02-28T23:59:59Z\"");
  };
  Message message;
  message.ordinal = ordinal;
  message.received = usual_arrival(message.ordinal);
  std::size_t next = 0;
  if (next < words.size() && is_digit(words[next].front())) {
    const auto octets = parse_count(words[next++], max_message_octets);
    if (!octets || *octets < min_message_octets) {
      return misspelt();
    }
    message.text = generated_message(message.ordinal, *octets);
  }
  if (next < words.size() && words[next] == "seen") {
    message.seen = true;
    ++next;
  }
  if (next + 1 < words.size() && words[next] == "received") {
    const auto received = seconds_of(words[next + 1]);
    if (!received) {
      return misspelt();
    }
    message.received = *received;
    next += 2;
  }
  if (next != words.size()) {
    return misspelt();
  }
  return message;
}

Error not_a_board() {
  return refused(
      "before the first session, a board has a name, the highest UID that it ever "
      "gave, and the octets of its messages, of which the last has that UID");
}

Result<BoardMailbox> parse_board(std::span<const std::string_view> words) {
  std::optional<std::int64_t> received;
  if (words.size() > 5 && words[words.size() - 2] == "received") {
    received = seconds_of(words.back());
    if (!received) {
      return refused("a board's last message is received like 2026-02-28T23:59:59Z");
    }
    words = words.first(words.size() - 2);
  }
  const auto maxima =
      words.size() > 2 ? parse_count(words[2], max_message_octets) : std::optional<std::size_t>{};
  if (!maxima || *maxima < words.size() - 3) {
    return not_a_board();
  }
  BoardMailbox board{
      .name = std::string(words[1]), .maxima = static_cast<std::uint32_t>(*maxima), .messages = {}};
  for (std::size_t i = 3; i < words.size(); ++i) {
    const auto octets = parse_count(words[i], max_message_octets);
    if (!octets || *octets < min_message_octets) {
      return refused("a message has " + std::to_string(min_message_octets) + " octets at least");
    }
    Message message;
    message.ordinal = static_cast<unsigned>(*maxima + i + 1 - words.size());
    message.received = usual_arrival(message.ordinal);
    message.text = generated_message(message.ordinal, *octets);
    board.messages.push_back(std::move(message));
  }
  if (received && !board.messages.empty()) {
    board.messages.back().received = *received;
  }
  return board;
}

Result<std::vector<std::string>> lines_of_message(std::string_view text,
                                                  std::span<const std::string> messages) {
  const bool top = text.starts_with("{top ");
  const auto misspelt = [&] {
    return refused(top ? "this looks like {top 2 0}: a message of this file, and lines"
                       : "this looks like {message 2}: a message of this file");
  };
  if (!text.ends_with('}')) {
    return misspelt();
  }
  const auto words = words_of(text.substr(1, text.size() - 2));
  if (words.size() != (top ? 3U : 2U)) {
    return misspelt();
  }
  const auto ordinal = parse_count(words[1], messages.size());
  const auto lines = top ? parse_count(words[2], max_message_octets) : std::nullopt;
  if (!ordinal || *ordinal == 0 || (top && !lines)) {
    return misspelt();
  }
  return sent_lines(messages[*ordinal - 1], lines);
}

}  // namespace pop3_legacy::dialogue
