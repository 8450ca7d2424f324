#include "plugin/core/policy/keys.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <tuple>
#include <utility>

#include "plugin/core/command_table.h"
#include "plugin/core/dates.h"
#include "plugin/core/header_field.h"
#include "plugin/core/policy/board_fields.h"
#include "plugin/core/policy/help_style.h"
#include "plugin/core/text.h"
#include "plugin/core/uidl/identifier_length.h"
#include "plugin/core/uidl/schemes.h"
#include "plugin/core/uidl/template.h"
#include "plugin/core/wording/reply_template.h"

namespace pop3_legacy::policy {

namespace {

using wording::Dialect;
using wording::Worded;

/// A reply line without "+OK " and CRLF.
constexpr std::size_t max_url_octets = 506;
constexpr std::size_t max_mailbox_octets = 255;

Status any_text(std::string_view /*text*/) {
  return Done{};
}

Status check_implementation(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), is_printable)) {
    return refused("may have printable ASCII only, not " + in_quotes(text));
  }
  if (text.size() > max_implementation_octets) {
    return refused("may have " + std::to_string(max_implementation_octets) +
                   " characters at most, not " + std::to_string(text.size()));
  }
  return Done{};
}

Status check_template(std::string_view text) {
  const auto form =
      text.empty() ? Result<uidl::Template>(uidl::Template()) : uidl::Template::parse(text);
  return form ? Status(Done{}) : Status(form.error());
}

bool without_control_characters(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= ' ' && c != '\x7f'; });
}

// The mailbox remembers it as a line, and the system as a string that ends with NUL.
Status check_key_file(std::string_view text) {
  if (text.empty() || (without_control_characters(text) && text.starts_with('/'))) return Done{};
  return refused("has to be a path that begins with / and has no control characters, not " +
                 in_quotes(text));
}

// East of UTC, "+0530".
Status check_zone(std::string_view text) {
  if (zone_minutes(text)) return Done{};
  return refused("has to be a zone in digits, like \"-0800\", not " + in_quotes(text));
}

constexpr std::uint64_t kilobyte = 1024;
constexpr std::uint64_t gigabyte = kilobyte * kilobyte * kilobyte;
constexpr std::uint64_t most_top_lines = 1'000'000;
constexpr std::uint64_t minute = 60;
constexpr std::uint64_t hour = 60 * minute;
constexpr std::uint64_t day = 24 * hour;

// The units a number may have, the last one the largest.
struct Units {
  std::string_view letters;
  std::span<const std::uint64_t> factors;
};
constexpr std::array octet_factors{kilobyte, kilobyte* kilobyte, gigabyte};
constexpr std::array<std::uint64_t, 4> second_factors{1, minute, hour, day};
constexpr Units octet_units{"KMG", octet_factors};
constexpr Units second_units{"smhd", second_factors};

// A number with one letter behind it that multiplies; `what` is how it should look.
Result<std::uint64_t> number_with_unit(std::string_view text, const Units& units,
                                       std::string_view what) {
  const Error wrong = refused(std::string(what) + ", not " + in_quotes(text));
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || end - behind > 1) return wrong;
  if (behind == end) return number == 0 ? Result<std::uint64_t>(number) : wrong;
  const std::size_t unit = units.letters.find(*behind);
  if (unit == std::string_view::npos) return wrong;
  if (number > std::numeric_limits<std::uint64_t>::max() / units.factors[unit]) return wrong;
  return number * units.factors[unit];
}

// A name that stands in no row at all. `wanted` are the rows that could have been meant.
template <class Wanted>
Error unknown_command(std::string_view typed, Wanted wanted) {
  std::vector<std::string_view> names;
  for (const Command& command : command_table()) {
    if (wanted(command)) names.push_back(command.name);
  }
  return refused("there is no command " + in_quotes(typed) + suggestion(typed, names));
}

