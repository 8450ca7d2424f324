#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "plugin/core/base/number.h"
#include "plugin/core/base/text.h"
#include "plugin/core/commands/arguments.h"
#include "plugin/core/mangle/mangled_message.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/protocol/command_table.h"
#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

namespace {

constexpr std::size_t max_fields = 100;

Error syntax_error(const std::string& why) {
  return {Failure::permanent, "Syntax error in MANGLE: " + why};
}

/// Removes and returns the text up to `separator`, which is removed too.
std::string_view take_until(std::string_view& text, char separator) noexcept {
  const std::string_view front = text.substr(0, text.find(separator));
  text.remove_prefix(std::min(front.size() + 1, text.size()));
  return trimmed(front, " ");
}

/// Where a word begins with "MANGLE" or "X-MANGLE"; npos: nowhere.
std::size_t find_mangle(std::string_view arguments) noexcept {
  for (std::size_t word = 0; word < arguments.size();) {
    const std::size_t end = std::min(arguments.find_first_of(" (", word), arguments.size());
    const std::string_view name = arguments.substr(word, end - word);
    if (equals_ignoring_case(name, "MANGLE") || equals_ignoring_case(name, "X-MANGLE")) {
      return word;
    }
    word = std::min(arguments.find(' ', word), arguments.size() - 1) + 1;
  }
  return std::string_view::npos;
}

// qpopper accepts the beginning of a name for the name; it then sends more than was asked for.
Status read_fields(std::string_view value, Mangling& mangling) {
  mangling.fields.clear();
  do {
    std::string_view name = take_until(value, ',');
    if (name.ends_with(':')) {
      name.remove_suffix(1);
    }
    if (!is_field_name(name)) {
      return syntax_error("not a header name: " + std::string(name));
    }
    mangling.fields.emplace_back(name);
  } while (!value.empty() && mangling.fields.size() < max_fields);
  return value.empty() ? Status(Done{}) : syntax_error("too many headers");
}

Status read_charset(std::string_view value, Mangling& mangling) {
  constexpr std::array<std::string_view, 3> names{"us-ascii", "iso-8859-1", "utf-8"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (equals_ignoring_case(value, names.at(i))) {
      mangling.charset = static_cast<Mangling::Charset>(i);
      return Done{};
    }
  }
  return syntax_error("charset must be us-ascii, iso-8859-1 or utf-8");
}

// lang and wrap are ignored, as in qpopper.
Status read_attribute(std::string_view attribute, Mangling& mangling) {
  std::string_view value = attribute;
  const std::string_view name = take_until(value, '=');
  value = trimmed(value, " ");
  if (equals_ignoring_case(name, "text")) {
    return equals_ignoring_case(value, "plain") ? Status(Done{})
                                                : syntax_error("text must be plain");
  }
  if (equals_ignoring_case(name, "headers")) {
    return read_fields(value, mangling);
  }
  if (equals_ignoring_case(name, "charset")) {
    return read_charset(value, mangling);
  }
  if (equals_ignoring_case(name, "lang") || equals_ignoring_case(name, "wrap")) {
    return Done{};
  }
  return syntax_error("unknown attribute: " + std::string(name));
}

/// `text` begins with MANGLE or X-MANGLE, alone or followed by `(attribute=value;...)`.
Result<Mangling> read_mangling(std::string_view text) {
  Mangling mangling;
  text = trimmed(text.substr(std::min(text.find_first_of(" ("), text.size())), " ");
  if (text.empty()) {
    return mangling;
  }
  if (!text.starts_with('(') || text.find(')') != text.size() - 1) {
    return syntax_error("attributes must be in parentheses at the end of the line");
  }
  text = trimmed(text.substr(1, text.size() - 2), " ");
  while (!text.empty()) {
    if (const Status read = read_attribute(take_until(text, ';'), mangling); !read) {
      return read.error();
    }
  }
  return mangling;
}

Result<std::unique_ptr<MangledMessage>> open(host::Contents& contents, MessageNumber number,
                                             Mangling mangling,
                                             std::uint64_t lines = MangledMessage::all_lines) {
  auto parts = contents.open_parts(number);
  if (!parts) {
    return parts.error();
  }
  return std::make_unique<MangledMessage>(
      std::move(parts.value()), [&contents, number] { return contents.open_parts(number); },
      std::move(mangling), lines);
}

/// A mangled message being sent to the client.
class Sending : public Listing {
 public:
  Sending(Accesses& accesses, std::unique_ptr<MangledMessage> message, const MessageAccess& access)
      : accesses_(accesses), message_(std::move(message)), access_(access) {}

