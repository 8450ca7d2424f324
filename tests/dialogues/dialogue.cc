#include "tests/dialogues/dialogue.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <utility>

#include "plugin/core/number.h"

namespace pop3_legacy::dialogue {

namespace {

constexpr std::string_view crlf = "\r\n";
constexpr std::size_t max_message_octets = 1'000'000;
constexpr std::size_t max_repetitions = 1'000'000;
constexpr std::size_t max_shown_octets = 300;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

Error wrong(std::string what) {
  return {Failure::permanent, std::move(what)};
}

std::string at(std::string_view file, unsigned line) {
  return std::string(file) + ':' + std::to_string(line) + ": ";
}

std::optional<std::size_t> parse_count(std::string_view text, std::size_t limit) {
  const auto number = whole_number<std::size_t>(text);
  return number && *number <= limit ? number : std::nullopt;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    if (end > 0) {
      words.push_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::optional<unsigned> hex_value(char c) noexcept {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto value = digits.find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
  return value == std::string_view::npos ? std::nullopt
                                         : std::optional<unsigned>(static_cast<unsigned>(value));
}

/// "2026-02-28T23:59:59Z", in seconds since 1970.
std::optional<std::int64_t> seconds_of(std::string_view text) {
  constexpr std::string_view form = "dddd-dd-ddTdd:dd:ddZ";
  if (text.size() != form.size()) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (form[i] == 'd' ? !is_digit(text[i]) : text[i] != form[i]) {
      return std::nullopt;
    }
  }
  const auto part = [text](std::size_t from, std::size_t digits) {
    return static_cast<unsigned>(*parse_count(text.substr(from, digits), 9999));
  };
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(part(0, 4))),
                                        std::chrono::month(part(5, 2)),
                                        std::chrono::day(part(8, 2))};
  const auto hour = part(11, 2);
  const auto minute = part(14, 2);
  const auto second = part(17, 2);
  if (!day.ok() || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const std::chrono::sys_seconds time = std::chrono::sys_days(day) + std::chrono::hours(hour) +
                                        std::chrono::minutes(minute) + std::chrono::seconds(second);
  return time.time_since_epoch().count();
}

/// Takes the escape at the front of `text`, which begins with a backslash.
Result<char> take_escape(std::string_view& text) {
  const char kind = text.size() > 1 ? text[1] : '\0';
  std::size_t octets = 2;
  char value = '\0';
  switch (kind) {
    case 'r':
      value = '\r';
      break;
    case 'n':
      value = '\n';
      break;
    case 't':
      value = '\t';
      break;
    case '0':
      break;
    case '\\':
      value = '\\';
      break;
    case 'x': {
      const auto high = text.size() > 3 ? hex_value(text[2]) : std::nullopt;
      const auto low = text.size() > 3 ? hex_value(text[3]) : std::nullopt;
      if (!high || !low) {
        return wrong("\\x needs two hexadecimal digits");
      }
      octets = 4;
      value = static_cast<char>(static_cast<unsigned char>(*high * 16 + *low));
      break;
    }
    default:
      return wrong(R"(there is \r, \n, \t, \0, \xHH and \\, and no other escape)");
  }
  text.remove_prefix(octets);
  return value;
}

/// Plain octets and escapes up to one of `stops`, or the end.
Result<std::string> take_octets(std::string_view& text, std::string_view stops) {
  std::string octets;
  while (!text.empty() && stops.find(text.front()) == std::string_view::npos) {
    if (text.front() != '\\') {
      octets += text.front();
      text.remove_prefix(1);
      continue;
    }
    const auto escaped = take_escape(text);
    if (!escaped) {
      return escaped.error();
    }
    octets += escaped.value();
  }
  return octets;
}

/// `{"A" x 3000}` at the front of `text`.
Result<std::string> take_repetition(std::string_view& text) {
  const auto refused = [] { return wrong(R"(a repetition looks like this: {"A" x 3000})"); };
  if (!text.starts_with("{\"")) {
    return refused();
  }
  text.remove_prefix(2);
  auto octets = take_octets(text, "\"");
  if (!octets) {
    return octets;
  }
  constexpr std::string_view times = "\" x ";
  const auto end = text.find('}');
  if (!text.starts_with(times) || end == std::string_view::npos) {
    return refused();
  }
  const auto count = parse_count(text.substr(times.size(), end - times.size()), max_repetitions);
  if (!count) {
    return refused();
  }
  text.remove_prefix(end + 1);
  std::string repeated;
  repeated.reserve(octets.value().size() * *count);
  for (std::size_t i = 0; i < *count; ++i) {
    repeated += octets.value();
  }
  return repeated;
}

Result<std::string> client_octets(std::string_view text) {
  std::string all;
  while (!text.empty()) {
    auto part = text.front() == '{' ? take_repetition(text) : take_octets(text, "{");
    if (!part) {
      return part;
    }
    all += part.value();
  }
  return all;
}

class Parser {
 public:
  explicit Parser(std::string_view file) { dialogue_.file = file; }