Result<std::string> name_to_allow(std::string_view typed) {
  const Command* const command = find_command(typed);
  if (command == nullptr) {
    return unknown_command(typed, [](const Command& row) { return row.ours(); });
  }
  const std::string name(command->name);
  switch (command->owner) {
    case Owner::ours:
      return name;
    case Owner::shared:
      return refused(name + " is always there, so it cannot be listed");
    case Owner::host:
      break;
  }
  return refused(name + " is Dovecot's own command and needs no permission");
}

Result<std::string> name_to_deny(std::string_view typed) {
  const Command* const command = find_command(typed);
  if (command == nullptr) {
    return unknown_command(typed, [](const Command& row) { return row.deniable; });
  }
  std::string name(command->name);
  if (!command->deniable) return refused(name + " cannot be denied: no session goes without it");
  return name;
}

Status check_header(std::string_view text) {
  if (text.empty() || is_field_name(text)) return Done{};
  return refused("has to be a header's name without a colon, not " + in_quotes(text));
}

Status check_url(std::string_view text) {
  if (text.size() <= max_url_octets && text.find(' ') == std::string_view::npos &&
      std::all_of(text.begin(), text.end(), is_printable)) {
    return Done{};
  }
  return refused("has to be an address of printable ASCII without blanks, of " +
                 std::to_string(max_url_octets) + " characters at most, not " + in_quotes(text));
}

Result<std::string> header_name(std::string_view typed) {
  if (is_field_name(typed)) return std::string(typed);
  return refused(in_quotes(typed) +
                 " cannot be a header's name: that is printable ASCII without blanks and colons");
}

/// The members that hold one of a few words: each of a type of its own, by which set() finds it.
auto words_of(Policy& policy) {
  return std::tie(policy.last.semantics, policy.last.start, policy.last.on_drop,
                  policy.last.wording, policy.help.style, policy.uidl.on_change, policy.xlst.match,
                  policy.xlst.missing, policy.euidl.order, policy.xmit.from, policy.reply.dialect,
                  policy.boards.wording, policy.boards.on_bad_name, policy.boards.date,
                  policy.deletion.mode);
}

template <auto value>
void set(Policy& policy) {
  std::get<decltype(value)&>(words_of(policy)) = value;
}

constexpr std::array semantics{
    Word{"rfc1225", set<LastSemantics::rfc1225>}, Word{"rfc1460", set<LastSemantics::rfc1460>},
    Word{"uw", set<LastSemantics::uw>},           Word{"popper", set<LastSemantics::popper>},
    Word{"dovecot", set<LastSemantics::dovecot>},
};

constexpr std::array starts{
    Word{"durable", set<LastStart::durable>},
    Word{"seen", set<LastStart::seen>},
    Word{"session", set<LastStart::session>},
};

constexpr std::array on_drop{
    Word{"delivered", set<LastOnDrop::delivered>},
    Word{"all", set<LastOnDrop::all>},
    Word{"nothing", set<LastOnDrop::nothing>},
};

constexpr std::array wordings{
    Word{"plain", set<LastWording::plain>},
    Word{"popper", set<LastWording::popper>},
    Word{"qpopper", set<LastWording::qpopper>},
    Word{"mh", set<LastWording::mh>},
};

constexpr std::array help_styles{
    Word{help_style_names[0].word, set<help_style_names[0].style>},
    Word{help_style_names[1].word, set<help_style_names[1].style>},
    Word{help_style_names[2].word, set<help_style_names[2].style>},
};

constexpr std::array on_change{
    Word{"keep", set<UidlOnChange::keep>},
    Word{"switch", set<UidlOnChange::switch_over>},
    Word{"refuse", set<UidlOnChange::refuse>},
};

constexpr std::array xlst_match{
    Word{"prefix", set<XlstMatch::prefix>},
    Word{"exact", set<XlstMatch::exact>},
};

constexpr std::array xlst_missing{
    Word{"placeholder", set<XlstMissing::placeholder>},
    Word{"omit", set<XlstMissing::omit>},
};