  Result<std::string> next() override {
    const auto piece = message_->next();
    if (!piece) {
      return Error{piece.error().kind,
                   "MANGLE: message " + std::to_string(access_.number) + ": " + piece.error().text};
    }
    std::string stuffed;
    for (const char c : piece.value()) {
      if (c == '.' && last_ == '\n') {
        stuffed += '.';
      }
      stuffed += c;
      last_ = c;
    }
    octets_ += stuffed.size();
    if (stuffed.empty() && !unfinished() && !ended_) {
      ended_ = true;
      accesses_.done(access_, {.octets = octets_, .all = !message_->lines_used_up()});
    }
    return stuffed;
  }
  [[nodiscard]] bool unfinished() const noexcept override { return !message_->done(); }

 private:
  Accesses& accesses_;
  std::unique_ptr<MangledMessage> message_;
  MessageAccess access_;
  std::uint64_t octets_ = 0;
  bool ended_ = false;
  char last_ = '\n';
};

Reply refusal(Session& session, MessageNumber number, const Error& error) {
  if (error.kind == Failure::gone) {
    return Reply::err("Message " + std::to_string(number) + " expunged.");
  }
  session.environment().log_error("MANGLE: message " + std::to_string(number) + ": " + error.text);
  return Reply::temporary_failure("The message cannot be read.");
}

/// RETR, or TOP with its number of lines.
Answer send(Session& session, host::Contents& contents, MessageNumber number, Mangling mangling,
            Access kind, std::uint64_t lines) {
  Accesses& accesses = session.accesses();
  MessageAccess access =
      accesses.of(kind, number, extent_of(lines, session.maildrop().octets(number)));
  access.as_it_is = false;
  if (const auto refused = accesses.begin(access)) return Answer::over_limit(*refused);
  auto message = open(contents, number, std::move(mangling), lines);
  if (!message) {
    accesses.done(access, {});
    return refusal(session, number, message.error());
  }
  if (kind == Access::retrieve) {
    accesses.before_seen();
    if (const Status marked = contents.mark_seen(number); !marked) {
      session.environment().log_error("MANGLE: message " + std::to_string(number) + ": " +
                                      marked.error().text);
    }
  }
  return {Reply::ok("Message follows"),
          std::make_unique<Sending>(accesses, std::move(message.value()), access)};
}

/// The octets that RETR would send for a message, before dots are stuffed: the whole message has to
/// be read and converted.
class Size {
 public:
  Size(host::Contents& contents, MessageNumber number, Mangling mangling)
      : contents_(contents), number_(number), mangling_(std::move(mangling)) {}

  [[nodiscard]] MessageNumber number() const noexcept { return number_; }
  /// Does part of the work. No value: there is more.
  Result<std::optional<std::uint64_t>> go_on() {
    if (!message_) {
      auto opened = open(contents_, number_, mangling_);
      if (!opened) return opened.error();
      message_ = std::move(opened.value());
    }
    const auto piece = message_->next();
    if (!piece) return piece.error();
    octets_ += piece.value().size();
    return piece.value().empty() && message_->done() ? std::optional(octets_) : std::nullopt;
  }

 private:
  host::Contents& contents_;
  MessageNumber number_;
  Mangling mangling_;
  std::unique_ptr<MangledMessage> message_;
  std::uint64_t octets_ = 0;
};

/// LIST n.
class SizeOfOne : public SlowReply {
 public:
  SizeOfOne(Session& session, host::Contents& contents, MessageNumber number, Mangling mangling)
      : session_(session), size_(contents, number, std::move(mangling)) {}

