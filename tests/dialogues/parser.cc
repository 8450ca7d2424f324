#include "tests/dialogues/parser.h"

#include <algorithm>
#include <fstream>
#include <span>
#include <sstream>
#include <utility>

#include "tests/dialogues/notation.h"

namespace pop3_legacy::dialogue {

namespace {

class Parser {
 public:
  explicit Parser(std::string_view file) { dialogue_.file = file; }

  Result<Dialogue> parse(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      ++line_;
      if (Status taken = take(text.substr(0, end)); !taken) {
        return refused(at(dialogue_.file, line_) + taken.error().text);
      }
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    if (Status ended = end_block(); !ended) {
      return refused(at(dialogue_.file, line_) + ended.error().text);
    }
    if (session_ != nullptr) {
      return refused(at(dialogue_.file, session_->line) + "this session needs a closed or a drop");
    }
    const bool any =
        std::any_of(dialogue_.steps.begin(), dialogue_.steps.end(),
                    [](const Step& step) { return std::holds_alternative<Session>(step); });
    if (!any) {
      return refused(at(dialogue_.file, line_) + "a dialogue needs a session");
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
      return refused("a blank at the end of a line cannot be seen; write \\x20");
    }
    if (std::any_of(line.begin(), line.end(), [](char c) { return c < ' ' || c > '~'; })) {
      return refused("only printable ASCII can stand here; write \\xHH for other octets");
    }
    if (line.starts_with("C:") || line.starts_with("C raw:")) {
      return client_line(line);
    }
    if (line.starts_with("S:") || line.starts_with("S on ")) {
      return server_line(line);
    }
    return keyword(words_of(line));
  }

  // The text after the colon and the blank that follows it.
  static Result<std::string_view> text_of(std::string_view line, std::size_t colon) {
    line.remove_prefix(colon + 1);
    if (line.empty()) {
      return line;
    }
    if (line.front() != ' ') {
      return refused("a blank has to follow the colon");
    }
    return line.substr(1);
  }

  Status client_line(std::string_view line) {
    if (session_ == nullptr) {
      return refused("what the client sends stands in a session");
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
    if (Status complete = check_last_exchange(*session_); !complete) {
      return complete;
    }
    session_->exchanges.push_back({line_, std::move(octets.value()), {}});
    return Done{};
  }

  Status server_line(std::string_view line) {
    if (session_ == nullptr) {
      return refused("an expected line stands in a session");
    }
    if (session_->exchanges.empty()) {
      if (!session_->logs_in) {
        return refused("the greeting is the runner's: a connection begins with a C line");
      }
      session_->exchanges.push_back({line_, {}, {}});  // PASS, which the runner sends
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) {
      return refused("a colon has to follow the hosts");
    }
    constexpr std::string_view on = "S on ";
    std::vector<std::string_view> hosts;
    if (line.starts_with(on)) {
      auto named = parse_hosts(line.substr(on.size(), colon - on.size()));
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
      const auto lines = lines_of_message(text.value(), messages_);
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

  Status keyword(const Words& words) {
    if (words.front() == "mail") {
      if (started_) {
        return refused("between sessions it is \"new mail\"");
      }
      auto message = take_mail(words, 1);
      if (!message) {
        return message.error();
      }
      dialogue_.mails.push_back(std::move(message.value()));
      begin_mail(dialogue_.mails.back());
      return Done{};
    }
    if (words == Words{"session"} || words == Words{"connection"}) {
      if (session_ != nullptr) {
        return refused("the session before needs a closed or a drop");
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
      return refused("in a session there are C lines, S lines, and at its end closed or drop");
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

  Status take_board(const Words& words) {
    auto board = parse_board(words);
    if (started_ || !board) {
      return board ? not_a_board() : board.error();
    }
    dialogue_.boards.push_back(std::move(board.value()));
    return Done{};
  }

  Status end_session(bool dropped) {
    if (session_ == nullptr) {
      return refused("no session is open");
    }
    if (Status complete = check_last_exchange(*session_); !complete) {
      return complete;
    }
    session_->dropped = dropped;
    session_->end_line = line_;
    session_ = nullptr;
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
      return refused("a dialogue can be not split, not pipelined, not with_login or not compared");
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

  Result<Message> take_mail(const Words& words, std::size_t first) {
    auto message =
        parse_mail(std::span(words).subspan(first), static_cast<unsigned>(messages_.size() + 1));
    if (message) {
      messages_.push_back(message.value().text);
    }
    return message;
  }

  // A message without a size has its text in the following lines.
  void begin_mail(Message& message) {
    if (message.text.empty()) {
      block_ = {.text = &message.text, .line_end = crlf, .is_mail = true};
    }
  }

  // Empty lines after a block are there for the reader.
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
      return refused(
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
      return refused("this is no line of a dialogue");
    }
    if (!started_) {
      return refused("this happens between two sessions");
    }
    if (new_mail) {
      auto message = take_mail(words, 2);
      if (!message) {
        return message.error();
      }
      auto& step = dialogue_.steps.emplace_back(NewMail{std::move(message.value())});
      begin_mail(std::get<NewMail>(step).message);
    } else if (expunge) {
      const auto number = words.size() == 2 ? parse_count(words[1], max_message_octets)
                                            : std::optional<std::size_t>{};
      if (!number || *number == 0) {
        return refused("it is \"expunge\" and a message number");
      }
      dialogue_.steps.emplace_back(Expunge{*number});
    } else {
      dialogue_.steps.emplace_back(UidvalidityChange{});
    }
    return Done{};
  }

  /// Where the indented lines that follow belong.
  struct Block {
    std::string* text = nullptr;
    std::string_view line_end;
    bool is_mail = false;
  };

  Dialogue dialogue_;
  unsigned line_ = 0;
  bool started_ = false;        // the first session has begun
  Session* session_ = nullptr;  // the open one; no steps are added meanwhile
  Block block_;                 // whose lines are being read
  std::vector<std::string> messages_;
};

}  // namespace

Result<Dialogue> parse_dialogue(std::string_view text, std::string_view file) {
  return Parser(file).parse(text);
}

Result<Dialogue> read_dialogue(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return refused(path + ": cannot be read, or is empty");
  }
  return parse_dialogue(text.str(), path);
}

}  // namespace pop3_legacy::dialogue
