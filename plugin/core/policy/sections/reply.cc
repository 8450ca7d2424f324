// The wording of Dovecot's own replies: [reply], [reply.templates].

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "plugin/core/policy/sections/sections.h"
#include "plugin/core/wording/dialects.h"
#include "plugin/core/wording/reply_template.h"

namespace pop3_legacy::policy {

namespace {

using wording::dialects;
using wording::Worded;

constexpr WordKey dialect_key{
    .count = [] { return dialects().size(); },
    .word =
        [](std::size_t i) {
          return Word{dialects()[i].name, dialects()[i].about};
        },
    .get =
        [](const Policy& policy) {
          const wording::Dialect* const dialect = policy.reply.dialect;
          return dialect == nullptr ? 0 : static_cast<std::size_t>(dialect - dialects().data());
        },
    .set = [](Policy& policy, std::size_t i) { policy.reply.dialect = &dialects()[i]; }};

constexpr std::array reply_keys{
    Key{.path = "reply.dialect",
        .description = "The server whose wording the replies to Dovecot's commands have.",
        .kind = dialect_key},
};

template <Worded reply>
Status check_reply(std::string_view text) {
  return wording::check_template(reply, text);
}
template <Worded reply>
std::string& reply_text(Policy& policy) {
  return std::get<static_cast<std::size_t>(reply)>(policy.reply.templates);
}
/// The entry for one reply's wording.
template <Worded reply>
constexpr Key worded(std::string_view path, std::string_view description) {
  return Key{.path = path,
             .description = description,
             .kind = TextKey{check_reply<reply>, reply_text<reply>}};
}

constexpr std::array templates_keys{
    worded<Worded::pass>("reply.templates.pass", "The reply to a login that succeeded."),
    worded<Worded::stat>("reply.templates.stat", "The reply to STAT."),
    worded<Worded::list>("reply.templates.list", "The first line of LIST."),
    worded<Worded::list_one>("reply.templates.list_one", "The reply to LIST of one message."),
    worded<Worded::uidl>("reply.templates.uidl", "The first line of UIDL."),
    worded<Worded::uidl_one>("reply.templates.uidl_one", "The reply to UIDL of one message."),
    worded<Worded::retr>("reply.templates.retr", "The first line of RETR."),
    worded<Worded::top>("reply.templates.top", "The first line of TOP."),
    worded<Worded::dele>("reply.templates.dele", "The reply to DELE."),
    worded<Worded::rset>("reply.templates.rset", "The reply to RSET."),
    worded<Worded::noop>("reply.templates.noop", "The reply to NOOP."),
    worded<Worded::quit>("reply.templates.quit", "The reply to QUIT."),
    worded<Worded::quit_empty>("reply.templates.quit_empty",
                               "The reply to QUIT where no message is left; empty: as `quit`."),
    worded<Worded::quit_left>("reply.templates.quit_left",
                              "The reply to QUIT where messages are left; empty: as `quit`."),
    worded<Worded::no_message>("reply.templates.no_message",
                               "-ERR where there is no message of that number."),
    worded<Worded::no_top>("reply.templates.no_top", "The same to TOP; empty: as `no_message`."),
    worded<Worded::deleted>("reply.templates.deleted",
                            "-ERR where that message is marked as deleted."),
    worded<Worded::unknown>("reply.templates.unknown", "-ERR where there is no such {command}."),
};

}  // namespace

const Section reply_section{.table = "reply", .description = {}, .keys = reply_keys};
const Section templates_section{
    .table = "reply.templates",
    .description =
        "Words of your own, each in place of the dialect's; empty for the dialect's. Fields: "
        "{count} and "
        "{octets} of the messages that are not deleted, {s} (nothing for one message, otherwise "
        "\"s\"), {all} (the messages at login), {user}, {local} (the user without the domain), "
        "{host}; about one message {message} and {size}. STAT begins with \"+OK {count} "
        "{octets}\", "
        "LIST and UIDL of one message with \"+OK {message} {size}\" and \"+OK {message} {id}\". "
        "For "
        "clients that look for octets in LIST's first line: list = \"+OK {count} message{s} "
        "({octets} octets)\".",
    .keys = templates_keys};

}  // namespace pop3_legacy::policy
