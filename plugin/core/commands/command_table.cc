#include "plugin/core/protocol/command_table.h"

#include <algorithm>
#include <array>
#include <optional>

#include "plugin/core/base/text.h"
#include "plugin/core/commands/handled_by.h"
#include "plugin/core/help/help_text.h"
#include "plugin/core/session/handlers.h"

namespace pop3_legacy::commands {

// What the rows call; each stands in the file of its name in commands/.
Handler<> capa, gurl, help, last, list, rset, xdele;
Handler<host::Contents> euidl, mangle, xlines, xover, xsender, xtnd_scan, xtnd_xlst;
Handler<host::Boards> xtnd_archive, xtnd_bboards, xtnd_x_bboards;
Handler<host::Outbox> xtnd_xmit;
Takes takes_list, takes_mangle;

}  // namespace pop3_legacy::commands

namespace pop3_legacy {

namespace {

// The order is that of Rambler's HELP, the only one-line HELP on record.
constexpr std::array table{
    Command{.name = "QUIT",
            .syntax = "QUIT",
            .summary = "Removes what was marked as deleted and ends the session.",
            .deniable = false,
            .capability = {},
            .access = Access::quit,
            .on_messages = false},
    Command{.name = "NOOP",
            .syntax = "NOOP",
            .summary = "Does nothing.",
            .deniable = false,
            .capability = {},
            .on_messages = false},
    Command{.name = "STAT",
            .syntax = "STAT",
            .summary = "Tells the number of messages and their size in octets.",
            .capability = {}},
    Command{.name = "LIST",
            .syntax = "LIST [msg]",
            .summary = "Lists the messages' sizes in octets, or that of one.",
            .capability = {},
            .handler = commands::handled_by<commands::list>},
    Command{.name = "UIDL",
            .syntax = "UIDL [msg]",
            .summary = "Lists the messages' unique ids, or that of one.",
            .capability = "UIDL"},
    Command{.name = "DELE",
            .syntax = "DELE msg",
            .summary = "Marks a message as deleted.",
            .capability = {},
            .access = Access::remove,
            .handler = commands::handled_by<commands::dele>},
    Command{.name = "RSET",
            .syntax = "RSET",
            .summary = "Takes back the marks of this session.",
            .deniable = false,
            .capability = {},
            .access = Access::reset,
            .handler = commands::handled_by<commands::rset>},
    Command{.name = "RETR",
            .syntax = "RETR msg",
            .summary = "Sends a message.",
            .capability = {},
            .access = Access::retrieve},
    Command{.name = "TOP",
            .syntax = "TOP msg n",
            .summary = "Sends a message's header and the first n lines of its body.",
            .capability = "TOP",
            .access = Access::top},
    Command{.name = "LAST",
            .syntax = "LAST",
            .summary = "Tells the highest message number accessed so far.",
            .origin = "RFC 1225 and RFC 1460: `+OK n`",
            .owner = Owner::ours,
            .capability = "X-LAST",
            .handler = commands::handled_by<commands::last>},
    Command{.name = "XTND XLST",
            .syntax = "XTND XLST header [msg]",
            .summary = "Lists a header of the messages, or of one.",
            .origin = "Qpopper: `n Header: value`",
            .owner = Owner::ours,
            .capability = "X-XLST",
            .max_words = 2,
            .handler = commands::handled_by<commands::xtnd_xlst>},
    Command{.name = "XTND BBOARDS",
            .syntax = "XTND BBOARDS [name]",
            .summary = "Lists the discussion groups, or opens one in the maildrop's place.",
            .origin = "RFC 1082: the groups with their maxima",
            .owner = Owner::ours,
            .capability = "X-BBOARDS",
            .max_words = 1,
            .handler = commands::handled_by<commands::xtnd_bboards>,
            .on_messages = false},
    Command{.name = "XTND ARCHIVE",
            .syntax = "XTND ARCHIVE name",
            .summary = "Opens a discussion group's archive in the maildrop's place.",
            .origin = "RFC 1082",
            .owner = Owner::ours,
            .capability = "X-ARCHIVE",
            .max_words = 1,
            .handler = commands::handled_by<commands::xtnd_archive>,
            .on_messages = false},
    Command{.name = "XTND X-BBOARDS",
            .syntax = "XTND X-BBOARDS name",
            .summary = "Tells what is known of a discussion group.",
            .origin = "RFC 1082: fourteen lines",
            .owner = Owner::ours,
            .capability = "X-X-BBOARDS",
            .max_words = 1,
            .handler = commands::handled_by<commands::xtnd_x_bboards>,
            .on_messages = false},
    Command{.name = "XTND SCAN",
            .syntax = "XTND SCAN width",
            .summary = "Puts a line about the message behind each line of LIST.",
            .origin = "MH: LIST has a line of MH's scan behind each size",
            .owner = Owner::ours,
            .capability = "X-SCAN",
            .like = "LIST",
            .max_words = any_number_of_words,
            .handler = commands::handled_by<commands::xtnd_scan>},
    Command{.name = "EUIDL",
            .syntax = "EUIDL [msg]",
            .summary = "Lists unique ids, sizes and senders of the messages, or of one.",
            .origin = "Qpopper: `n uid size from`",
            .owner = Owner::ours,
            .capability = "X-EUIDL",
            .like = "UIDL",
            .max_words = 1,
            .handler = commands::handled_by<commands::euidl>},
    Command{
        .name = "XOVER",
        .syntax = "XOVER",
        .summary = "Lists the messages with subject, sender, date, id, size and lines.",
        .origin =
            "Heimdal: number, subject, sender, date, Message-Id, size and lines, with tabs between",
        .owner = Owner::ours,
        .capability = "X-XOVER",
        .handler = commands::handled_by<commands::xover>},
    Command{.name = "XDELE",
            .syntax = "XDELE msg [msg]",
            .summary = "Marks messages as deleted, from one to the other.",
            .origin = "Heimdal",
            .owner = Owner::ours,
            .capability = "X-XDELE",
            .like = "DELE",
            .max_words = 2,
            .handler = commands::handled_by<commands::xdele>},
    Command{.name = "XSENDER",
            .syntax = "XSENDER msg",
            .summary = "Tells who has sent a message, if that was proved.",
            .origin = "Netscape: `+OK sender`",
            .owner = Owner::ours,
            .capability = "XSENDER",
            .max_words = 1,
            .handler = commands::handled_by<commands::xsender>},
    Command{.name = "MANGLE",
            .syntax = "MANGLE(headers=a,b;charset=c)",
            .summary = "Behind RETR, TOP or LIST: of each message its text and some headers.",
            .origin = "Qpopper",
            .owner = Owner::ours,
            .capability = "X-MANGLE",
            .max_words = any_number_of_words,
            .handler = commands::handled_by<commands::mangle>,
            .takes = commands::takes_mangle,
            .no_verb = true},
    Command{.name = "XLINES",
            .syntax = "XLINES [msg]",
            .summary = "Lists sizes and lines of the messages, or of one, and so does LIST.",
            .origin = "GNU Mailutils, whose LIST has the column for the lines",
            .owner = Owner::ours,
            .capability = "XLINES",
            .like = "LIST",
            .max_words = 1,
            .handler = commands::handled_by<commands::xlines>,
            .takes = commands::takes_list},
    Command{.name = "GURL",
            .syntax = "GURL",
            .summary = "Tells the address of the page where the account is managed.",
            .origin = "Netscape: `+OK url`",
            .owner = Owner::ours,
            .capability = "X-GURL",
            .handler = commands::handled_by<commands::gurl>,
            .on_messages = false},
    Command{.name = "XTND XMIT",
            .syntax = "XTND XMIT",
            .summary = "Takes a message and sends it to the recipients in its header.",
            .origin = "RFC 1082 has the verb, Berkeley's popper the message: up to a lone dot",
            .owner = Owner::ours,
            .capability = "X-XMIT",
            .max_words = any_number_of_words,
            .handler = commands::handled_by<commands::xtnd_xmit>,
            .on_messages = false},
    Command{.name = help_entry.name,
            .syntax = help_entry.syntax,
            .summary = help_entry.summary,
            .origin = "no RFC",
            .owner = Owner::ours,
            .capability = "X-HELP",
            .max_words = 2,
            .handler = commands::handled_by<commands::help>,
            .on_messages = false},
    Command{
        .name = capa_entry.name,
        .syntax = capa_entry.syntax,
        .summary = capa_entry.summary,
        .origin = "RFC 2449: the host's own answer, with ours added and what is denied taken out",
        .owner = Owner::shared,
        .deniable = false,
        .capability = {},
        .handler = commands::handled_by<commands::capa>,
        .on_messages = false},
};

constexpr std::size_t no_row = table.size();

/// The rows that are verbs by their first letter, in the order of the table: each line comes here.
struct ByLetter {
  std::array<std::size_t, 26> first{};
  std::array<std::size_t, table.size()> next{};
};

constexpr ByLetter by_letter = [] {
  ByLetter made;
  made.first.fill(no_row);
  for (std::size_t row = table.size(); row-- > 0;) {
    if (table[row].no_verb) continue;
    std::size_t& first = made.first[static_cast<std::size_t>(table[row].name.front() - 'A')];
    made.next[row] = first;
    first = row;
  }
  return made;
}();

std::size_t first_row(std::string_view text) noexcept {
  const char letter = text.empty() ? '\0' : upper(text.front());
  return letter >= 'A' && letter <= 'Z' ? by_letter.first.at(static_cast<std::size_t>(letter - 'A'))
                                        : no_row;
}

// The first letter is the same (first_row()), and names are in upper case.
bool begins_with(std::string_view line, std::string_view name) noexcept {
  if (line.size() < name.size()) return false;
  for (std::size_t i = 1; i < name.size(); ++i) {
    if (upper(line[i]) != name[i]) return false;
  }
  return true;
}

std::optional<Recognized> matched(const Command& command, const CommandLine& line) noexcept {
  std::string_view name = command.name;
  if (command.no_verb || !equals_ignoring_case(take_word(name), line.verb)) return std::nullopt;
  if (name.empty()) return Recognized{&command, line.arguments};
  std::string_view rest = line.arguments;
  if (!equals_ignoring_case(name, take_word(rest))) return std::nullopt;
  return Recognized{&command, rest};
}

}  // namespace

std::span<const Command> command_table() noexcept {
  return table;
}

const Command* find_command(std::string_view name) noexcept {
  if (name.empty()) return nullptr;  // Command::like, where there is none
  const auto* const row = std::find_if(table.begin(), table.end(), [&](const Command& command) {
    return equals_ignoring_case(command.name, name);
  });
  return row == table.end() ? nullptr : &*row;
}

Recognized recognize(const CommandLine& line) noexcept {
  for (std::size_t row = first_row(line.verb); row != no_row; row = by_letter.next.at(row)) {
    if (const auto found = matched(table.at(row), line)) return *found;
  }
  return {nullptr, line.arguments};
}

Recognized recognize(const CommandLine& line, std::span<const Command> rows) noexcept {
  if (line.verb.empty()) return {nullptr, line.arguments};
  for (const Command& command : rows) {
    if (const auto found = matched(command, line)) return *found;
  }
  return {nullptr, line.arguments};
}

const Command* at_front_of(std::string_view line) noexcept {
  for (std::size_t row = first_row(line); row != no_row; row = by_letter.next.at(row)) {
    const Command& command = table.at(row);
    if (!begins_with(line, command.name)) continue;
    const std::string_view rest = line.substr(command.name.size());
    if (rest.starts_with(' ') || rest == "\r\n" || rest == "\n") return &command;
  }
  return nullptr;
}

}  // namespace pop3_legacy