  Result<Dialogue> parse(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      ++line_;
      if (Status taken = take(text.substr(0, end)); !taken) {
        return wrong(at(dialogue_.file, line_) + taken.error().text);
      }
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (Status ended = end_block(); !ended) {
      return wrong(at(dialogue_.file, line_) + ended.error().text);
    }
    if (session_ != nullptr) {
      return wrong(at(dialogue_.file, session_->line) + "this session needs a closed or a drop");
    }
    const bool any =
        std::any_of(dialogue_.steps.begin(), dialogue_.steps.end(),
                    [](const Step& step) { return std::holds_alternative<Session>(step); });
    if (!any) {
      return wrong(at(dialogue_.file, line_) + "a dialogue needs a session");
    }
    return std::move(dialogue_);
  }

 private:
  using Words = std::vector<std::string_view>;

  Status take(std::string_view line) {
    if (block_.text != nullptr && (line.empty() || line.starts_with("  "))) {
      block_.text->append(line.substr(std::min<std::size_t>(2, line.size())))
          .append(block_.line_end);
      return Done{};
    }
    if (Status ended = end_block(); !ended) {
      return ended;
    }
    if (line.empty() || line.starts_with('#')) {
      return Done{};
    }
    if (line.back() == ' ') {
      return wrong("a blank at the end of a line cannot be seen; write \\x20");
    }
    if (std::any_of(line.begin(), line.end(), [](char c) { return c < ' ' || c > '~'; })) {
      return wrong("only printable ASCII can stand here; write \\xHH for other octets");
    }
    if (line.starts_with("C:") || line.starts_with("C raw:")) {
      return client_line(line);
    }
    if (line.starts_with("S:") || line.starts_with("S on ")) {
      return server_line(line);
    }
    return keyword(words_of(line));
  }

  // The text behind the colon and the blank that follows it.
  static Result<std::string_view> text_of(std::string_view line, std::size_t colon) {
    line.remove_prefix(colon + 1);
    if (line.empty()) {
      return line;
    }
    if (line.front() != ' ') {
      return wrong("a blank has to follow the colon");
    }
    return line.substr(1);
  }

  Status client_line(std::string_view line) {
    if (session_ == nullptr) {
      return wrong("what the client sends stands in a session");
    }
    const auto text = text_of(line, line.find(':'));
    if (!text) {
      return text.error();
    }
    auto octets = client_octets(text.value());
    if (!octets) {
      return octets.error();
    }
    if (line.starts_with("C:")) {
      octets.value() += crlf;
    }
    if (Status complete = check_exchange(); !complete) {
      return complete;
    }
    session_->exchanges.push_back({line_, std::move(octets.value()), {}});
    return Done{};
  }

