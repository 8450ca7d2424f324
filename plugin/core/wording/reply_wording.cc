#include "plugin/core/wording/reply_wording.h"

#include <algorithm>
#include <array>
#include <utility>

#include "plugin/core/base/text.h"

namespace pop3_legacy::wording {

namespace {

/// The host's commands whose answers are reworded, and how.
struct Row {
  std::string_view command;
  Worded all;                 ///< without an argument, or if it is the only form
  std::optional<Worded> one;  ///< with a message number
  bool names_message = false;
};

constexpr std::array<Row, 9> rows{{
    {"STAT", Worded::stat, std::nullopt},
    {"LIST", Worded::list, Worded::list_one, true},
    {"UIDL", Worded::uidl, Worded::uidl_one, true},
    {"RETR", Worded::retr, std::nullopt, true},
    {"TOP", Worded::top, std::nullopt, true},
    {"DELE", Worded::dele, std::nullopt, true},
    {"RSET", Worded::rset, std::nullopt},
    {"NOOP", Worded::noop, std::nullopt},
    {"QUIT", Worded::quit, std::nullopt},
}};

const Row* row_of(const Command& command) {
  const auto* const row = std::find_if(rows.begin(), rows.end(), [&](const Row& candidate) {
    return candidate.command.front() == command.name.front() && candidate.command == command.name;
  });
  return row == rows.end() ? nullptr : &*row;
}

std::optional<MessageNumber> number_in(const Command& command, std::string_view arguments) {
  return parse_message_number(arguments, /*more_follows=*/command.access == Access::top);
}

// The reply's own template, or that of the more general reply.
std::string_view template_in(const ReplyWords& words, Worded reply) noexcept {
  const std::string_view text = template_of(words, reply);
  if (!text.empty()) return text;
  switch (reply) {
    case Worded::quit_empty:
    case Worded::quit_left:
      return template_in(words, Worded::quit);
    case Worded::no_top:
      return template_in(words, Worded::no_message);
    default:
      return {};
  }
}

}  // namespace

bool words_replies(const ReplyWords& words) noexcept {
  for (std::size_t reply = 0; reply < worded_count; ++reply) {
    if (!template_in(words, static_cast<Worded>(reply)).empty()) return true;
  }
  return false;
}

ReplyWording::ReplyWording(const ReplyWords& words, const host::Maildrop& maildrop,
                           const host::Environment& environment)
    : words_(words),
      maildrop_(maildrop),
      environment_(environment),
      all_hosts_(!words_replies(words)) {}

std::string ReplyWording::logged_in(std::string_view hosts) const {
  Facts facts;
  facts.tally = maildrop_.all();
  return worded(Worded::pass, facts, hosts);
}

std::optional<Worded> ReplyWording::negative_reply(const Given& line) const {
  if (line.command == nullptr) return Worded::unknown;
  if (!line.names_message || !line.number) return std::nullopt;
  if (*line.number == 0 || *line.number > maildrop_.message_count()) {
    return line.command->access == Access::top ? Worded::no_top : Worded::no_message;
  }
  return maildrop_.deleted(*line.number) ? std::optional(Worded::deleted) : std::nullopt;
}

void ReplyWording::given(const CommandLine& line, const Recognized& recognized, std::uint64_t end) {
  Given& given = given_.emplace_back();
  given.end = end;
  given.verb = line.verb;
  given.command = recognized.command;
  if (recognized.command != nullptr) {
    const Row* const row = row_of(*recognized.command);
    given.number = number_in(*recognized.command, recognized.arguments);
    if (row != nullptr) {
      given.names_message = row->names_message;
      given.positive = row->one && !recognized.arguments.empty() ? row->one : row->all;
    }
  }
  if (next_ + 1 == given_.size()) begin_next();
}

void ReplyWording::all_answered() noexcept {
  given_.clear();
  next_ = 0;
}

// The host is about to execute this line: nothing that came before it can change the maildrop now.
void ReplyWording::begin_next() {
  const Given& line = given_[next_];
  facts_ = Facts();
  facts_.command = line.verb;
  positive_ = line.positive;
  negative_ = negative_reply(line);
  if (line.command == nullptr) return;
  facts_.message = line.number.value_or(0);
  facts_.tally = positive_ == Worded::rset ? maildrop_.all() : maildrop_.left();
  if (positive_ == Worded::quit) {
    positive_ = facts_.tally.messages == 0 ? Worded::quit_empty : Worded::quit_left;
  }
}

std::string ReplyWording::reworded(std::string_view line) {
  if (next_ == given_.size()) return std::string(line);
  const bool positive = line.starts_with("+OK");
  std::string made;
  if (line.starts_with("-ERR [")) {
    made = line;
  } else {
    if (positive) facts_.id = line.substr(line.rfind(' ') + 1);
    made = worded(positive ? positive_ : negative_, facts_, line);
  }
  if (++next_ < given_.size()) begin_next();
  return made;
}

std::string ReplyWording::reworded_unknown(std::string_view verb, std::string_view line) const {
  Facts facts;
  facts.command = verb;
  return worded(Worded::unknown, facts, line);
}

std::string ReplyWording::worded(std::optional<Worded> reply, const Facts& facts,
                                 std::string_view hosts) const {
  const std::string_view text = reply ? template_in(words_, *reply) : std::string_view();
  if (text.empty()) return std::string(hosts);
  if (text.find_first_of("{}") == std::string_view::npos) return std::string(text);
  const auto user_name = [&] {
    std::string user = environment_.user_name();
    std::replace_if(
        user.begin(), user.end(), [](char c) { return !is_printable(c); }, '?');
    return user;
  };
  std::string made = fill(text, [&](std::string_view field) -> std::string {
    if (field == "count") return std::to_string(facts.tally.messages);
    if (field == "s") return facts.tally.messages == 1 ? "" : "s";
    if (field == "octets") return std::to_string(facts.tally.octets);
    if (field == "all") return std::to_string(maildrop_.message_count());
    if (field == "message") return std::to_string(facts.message);
    if (field == "size") return std::to_string(size_of(facts.message));
    if (field == "id") return facts.id;
    if (field == "user") return user_name();
    if (field == "local") {
      const std::string user = user_name();
      return user.substr(0, user.rfind('@'));
    }
    if (field == "host") return environment_.host_name();
    return printable(facts.command);
  });
  // A user name may begin with "[", which would be taken for a response code.
  return made.starts_with("+OK [") || made.starts_with("-ERR [") ? std::string(hosts) : made;
}

std::uint64_t ReplyWording::size_of(MessageNumber message) const {
  return message > 0 && message <= maildrop_.message_count() ? maildrop_.octets(message) : 0;
}

}  // namespace pop3_legacy::wording