constexpr std::array euidl_orders{
    Word{"qpopper", set<EuidlOrder::qpopper>},
    Word{"cnet", set<EuidlOrder::cnet>},
};

constexpr std::array boards_wordings{
    Word{"rfc1082", set<BoardsWording::rfc1082>},
    Word{"mh", set<BoardsWording::mh>},
};

constexpr std::array boards_on_bad_name{
    Word{"stay", set<BoardsOnBadName::stay>},
    Word{"rfc", set<BoardsOnBadName::rfc>},
};

constexpr std::array xmit_from{
    Word{"own-address", set<XmitFrom::own_address>},
    Word{"own-domain", set<XmitFrom::own_domain>},
    Word{"any", set<XmitFrom::any>},
};

constexpr std::array dialects{
    Word{"dovecot", set<Dialect::dovecot>}, Word{"rambler", set<Dialect::rambler>},
    Word{"rfc1225", set<Dialect::rfc1225>}, Word{"coremail", set<Dialect::coremail>},
    Word{"qpopper", set<Dialect::qpopper>}, Word{"popper", set<Dialect::popper>},
    Word{"uw", set<Dialect::uw>},
};

constexpr std::array delete_modes{
    Word{"allow", set<DeleteMode::allow>},
    Word{"deny", set<DeleteMode::deny>},
    Word{"hide", set<DeleteMode::hide>},
    Word{"keep-days", set<DeleteMode::keep_days>},
};

std::vector<std::string>& allowed(Policy& policy) {
  return policy.commands.allow;
}
std::vector<std::string>& denied(Policy& policy) {
  return policy.commands.deny;
}
std::string& xsender_header(Policy& policy) {
  return policy.xsender.header;
}
std::string& gurl_url(Policy& policy) {
  return policy.gurl.url;
}
std::vector<std::string>& xlst_headers(Policy& policy) {
  return policy.xlst.headers;
}
std::string& implementation(Policy& policy) {
  return policy.capa.implementation;
}
std::vector<std::string>& uidl_chain(Policy& policy) {
  return policy.uidl.plan.chain;
}
std::string& uidl_form(Policy& policy) {
  return policy.uidl.plan.form;
}
std::string& uidl_key_file(Policy& policy) {
  return policy.uidl.plan.key_file;
}
std::uint64_t& uidl_max_length(Policy& policy) {
  return policy.uidl.max_length;
}
std::vector<UidlPlan::Cutover>& uidl_cutovers(Policy& policy) {
  return policy.uidl.plan.cutovers;
}

constexpr std::array boards_dates{
    Word{"rfc5322", set<BoardsDate::rfc5322>},
    Word{"rfc822", set<BoardsDate::rfc822>},
};

std::string& boards_zone(Policy& policy) {
  return policy.boards.zone;
}
template <std::vector<BoardName> Policy::Boards::*member>
std::vector<BoardName>& boards(Policy& policy) {
  return policy.boards.*member;
}

template <std::uint64_t Policy::Xmit::*member>
std::uint64_t& xmit(Policy& policy) {
  return policy.xmit.*member;
}
template <std::uint64_t Policy::Pace::*member>
std::uint64_t& pace(Policy& policy) {
  return policy.pace.*member;
}
std::string& xmit_save_to(Policy& policy) {
  return policy.xmit.save_to;
}
bool& xmit_dry_run(Policy& policy) {
  return policy.xmit.dry_run;
}

template <std::uint64_t Policy::View::*member>
std::uint64_t& view(Policy& policy) {
  return policy.view.*member;
}
bool& hide_fetched(Policy& policy) {
  return policy.view.hide_fetched;
}
bool& shared_inbox(Policy& policy) {
  return policy.inbox.shared;
}
std::uint64_t& delete_days(Policy& policy) {
  return policy.deletion.days;
}

std::uint64_t& top_lines(Policy& policy) {
  return policy.lenient.top_lines;
}
bool& lenient_spaces(Policy& policy) {
  return policy.lenient.spaces;
}