  Status server_line(std::string_view line) {
    if (session_ == nullptr) {
      return wrong("an expected line stands in a session");
    }
    if (session_->exchanges.empty()) {
      if (!session_->logs_in) {
        return wrong("the greeting is the runner's: a connection begins with a C line");
      }
      session_->exchanges.push_back({line_, {}, {}});  // PASS, which is the runner's
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      return wrong("a colon has to follow the hosts");
    }
    constexpr std::string_view on = "S on ";
    std::vector<std::string_view> hosts;
    if (line.starts_with(on)) {
      auto named = hosts_of(line.substr(on.size(), colon - on.size()));
      if (!named) {
        return named.error();
      }
      hosts = std::move(named.value());
    }
    const auto text = text_of(line, colon);
    if (!text) {
      return text.error();
    }
    const auto add = [&](std::string source, Pattern pattern) {
      session_->exchanges.back().expected.push_back(
          {line_, std::move(source), std::move(pattern), hosts});
    };
    if (text.value().starts_with("{message ") || text.value().starts_with("{top ")) {
      const auto lines = lines_of_message(text.value());
      if (!lines) {
        return lines.error();
      }
      for (const std::string& sent : lines.value()) {
        add(sent, Pattern::literal(sent));
      }
      return Done{};
    }
    auto pattern = Pattern::parse(text.value());
    if (!pattern) {
      return pattern.error();
    }
    add(std::string(text.value()), std::move(pattern.value()));
    return Done{};
  }

  static Result<std::vector<std::string_view>> hosts_of(std::string_view list) {
    std::vector<std::string_view> hosts;
    for (;;) {
      const auto comma = std::min(list.find(','), list.size());
      const auto name = list.substr(0, comma);
      if (name == "dovecot") {
        hosts.insert(hosts.end(), {"dovecot-2.3", "dovecot-2.4"});
      } else if (name == "shim") {
        hosts.insert(hosts.end(), {"memory", "standalone"});
      } else {
        const auto* const known = std::find(host_names.begin(), host_names.end(), name);
        if (known == host_names.end()) {
          return wrong("there is no host \"" + std::string(name) +
                       "\"; hosts are separated by a comma and a blank");
        }
        hosts.push_back(*known);
      }
      if (comma == list.size()) {
        return hosts;
      }
      list.remove_prefix(comma + 1);
      list.remove_prefix(list.starts_with(' ') ? 1 : 0);
    }
  }

  // {message 2} and {top 2 0}
  Result<std::vector<std::string>> lines_of_message(std::string_view text) {
    const bool top = text.starts_with("{top ");
    const auto refused = [&] {
      return wrong(top ? "this looks like {top 2 0}: a message of this file, and lines"
                       : "this looks like {message 2}: a message of this file");
    };
    if (!text.ends_with('}')) {
      return refused();
    }
    const Words words = words_of(text.substr(1, text.size() - 2));
    if (words.size() != (top ? 3U : 2U)) {
      return refused();
    }
    const auto ordinal = parse_count(words[1], messages_.size());
    const auto lines = top ? parse_count(words[2], max_message_octets) : std::nullopt;
    if (!ordinal || *ordinal == 0 || (top && !lines)) {
      return refused();
    }
    return sent_lines(messages_[*ordinal - 1], lines);
  }

  Status keyword(const Words& words) {
    if (words.front() == "mail") {
      if (started_) {
        return wrong("between sessions it is \"new mail\"");
      }
      auto message = message_of(words, 1);
      if (!message) {
        return message.error();
      }
      dialogue_.mails.push_back(std::move(message.value()));
      begin_mail(dialogue_.mails.back());
      return Done{};
    }
    if (words == Words{"session"} || words == Words{"connection"}) {
      if (session_ != nullptr) {
        return wrong("the session before needs a closed or a drop");
      }
      started_ = true;
      Session session;
      session.line = line_;
      session.logs_in = words.front() == "session";
      session_ = &std::get<Session>(dialogue_.steps.emplace_back(std::move(session)));
      return Done{};
    }
    if (words == Words{"closed"} || words == Words{"drop"}) {
      return end_session(words.front() == "drop");
    }
    if (words.size() == 2 && words.front() == "not") {
      return exclude(words[1]);
    }
    if (session_ != nullptr) {
      return wrong("in a session there are C lines, S lines, and at its end closed or drop");
    }
    if (words == Words{"policy"}) {
      take_policy();
      return Done{};
    }
    if (words.front() == "board") {
      return take_board(words);
    }
    if (words.size() == 2 && words.front() == "file") {
      NewFile file{std::string(words[1]), {}};
      auto& added = std::get<NewFile>(dialogue_.steps.emplace_back(std::move(file)));
      block_ = {.text = &added.content, .line_end = "\n", .is_mail = false};
      return Done{};
    }
    return between(words);
  }