  std::optional<Reply> step() override {
    const auto size = size_.go_on();
    if (!size) return refusal(session_, size_.number(), size.error());
    if (!size.value()) return std::nullopt;
    return Reply::ok(std::to_string(size_.number()) + ' ' + std::to_string(*size.value()));
  }

 private:
  Session& session_;
  Size size_;
};

/// LIST: produces a line once its message has been read.
class Sizes : public Listing {
 public:
  Sizes(const host::Maildrop& maildrop, host::Contents& contents, Mangling mangling)
      : maildrop_(maildrop),
        contents_(contents),
        count_(maildrop.message_count()),
        mangling_(std::move(mangling)) {
    find(1);
  }

  Result<std::string> next() override {
    if (!size_) return std::string();
    const MessageNumber number = size_->number();
    const auto size = size_->go_on();
    if (!size && size.error().kind != Failure::gone) {
      return Error{size.error().kind,
                   "MANGLE: message " + std::to_string(number) + ": " + size.error().text};
    }
    if (size && !size.value()) return std::string();
    find(number + 1);
    return std::to_string(number) + ' ' + std::to_string(size ? *size.value() : 0) + "\r\n";
  }
  [[nodiscard]] bool unfinished() const noexcept override { return size_ != nullptr; }

 private:
  void find(MessageNumber number) {
    while (number <= count_ && maildrop_.deleted(number)) ++number;
    size_ = number <= count_ ? std::make_unique<Size>(contents_, number, mangling_) : nullptr;
  }

  const host::Maildrop& maildrop_;
  host::Contents& contents_;
  MessageNumber count_;
  Mangling mangling_;
  std::unique_ptr<Size> size_;  ///< of the message being read
};

Answer list(Session& session, host::Contents& contents, std::string_view word, Mangling mangling) {
  const host::Maildrop& maildrop = session.maildrop();
  if (!word.empty()) {
    const auto number = message_named(maildrop, word);
    if (!number) {
      return Reply::err(number.error().text);
    }
    return Answer(
        std::make_unique<SizeOfOne>(session, contents, number.value(), std::move(mangling)));
  }
  return {Reply::ok(messages_left(maildrop)),
          std::make_unique<Sizes>(maildrop, contents, std::move(mangling))};
}

}  // namespace

bool takes_mangle(const Command& hosts, std::string_view arguments) noexcept {
  return (hosts.name == "RETR" || hosts.name == "TOP" || hosts.name == "LIST") &&
         find_mangle(arguments) != std::string_view::npos;
}

// Follows qpopper's pop_send.c and pop_list.c; the other arguments are read as Dovecot reads them.
Answer mangle(Session& session, std::string_view line, host::Contents& contents) {
  const std::string_view verb = take_word(line);
  const std::size_t at = find_mangle(line);
  std::string_view rest = trimmed(line.substr(0, at), " ");
  auto mangling = read_mangling(line.substr(std::min(at, line.size())));
  if (!mangling) {
    return Reply::err(mangling.error().text);
  }
  const std::string_view message = take_word(rest);
  const std::string_view lines = equals_ignoring_case(verb, "TOP") ? take_word(rest) : "";
  if (!rest.empty()) {
    return Reply::err("Unknown argument: " + std::string(rest));
  }
  if (equals_ignoring_case(verb, "LIST")) {
    return list(session, contents, message, std::move(mangling.value()));
  }
  const auto number = message_named(session.maildrop(), message);
  if (!number) {
    return Reply::err(number.error().text);
  }
  if (!equals_ignoring_case(verb, "TOP")) {
    return send(session, contents, number.value(), std::move(mangling.value()), Access::retrieve,
                MangledMessage::all_lines);
  }
  const auto count = whole_number<std::uint64_t>(lines);
  if (!count) return Reply::err("Invalid size: " + std::string(lines));
  return send(session, contents, number.value(), std::move(mangling.value()), Access::top, *count);
}

}  // namespace pop3_legacy::commands
