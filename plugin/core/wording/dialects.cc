#include "plugin/core/wording/dialects.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace pop3_legacy::wording {

namespace {

struct Wording {
  Worded reply;
  std::string_view text;
};

constexpr Dialect::Templates templates(std::initializer_list<Wording> wordings) {
  Dialect::Templates made{};
  for (const Wording& wording : wordings) {
    made.at(static_cast<std::size_t>(wording.reply)) = wording.text;
  }
  return made;
}

/// The first is the host's own. To add a dialect, add a row.
constexpr std::array table{
    Dialect{.name = "dovecot",
            .about = "Dovecot's own words, as they are; they cost nothing",
            .templates = {}},

    Dialect{.name = "rambler",
            .about = "rambler.ru's, by a transcript of 2008 or so",
            .templates = templates({
                {Worded::pass, "+OK {count} message{s} ({octets} bytes)"},
                {Worded::list, "+OK {count} message{s} ({octets} bytes)"},
                {Worded::retr, "+OK {message} {size}"},
                {Worded::dele, "+OK message {message} deleted"},
                {Worded::rset, "+OK maildrop has {count} message{s} ({octets} bytes)"},
                {Worded::noop, "+OK"},
                {Worded::quit, "+OK bye-bye"},
            })},

    Dialect{.name = "rfc1225",
            .about = "the examples of RFC 1225, which RFC 1939 has, too",
            .templates = templates({
                {Worded::pass, "+OK {user}'s maildrop has {count} message{s} ({octets} octets)"},
                {Worded::list, "+OK {count} message{s} ({octets} octets)"},
                {Worded::uidl, "+OK"},
                {Worded::retr, "+OK {size} octets"},
                {Worded::top, "+OK"},
                {Worded::dele, "+OK message {message} deleted"},
                {Worded::rset, "+OK maildrop has {count} message{s} ({octets} octets)"},
                {Worded::noop, "+OK"},
                {Worded::quit, "+OK {host} POP3 server signing off"},
                {Worded::quit_empty, "+OK {host} POP3 server signing off (maildrop empty)"},
                {Worded::quit_left, "+OK {host} POP3 server signing off ({count} message{s} left)"},
                {Worded::no_message, "-ERR no such message, only {all} messages in maildrop"},
                {Worded::no_top, "-ERR no such message"},
                {Worded::deleted, "-ERR message {message} already deleted"},
            })},

    Dialect{.name = "coremail",
            .about = "163.com's, by a transcript",
            .templates = templates({
                {Worded::pass, "+OK {count} message(s) [{octets} byte(s)]"},
                {Worded::list, "+OK {count} {octets}"},
                {Worded::retr, "+OK {size} octets"},
                {Worded::top, "+OK core mail"},
                {Worded::dele, "+OK core mail"},
                {Worded::quit, "+OK core mail"},
            })},

    Dialect{.name = "qpopper",
            .about = "Qpopper 4's, by its sources; it has no hidden messages here",
            .templates = templates({
                {Worded::pass,
                 "+OK {user} has {count} visible message{s} (0 hidden) in {octets} octets."},
                {Worded::list, "+OK {count} visible messages ({octets} octets)"},
                {Worded::uidl, "+OK uidl command accepted."},
                {Worded::retr, "+OK {size} octets"},
                {Worded::top, "+OK Message follows"},
                {Worded::dele, "+OK Message {message} has been marked for deletion."},
                {Worded::rset, "+OK Maildrop has {count} messages ({octets} octets)"},
                {Worded::noop, "+OK time passes"},
                {Worded::quit, "+OK Pop server at {host} signing off."},
                {Worded::no_message, "-ERR Message {message} does not exist."},
                {Worded::deleted, "-ERR Message {message} has been marked for deletion."},
                {Worded::unknown, "-ERR Unknown command: \"{command}\"."},
            })},

    Dialect{
        .name = "popper",
        .about = "Berkeley's popper's, by its sources as Heimdal kept them; UIDL's are Heimdal's",
        .templates = templates({
            {Worded::pass, "+OK {user} has {count} message(s) ({octets} octets)."},
            {Worded::list, "+OK {count} messages ({octets} octets)"},
            {Worded::uidl, "+OK {count} messages ({octets} octets)"},
            {Worded::retr, "+OK {size} octets"},
            {Worded::top, "+OK {size} octets"},
            {Worded::dele, "+OK Message {message} has been deleted."},
            {Worded::rset, "+OK Maildrop has {count} messages ({octets} octets)"},
            {Worded::noop, "+OK"},
            {Worded::quit, "+OK Pop server at {host} signing off."},
            {Worded::no_message, "-ERR Message {message} does not exist."},
            {Worded::deleted, "-ERR Message {message} has been deleted."},
            {Worded::unknown, "-ERR Unknown command: \"{command}\"."},
        })},

    Dialect{.name = "uw",
            .about = "the University of Washington's ipop3d's, by its source",
            .templates = templates({
                {Worded::pass, "+OK Mailbox open, {count} messages"},
                {Worded::list, "+OK Mailbox scan listing follows"},
                {Worded::uidl, "+OK Unique-ID listing follows"},
                {Worded::retr, "+OK {size} octets"},
                {Worded::top, "+OK Top of message follows"},
                {Worded::dele, "+OK Message deleted"},
                {Worded::rset, "+OK Reset state"},
                {Worded::noop, "+OK No-op to you too!"},
                {Worded::quit, "+OK Sayonara"},
                {Worded::no_message, "-ERR No such message"},
                {Worded::no_top, "-ERR Bad message number argument"},
                {Worded::deleted, "-ERR No such message"},
                {Worded::unknown, "-ERR Unknown TRANSACTION state command"},
            })},
};

}  // namespace

std::span<const Dialect> dialects() noexcept {
  return table;
}

const Dialect* find_dialect(std::string_view name) noexcept {
  const auto* const row = std::find_if(
      table.begin(), table.end(), [name](const Dialect& dialect) { return dialect.name == name; });
  return row == table.end() ? nullptr : row;
}

std::string_view template_of(const ReplyWords& words, Worded reply) noexcept {
  const auto at = static_cast<std::size_t>(reply);
  if (!words.templates.at(at).empty() || words.dialect == nullptr) return words.templates.at(at);
  return words.dialect->templates.at(at);
}

}  // namespace pop3_legacy::wording