  Status take_board(Words words) {
    std::optional<std::int64_t> received;
    if (words.size() > 5 && words[words.size() - 2] == "received") {
      received = seconds_of(words.back());
      if (!received) {
        return wrong("a board's last message is received like 2026-02-28T23:59:59Z");
      }
      words.resize(words.size() - 2);
    }
    const auto maxima =
        words.size() > 2 ? parse_count(words[2], max_message_octets) : std::optional<std::size_t>{};
    if (started_ || !maxima || *maxima < words.size() - 3) {
      return wrong(
          "before the first session, a board has a name, the highest UID that it ever "
          "gave, and the octets of its messages, of which the last has that UID");
    }
    BoardMailbox board{.name = std::string(words[1]),
                       .maxima = static_cast<std::uint32_t>(*maxima),
                       .messages = {}};
    for (std::size_t i = 3; i < words.size(); ++i) {
      const auto octets = parse_count(words[i], max_message_octets);
      if (!octets || *octets < min_message_octets) {
        return wrong("a message has " + std::to_string(min_message_octets) + " octets at least");
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
    dialogue_.boards.push_back(std::move(board));
    return Done{};
  }

  Status end_session(bool dropped) {
    if (session_ == nullptr) {
      return wrong("no session is open");
    }
    if (Status complete = check_exchange(); !complete) {
      return complete;
    }
    session_->dropped = dropped;
    session_->end_line = line_;
    session_ = nullptr;
    return Done{};
  }

  // {lines} needs a line to end at, on every host.
  [[nodiscard]] Status check_exchange() const {
    if (session_->exchanges.empty()) {
      return Done{};
    }
    for (const std::string_view host : host_names) {
      bool open = false;
      for (const Expected& expected : session_->exchanges.back().expected) {
        if (!expected.holds_for(host)) {
          continue;
        }
        if (open && expected.pattern.any_lines()) {
          return wrong("a {lines} cannot follow a {lines}");
        }
        open = expected.pattern.any_lines();
      }
      if (open) {
        return wrong("the {lines} before needs a line that ends it on " + std::string(host));
      }
    }
    return Done{};
  }

  Status exclude(std::string_view name) {
    if (name == "compared") {
      dialogue_.compared = false;
      return Done{};
    }
    const auto* const mode = std::find_if(modes.begin(), modes.end(),
                                          [&](Mode known) { return name_of(known) == name; });
    if (mode == modes.end() || *mode == Mode::line) {
      return wrong("a dialogue can be not split, not pipelined, not with_login or not compared");
    }
    dialogue_.not_in.push_back(*mode);
    return Done{};
  }

  void take_policy() {
    if (started_) {
      block_.text = &std::get<NewPolicy>(dialogue_.steps.emplace_back(NewPolicy{})).toml;
    } else {
      block_.text = &dialogue_.policy.emplace();
    }
    block_.line_end = "\n";
    block_.is_mail = false;
  }

  // A mail without a size has its text in the lines that follow.
  void begin_mail(Message& message) {
    if (message.text.empty()) {
      block_ = {.text = &message.text, .line_end = crlf, .is_mail = true};
    }
  }

  // The empty lines behind a block are there for who reads the dialogue.
  Status end_block() {
    const Block block = std::exchange(block_, {});
    if (block.text == nullptr) {
      return Done{};
    }
    const std::string two_ends = std::string(block.line_end) + std::string(block.line_end);
    while (block.text->ends_with(two_ends) || *block.text == block.line_end) {
      block.text->resize(block.text->size() - block.line_end.size());
    }
    if (!block.is_mail) {
      return Done{};
    }
    if (block.text->find(two_ends) == std::string::npos) {
      return wrong(
          "a mail without a size has its text behind it, each line indented by two "
          "blanks: a header, an empty line and a body");
    }
    messages_.back() = *block.text;
    return Done{};
  }

  Status between(const Words& words) {
    const bool new_mail = words.size() > 1 && words[0] == "new" && words[1] == "mail";
    const bool expunge = words.front() == "expunge";
    const bool uidvalidity = words == Words{"uidvalidity", "changes"};
    if (!new_mail && !expunge && !uidvalidity) {
      return wrong("this is no line of a dialogue");
    }
    if (!started_) {
      return wrong("this happens between two sessions");
    }
    if (new_mail) {
      auto message = message_of(words, 2);
      if (!message) {
        return message.error();
      }
      auto& step = dialogue_.steps.emplace_back(NewMail{std::move(message.value())});
      begin_mail(std::get<NewMail>(step).message);
    } else if (expunge) {
      const auto number = words.size() == 2 ? parse_count(words[1], max_message_octets)
                                            : std::optional<std::size_t>{};
      if (!number || *number == 0) {
        return wrong("it is \"expunge\" and a message number");
      }
      dialogue_.steps.emplace_back(Expunge{*number});
    } else {
      dialogue_.steps.emplace_back(UidvalidityChange{});
    }
    return Done{};
  }

  // The size, the flag and the date behind `mail` or `new mail`.
  Result<Message> message_of(const Words& words, std::size_t first) {
    const auto refused = [] {
      return wrong("a mail has a size of at least " + std::to_string(min_message_octets) +
                   " octets or its text in the lines that follow, and can be \"seen\" and "
                   "\"received 2026-02-28T23:59:59Z\"");
    };
    Message message;
    message.ordinal = static_cast<unsigned>(messages_.size() + 1);
    message.received = usual_arrival(message.ordinal);
    std::size_t next = first;
    if (next < words.size() && is_digit(words[next].front())) {
      const auto octets = parse_count(words[next++], max_message_octets);
      if (!octets || *octets < min_message_octets) {
        return refused();
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
        return refused();
      }
      message.received = *received;
      next += 2;
    }
    if (next != words.size()) {
      return refused();
    }
    messages_.push_back(message.text);
    return message;
  }

  /// Where the indented lines go that follow.
  struct Block {
    std::string* text = nullptr;
    std::string_view line_end;
    bool is_mail = false;
  };

  Dialogue dialogue_;
  unsigned line_ = 0;
  bool started_ = false;        // the first session has been seen
  Session* session_ = nullptr;  // the open one; no step is added while it is
  Block block_;                 // the one whose lines are being read
  std::vector<std::string> messages_;
};

}  // namespace

std::string_view name_of(Mode mode) noexcept {
  switch (mode) {
    case Mode::line:
      return "line";
    case Mode::split:
      return "split";
    case Mode::pipelined:
      return "pipelined";
    case Mode::with_login:
      break;
  }
  return "with_login";
}

// --- messages ---

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
    // One octet alone could not be a line.
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

// --- expected lines ---

Pattern Pattern::literal(std::string octets) {
  Pattern pattern;
  pattern.parts_.push_back({Kind::octets, std::move(octets)});
  return pattern;
}

std::optional<Pattern::Kind> Pattern::placeholder(std::string_view name) noexcept {
  if (name == "text") {
    return Kind::text;
  }
  if (name == "number") {
    return Kind::number;
  }
  if (name == "word") {
    return Kind::word;
  }
  return std::nullopt;
}

Result<Pattern> Pattern::parse(std::string_view text) {
  Pattern pattern;
  if (text == "{lines}") {
    pattern.any_lines_ = true;
    return pattern;
  }
  while (!text.empty()) {
    if (text.front() != '{') {
      auto octets = take_octets(text, "{");
      if (!octets) {
        return octets.error();
      }
      pattern.parts_.push_back({Kind::octets, std::move(octets.value())});
      continue;
    }
    const auto end = text.find('}');
    const auto kind =
        end == std::string_view::npos ? std::nullopt : placeholder(text.substr(1, end - 1));
    if (!kind) {
      return wrong(
          "there is {text}, {number}, {word} and, alone in a line, {lines}, {message N} and "
          "{top N LINES}; a brace by itself is \\x7b");
    }
    pattern.parts_.push_back({*kind, {}});
    text.remove_prefix(end + 1);
  }
  return pattern;
}

bool Pattern::matches(std::string_view line) const {
  return !any_lines_ && matches_from(0, line);
}

bool Pattern::matches_from(std::size_t part, std::string_view rest) const {
  if (part == parts_.size()) {
    return rest.empty();
  }
  const Part& here = parts_[part];
  const Kind kind = here.kind;
  if (kind == Kind::octets) {
    return rest.starts_with(here.octets) && matches_from(part + 1, rest.substr(here.octets.size()));
  }
  const bool number = kind == Kind::number;
  const auto fits = [&](char c) {
    return kind == Kind::text || (number ? is_digit(c) : c > ' ' && c <= '~');
  };
  const auto most =
      static_cast<std::size_t>(std::find_if_not(rest.begin(), rest.end(), fits) - rest.begin());
  const std::size_t least = kind == Kind::text ? 0 : 1;
  for (std::size_t length = most + 1; length-- > least;) {
    if (matches_from(part + 1, rest.substr(length))) {
      return true;
    }
  }
  return false;
}

bool Expected::holds_for(std::string_view host) const noexcept {
  return hosts.empty() || std::find(hosts.begin(), hosts.end(), host) != hosts.end();
}

// --- the dialogue ---

std::string Session::client_octets() const {
  std::string all;
  for (const Exchange& exchange : exchanges) {
    all += exchange.octets;
  }
  return all;
}

bool Dialogue::plays_in(Mode mode) const noexcept {
  return std::find(not_in.begin(), not_in.end(), mode) == not_in.end();
}

Result<Dialogue> parse_dialogue(std::string_view text, std::string_view file) {
  return Parser(file).parse(text);
}

Result<Dialogue> read_dialogue(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return wrong(path + ": cannot be read, or is empty");
  }
  return parse_dialogue(text.str(), path);
}

// --- matching ---

Matcher::Matcher(std::string_view file, const Session& session, std::string_view host)
    : file_(file), session_(session) {
  for (std::size_t exchange = 0; exchange < session.exchanges.size(); ++exchange) {
    for (const Expected& expected : session.exchanges[exchange].expected) {
      if (expected.holds_for(host)) {
        awaited_.push_back({exchange, &expected});
      }
    }
  }
}

Status Matcher::feed(std::string_view octets) {
  partial_ += octets;
  std::size_t begin = 0;
  for (;;) {
    const auto line_feed = partial_.find('\n', begin);
    if (line_feed == std::string::npos) {
      partial_.erase(0, begin);
      return Done{};
    }
    const auto line = std::string_view(partial_).substr(begin, line_feed - begin);
    if (!line.ends_with('\r')) {
      return failure("a line that ends with LF alone: " + shown(line));
    }
    if (Status taken = take(line.substr(0, line.size() - 1)); !taken) {
      return taken;
    }
    begin = line_feed + 1;
  }
}

Status Matcher::take(std::string_view line) {
  if (position_ == awaited_.size() || awaited_[position_].exchange >= sent_) {
    return failure("a line that nothing asked for: " + shown(line));
  }
  const Pattern& pattern = awaited_[position_].expected->pattern;
  if (!pattern.any_lines()) {
    if (!pattern.matches(line)) {
      return failure("another line: " + shown(line));
    }
    ++position_;
  } else if (awaited_[position_ + 1].expected->pattern.matches(line)) {
    position_ += 2;
  }
  return Done{};
}

bool Matcher::answered(std::size_t exchanges) const noexcept {
  return position_ == awaited_.size() || awaited_[position_].exchange >= exchanges;
}

Status Matcher::closed() const {
  if (!partial_.empty()) {
    return failure("the end, in the middle of a line: " + shown(partial_));
  }
  if (position_ < awaited_.size()) {
    return failure("the end");
  }
  return Done{};
}

Error Matcher::failure(std::string_view what) const {
  const bool end = position_ == awaited_.size();
  const unsigned line = end ? session_.end_line : awaited_[position_].expected->line;
  const std::string expected =
      end ? "the end of the session" : '"' + awaited_[position_].expected->source + '"';
  return wrong(at(file_, line) + "expected " + expected + ", got " + std::string(what));
}

std::string shown(std::string_view octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  const bool cut = octets.size() > max_shown_octets;
  std::string out = "\"";
  for (const char c : octets.substr(0, max_shown_octets)) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\\') {
      out += "\\\\";
    } else if (c >= ' ' && c <= '~') {
      out += c;
    } else {
      (out += "\\x") += {digits[octet >> 4U], digits[octet & 0xFU]};
    }
  }
  return out + (cut ? "...\"" : "\"");
}

}  // namespace pop3_legacy::dialogue
