#include "plugin/core/wording/dialects.h"

#include <array>
#include <initializer_list>

namespace pop3_legacy::wording {

namespace {

using Templates = std::array<std::string_view, worded_count>;

struct Wording {
  Worded reply;
  std::string_view text;
};

constexpr Templates templates(std::initializer_list<Wording> wordings) {
  Templates made{};
  for (const Wording& wording : wordings) {
    made.at(static_cast<std::size_t>(wording.reply)) = wording.text;
  }
  return made;
}

/// In the order of Dialect.
constexpr std::array<Templates, 7> table{{
    templates({}),

    // A transcript of 2008 or so: rambler.ru.
    templates({
        {Worded::pass, "+OK {count} message{s} ({octets} bytes)"},
        {Worded::list, "+OK {count} message{s} ({octets} bytes)"},
        {Worded::retr, "+OK {message} {size}"},
        {Worded::dele, "+OK message {message} deleted"},
        {Worded::rset, "+OK maildrop has {count} message{s} ({octets} bytes)"},
        {Worded::noop, "+OK"},
        {Worded::quit, "+OK bye-bye"},
    }),

    // The examples of RFC 1225, which RFC 1939 has, too.
    templates({
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
    }),

    // A transcript of 163.com.
    templates({
        {Worded::pass, "+OK {count} message(s) [{octets} byte(s)]"},
        {Worded::list, "+OK {count} {octets}"},
        {Worded::retr, "+OK {size} octets"},
        {Worded::top, "+OK core mail"},
        {Worded::dele, "+OK core mail"},
        {Worded::quit, "+OK core mail"},
    }),

    // qpopper 4: pop_pass.c, pop_list.c, pop_send.c, pop_dele.c, pop_rset.c, popper.c. Nothing is
    // hidden by its own means here.
    templates({
        {Worded::pass, "+OK {user} has {count} visible message{s} (0 hidden) in {octets} octets."},
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
    }),

    // Berkeley's popper, the same files, as Heimdal's popper kept them; the UIDL is Heimdal's.
    templates({
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
    }),

    // The University of Washington's ipop3d.c.
    templates({
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
    }),
}};

}  // namespace

std::string_view template_of(Dialect dialect, Worded reply) noexcept {
  return table.at(static_cast<std::size_t>(dialect)).at(static_cast<std::size_t>(reply));
}

}  // namespace pop3_legacy::wording