template <Worded reply>
Status check_reply(std::string_view text) {
  return wording::check_template(reply, text);
}
template <Worded reply>
std::string& reply_text(Policy& policy) {
  return std::get<static_cast<std::size_t>(reply)>(policy.reply.templates);
}
/// The row of one reply's wording.
template <Worded reply>
Key worded(std::string_view path, std::string_view description) {
  return Key{path, description, TextKey{check_reply<reply>, reply_text<reply>}};
}

constexpr std::uint64_t most_messages = 10'000;  // the times of an hour's are kept
constexpr std::uint64_t most_logins = 1000;
constexpr std::uint64_t most_retrieved = 1'000'000;
constexpr std::uint64_t most_in_view = 1'000'000'000;
constexpr std::uint64_t most_days = 36'500;

const std::array table{
    Key{inherit_path, "The name of a profile whose values come first; empty for none.",
        TextKey{any_text, nullptr}},
    Key{"commands.allow",
        "The plugin's own commands that are there, beside CAPA; the others are left to Dovecot.",
        NamesKey{name_to_allow, allowed, "command names", "[\"LAST\"]"}},
    Key{deny_path, "The commands that are refused, Dovecot's own included; stronger than allow.",
        NamesKey{name_to_deny, denied, "command names", "[\"LAST\"]"}},
    Key{"last.semantics", "Which commands raise LAST's number, and where RSET puts it.",
        WordKey{semantics}},
    Key{"last.start", "Where LAST's number starts at login.", WordKey{starts}},
    Key{"last.on_drop",
        "What a session that ended without QUIT leaves behind, with last.start = \"durable\".",
        WordKey{on_drop}},
    Key{"last.wording", "The text behind LAST's number.", WordKey{wordings}},
    Key{"help.style", "How HELP answers.", WordKey{help_styles}},
    Key{"capa.implementation",
        "The text of CAPA's IMPLEMENTATION line, shown after login only; empty for no such line.",
        TextKey{check_implementation, implementation}},
    Key{"uidl.scheme",
        "The UIDL scheme by which messages are named, or a list of which the first that has an id "
        "for a message gives it; \"host\" leaves the rest to Dovecot, and so does the list's end.",
        ChainKey{uidl_chain}},
    Key{"uidl.template", "The form of the ids by scheme \"template\".",
        TextKey{check_template, uidl_form}},
    Key{"uidl.key_file", "The file with the key of scheme \"hmac-sha256\".",
        TextKey{check_key_file, uidl_key_file}},
    Key{"uidl.on_change", "What becomes of a mailbox that has ids by another scheme.",
        WordKey{on_change}},
    Key{"uidl.max_length", "The octets that an id may have; a longer one is replaced by its hash.",
        CountKey{uidl_max_length, uidl::max_own_identifier_octets, uidl::max_identifier_octets}},
    Key{"uidl.cutover", "Schemes for the mail received before a day.", CutoversKey{uidl_cutovers}},
    Key{"xlst.match", "Which header XTND XLST takes for the one it was asked for.",
        WordKey{xlst_match}},
    Key{"xlst.missing", "What XTND XLST shows of a message without the header.",
        WordKey{xlst_missing}},
    Key{"xlst.headers", "The headers that XTND XLST shows, by their whole names; none for all.",
        NamesKey{header_name, xlst_headers, "headers' names", "[\"Subject\"]"}},
    Key{"euidl.order", "The order of EUIDL's columns.", WordKey{euidl_orders}},
    Key{"xsender.header",
        "The header that tells XSENDER who has proved to be the sender; empty for none.",
        TextKey{check_header, xsender_header}},
    Key{"gurl.url", "The address that GURL tells; empty for none.", TextKey{check_url, gurl_url}},
    Key{"boards.wording", "What XTND BBOARDS, ARCHIVE and X-BBOARDS say.",
        WordKey{boards_wordings}},
    Key{"boards.on_bad_name", "What becomes of the maildrop when they name no board.",
        WordKey{boards_on_bad_name}},
    Key{"boards.date", "How X-BBOARDS writes the date of the last message.", WordKey{boards_dates}},
    Key{"boards.zone", "The zone of that date.", TextKey{check_zone, boards_zone}},
    Key{"boards.bboards",
        "The boards that XTND BBOARDS opens, with their mailboxes and what X-BBOARDS tells.",
        BoardsKey{boards<&Policy::Boards::bboards>, true}},
    Key{"boards.archive", "The boards that XTND ARCHIVE opens, with the archives' mailboxes.",
        BoardsKey{boards<&Policy::Boards::archive>}},
    Key{"xmit.from", "Which addresses XTND XMIT lets stand in From.", WordKey{xmit_from}},
    Key{"xmit.max_size", "The octets that a message sent by XTND XMIT may have.",
        OctetsKey{xmit<&Policy::Xmit::max_octets>, kilobyte, gigabyte}},
    Key{"xmit.max_recipients", "The recipients that such a message may have.",
        CountKey{xmit<&Policy::Xmit::max_recipients>, 1, most_messages}},
    Key{"xmit.per_session", "The messages that one session may send; 0 for no limit.",
        CountKey{xmit<&Policy::Xmit::per_session>, 0, most_messages}},
    Key{"xmit.per_hour", "The messages that one user may send in an hour; 0 for no limit.",
        CountKey{xmit<&Policy::Xmit::per_hour>, 0, most_messages}},
    Key{"xmit.dedup", "How long the same message of the same user is not sent twice.",
        DurationKey{xmit<&Policy::Xmit::dedup>, day}},
    Key{"xmit.save_to", "The mailbox that gets a copy of what was sent; empty for none.",
        TextKey{check_mailbox, xmit_save_to}},
    Key{"xmit.dry_run", "Messages are taken and checked, but not sent.", FlagKey{xmit_dry_run}},
    Key{"pace.login_delay", "The time from one login to the next, once the burst is used up.",
        DurationKey{pace<&Policy::Pace::login_delay>, day}},
    Key{"pace.burst", "The logins that may follow each other at once.",
        CountKey{pace<&Policy::Pace::burst>, 1, most_logins}},
    Key{"pace.retr_per_session", "The messages that one session may retrieve; 0 for no limit.",
        CountKey{pace<&Policy::Pace::retr_per_session>, 0, most_retrieved}},
    Key{"pace.octets_per_hour", "The octets that one user may retrieve in an hour; 0 for no limit.",
        OctetsKey{pace<&Policy::Pace::octets_per_hour>, 0, kilobyte* gigabyte}},
    Key{"lenient.top_lines",
        "The lines of the body that TOP with one argument shows; 0 to refuse it.",
        CountKey{top_lines, 0, most_top_lines}},
    Key{"lenient.spaces", "Spaces before a command and behind its arguments mean nothing.",
        FlagKey{lenient_spaces}},
    Key{"reply.dialect", "The server whose wording the replies to Dovecot's commands have.",
        WordKey{dialects}},
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
                               "The reply to QUIT where no message is left."),
    worded<Worded::quit_left>("reply.templates.quit_left",
                              "The reply to QUIT where messages are left."),
    worded<Worded::no_message>("reply.templates.no_message",
                               "The reply where there is no message of that number."),
    worded<Worded::no_top>("reply.templates.no_top", "The same to TOP."),
    worded<Worded::deleted>("reply.templates.deleted",
                            "The reply where that message is marked as deleted."),
    worded<Worded::unknown>("reply.templates.unknown", "The reply where there is no such command."),
    Key{"view.newest", "The newest messages, so many of which POP3 shows; 0 for all.",
        CountKey{view<&Policy::View::newest>, 0, most_in_view}},
    Key{"view.days", "The days since a message was received in which POP3 shows it; 0 for all.",
        CountKey{view<&Policy::View::days>, 0, most_days}},
    Key{"view.hide_fetched", "POP3 shows no message again that it has sent whole.",
        FlagKey{hide_fetched}},
    Key{"delete.mode", "What DELE does.", WordKey{delete_modes}},
    Key{"delete.days", "The days a deleted message is kept, with delete.mode = \"keep-days\".",
        CountKey{delete_days, 0, most_days}},
    Key{"inbox.shared",
        "Several users have this INBOX: each has LAST, hidden messages and pace of his own.",
        FlagKey{shared_inbox}},
    Key{"x_commands", "Commands of your own: aliases, fixed replies and programs.", XCommandsKey{}},
};

// `text` as TOML's basic string.
std::string basic_string(std::string_view text) {
  static constexpr std::string_view hex = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else if (octet < ' ' || octet == 0x7f) {
      out.append({'\\', 'u', '0', '0', hex[octet >> 4U], hex[octet & 0xFU]});
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string text_list(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out += (out.empty() ? "" : ", ") + basic_string(text);
  return '[' + out + ']';
}

// `number` in the largest unit that leaves no rest; without one where there is none.
std::string with_unit(std::uint64_t number, const Units& units) {
  for (std::size_t i = units.letters.size(); i > 0; --i) {
    const std::uint64_t factor = units.factors[i - 1];
    if ((number > 0 || i == 1) && number % factor == 0) {
      return basic_string(std::to_string(number / factor) + units.letters[i - 1]);
    }
  }
  return std::to_string(number);
}

std::string x_command(const XCommand& command) {
  std::string out;
  const auto put = [&out](std::string_view word, const std::string& value) {
    out.append(out.empty() ? "{ " : ", ").append(word).append(" = ").append(value);
  };
  switch (command.kind) {
    case XCommand::Kind::removed:
      return "false";
    case XCommand::Kind::alias:
      put("alias", basic_string(command.target));
      break;
    case XCommand::Kind::reply:
      put("reply", text_list(command.reply));
      break;
    case XCommand::Kind::program:
    case XCommand::Kind::script:
      put(command.kind == XCommand::Kind::program ? "program" : "script",
          basic_string(command.target));
      put("timeout", with_unit(command.timeout, second_units));
      put("max_output", with_unit(command.max_octets, octet_units));
      put("multi_line", command.multi_line ? "true" : "false");
      break;
  }
  if (!command.summary.empty()) put("summary", basic_string(command.summary));
  return out + " }";
}

// Empty: it is as it is without the key.
std::string field_value(const BoardName& board, const BoardField& field) {
  if (const auto* const text = std::get_if<std::string BoardName::*>(&field.member)) {
    const std::string& value = board.*(*text);
    return value.empty() ? value : basic_string(value);
  }
  if (const auto* const list = std::get_if<std::vector<std::string> BoardName::*>(&field.member)) {
    return (board.*(*list)).empty() ? std::string() : text_list(board.*(*list));
  }
  const std::uint64_t flags = board.*std::get<std::uint64_t BoardName::*>(field.member);
  return flags == 0 ? std::string() : "0o" + octal(flags);
}

// Its mailbox, or a table where there is more.
std::string board_value(const BoardName& board) {
  if (board == BoardName{board.name, board.mailbox}) return basic_string(board.mailbox);
  std::string out;
  for (const BoardField& field : board_fields()) {
    const std::string value = field_value(board, field);
    if (value.empty()) continue;
    out.append(out.empty() ? "{ " : ", ").append(field.name).append(" = ").append(value);
  }
  return out + " }";
}

}  // namespace

std::string TextKey::toml(Policy& policy) const {
  return member == nullptr ? std::string() : basic_string(member(policy));
}

std::string NamesKey::toml(Policy& policy) const {
  return text_list(member(policy));
}

// The word that would change nothing.
std::string WordKey::toml(Policy& policy) const {
  for (const Word& word : words) {
    Policy with_word = policy;
    word.set(with_word);
    if (words_of(with_word) == words_of(policy)) return basic_string(word.word);
  }
  return {};
}

std::string ChainKey::toml(Policy& policy) const {
  const std::vector<std::string>& chain = member(policy);
  return chain.size() == 1 ? basic_string(chain.front()) : text_list(chain);
}

std::string CutoversKey::toml(Policy& policy) const {
  std::string out;
  for (const UidlPlan::Cutover& cutover : member(policy)) {
    out += (out.empty() ? "" : ", ") + std::string("{ before = ") + iso_day(cutover.before) +
           ", scheme = " + text_list(cutover.chain) + " }";
  }
  return '[' + out + ']';
}

std::string BoardsKey::toml(Policy& policy) const {
  std::string out;
  for (const BoardName& board : member(policy)) {
    out += (out.empty() ? "{ " : ", ") + basic_string(board.name) + " = " + board_value(board);
  }
  return out.empty() ? "{}" : out + " }";
}

std::string OctetsKey::toml(Policy& policy) const {
  return with_unit(member(policy), octet_units);
}

std::string DurationKey::toml(Policy& policy) const {
  return with_unit(member(policy), second_units);
}

std::string CountKey::toml(Policy& policy) const {
  return std::to_string(member(policy));
}

std::string FlagKey::toml(Policy& policy) const {
  return member(policy) ? "true" : "false";
}

// NOLINTNEXTLINE(readability-convert-member-functions-to-static): as its siblings
std::string XCommandsKey::toml(Policy& policy) const {
  std::string out;
  for (const XCommand& command : policy.x_commands) {
    out += (out.empty() ? "" : ", ") + basic_string(command.name) + " = " + x_command(command);
  }
  return out.empty() ? "{}" : "{ " + out + " }";
}

Result<std::uint64_t> octets_of(std::string_view text) {
  return number_with_unit(text, octet_units, "has to be a number with K, M or G");
}

Result<std::uint64_t> seconds_of(std::string_view text) {
  return number_with_unit(text, second_units, "has to be a number with s, m, h or d");
}

Status check_mailbox(std::string_view text) {
  if (without_control_characters(text) && text.size() <= max_mailbox_octets) return Done{};
  return refused("has to be a mailbox's name without control characters, not " + in_quotes(text));
}

Result<std::vector<std::string>> chain_of(const std::vector<std::string>& names) {
  std::vector<std::string> chain;
  for (const std::string& name : names) {
    if (name == "host" && &name != &names.back()) {
      return refused(R"(Dovecot has an id for every message, so nothing can stand behind "host")");
    }
    if (name != "host" && uidl::find_scheme(name) == nullptr) {
      std::vector<std::string_view> known{"host"};
      for (const uidl::Scheme& scheme : uidl::schemes()) known.push_back(scheme.name);
      const std::string meant = suggestion(name, known);
      return refused("there is no scheme " + in_quotes(name) +
                     (meant.empty() ? ", only " + enumerated(known) : meant));
    }
    if (std::find(chain.begin(), chain.end(), name) == chain.end()) chain.push_back(name);
  }
  if (chain.empty()) return refused("it has to name one scheme at least");
  return chain;
}

Status check_plan(const UidlPlan& plan) {
  if (plan.uses("template") && plan.form.empty()) {
    return refused(R"(uidl.scheme is "template", but there is no uidl.template)");
  }
  if (plan.uses("hmac-sha256") && plan.key_file.empty()) {
    return refused(R"(uidl.scheme is "hmac-sha256", but there is no uidl.key_file)");
  }
  return Done{};
}

Status check_deletion(const Policy::Delete& deletion) {
  if (deletion.mode == DeleteMode::keep_days && deletion.days == 0) {
    return refused(R"(delete.mode is "keep-days", but there is no delete.days)");
  }
  return Done{};
}

std::span<const Key> keys() noexcept {
  return table;
}

const Key* find_key(std::string_view path) noexcept {
  const auto* const row =
      std::find_if(table.begin(), table.end(), [&](const Key& key) { return key.path == path; });
  return row == table.end() ? nullptr : &*row;
}

}  // namespace pop3_legacy::policy
