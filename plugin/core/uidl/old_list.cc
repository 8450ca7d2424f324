#include "plugin/core/uidl/old_list.h"

#include <algorithm>
#include <span>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "plugin/core/base/number.h"
#include "plugin/core/base/text.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::string_view blanks = " \t";
constexpr std::string_view own_list_of_one_user = "number\t";
constexpr std::string_view own_list_of_many_users = "Username\t";  // doveadm's own column

struct Line {
  unsigned number = 0;
  std::string_view text;
};
using Lines = std::span<const Line>;

Error in_line(const Line& line, const std::string& text) {
  return {Failure::permanent, "line " + std::to_string(line.number) + ": " + text};
}

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_number(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// The lines that are not empty, without trailing blanks.
std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  for (unsigned number = 1; !text.empty(); ++number) {
    std::string_view line = take_until(text, '\n');
    line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    if (!line.empty()) lines.push_back({number, line});
  }
  return lines;
}

// The first word, and what follows the blanks after it.
std::pair<std::string_view, std::string_view> first_word(std::string_view text) {
  const std::size_t end = std::min(text.find_first_of(blanks), text.size());
  const std::size_t rest = std::min(text.find_first_not_of(blanks, end), text.size());
  return {text.substr(0, end), text.substr(rest)};
}

bool contains_ignoring_case(std::string_view text, std::string_view lower_word) {
  return std::search(text.begin(), text.end(), lower_word.begin(), lower_word.end(),
                     [](char a, char b) { return lower(a) == b; }) != text.end();
}

// Collects entries and oddities.
class Collector {
 public:
  explicit Collector(OldListFormat format) { list_.format = format; }

  void add(const Line& line, std::string_view id, std::string_view account = {},
           std::optional<std::uint32_t> number = {}, std::string_view guid = {},
           std::optional<std::uint64_t> octets = {}) {
    OldEntry entry;
    entry.number = number;
    entry.id = id;
    entry.guid = guid;
    entry.account = account;
    entry.line = line.number;
    entry.octets = octets;
    if (const std::string why = fault_of(line, entry); !why.empty()) {
      skip(line, why);
      return;
    }
    note_order(line, entry);
    note_repetition(line, entry);
    list_.entries.push_back(std::move(entry));
  }

  // Skips a line that does not fit the format.
  void skip(const Line& line, const std::string& why) {
    ++list_.skipped;
    note(line, why + "; the line is skipped");
    if (!first_skipped_) first_skipped_ = in_line(line, why);
  }
  void note(const Line& line, const std::string& what) {
    ++list_.odd_count;
    if (list_.odd.size() < told_oddities) list_.odd.push_back(in_line(line, what).text);
  }

  // An Error: there are lines but not one is an entry, or, if nothing else identifies the format,
  // most are not.
  Result<OldList> take() {
    const bool guessed =
        list_.format == OldListFormat::plain || list_.format == OldListFormat::fetchmail;
    if (first_skipped_ &&
        (list_.entries.empty() || (guessed && list_.skipped > list_.entries.size()))) {
      return *first_skipped_;
    }
    return std::move(list_);
  }

 private:
  // Empty: nothing is wrong.
  std::string fault_of(const Line& line, const OldEntry& entry) {
    const std::string& id = entry.id;
    if (id.find('\0') != std::string::npos) return "there is a NUL in it";
    if (id.empty()) return "there is no id in " + in_quotes(line.text);
    if (id.size() > max_old_id_octets) {
      return "an id of " + std::to_string(id.size()) + " octets is too long";
    }
    if (!std::all_of(id.begin(), id.end(), [](char c) { return c != ' ' && is_printable(c); })) {
      return in_quotes(id) + " is not an id: an id is ASCII without white space";
    }
    if (entry.number == 0U) return "there is no message 0";
    if (entry.number) {
      const auto [found, is_new] = numbers_.try_emplace(*entry.number, line.number);
      if (!is_new) return twice("message " + std::to_string(*entry.number), found->second);
    }
    if (!entry.guid.empty()) {
      const auto [found, is_new] = guids_.try_emplace(entry.guid, line.number);
      if (!is_new) return twice("the GUID " + in_quotes(entry.guid), found->second);
    }
    return {};
  }

  static std::string twice(const std::string& what, unsigned line) {
    return what + " is in line " + std::to_string(line) + " already";
  }

  // Notes numbers out of order; they are kept as they are.
  void note_order(const Line& line, const OldEntry& entry) {
    if (!entry.number) return;
    if (*entry.number != next_) {
      note(line, "message " + std::to_string(*entry.number) + " where message " +
                     std::to_string(next_) + " should be");
    }
    next_ = *entry.number + 1;
  }

  void note_repetition(const Line& line, const OldEntry& entry) {
    // Neither accounts nor ids contain a line feed.
    const auto [found, is_new] = ids_.try_emplace(entry.account + '\n' + entry.id, line.number);
    if (!is_new) note(line, twice("the id " + in_quotes(entry.id), found->second));
  }

  OldList list_;
  std::optional<Error> first_skipped_;
  std::uint32_t next_ = 1;
  // The line in which each was found first.
  std::unordered_map<std::string, unsigned> ids_;
  std::unordered_map<std::string, unsigned> guids_;
  std::unordered_map<std::uint32_t, unsigned> numbers_;
};

// --- a UIDL answer, or a session with one ---

// "+OK" itself, not an id that happens to begin with it.
bool is_ok(std::string_view text) {
  return first_word(text).first == "+OK";
}

bool is_numbered(std::string_view text) {
  return is_number(first_word(text).first) && !first_word(text).second.empty();
}

// A list begins here: a number with an id, or numbers without one followed by a line that has both.
bool begins_list(Lines lines) {
  std::optional<std::uint32_t> before;
  for (const Line& line : lines) {
    const auto number = whole_number<std::uint32_t>(first_word(line.text).first);
    if (!number || (before && *number != *before + 1)) return false;
    if (is_numbered(line.text)) return true;
    before = number;
  }
  return false;
}

// Numbered lines at the beginning of the text or after a +OK, up to the "." or the end.
struct Block {
  Lines lines;
  Lines rest;  // starting with the "."
  bool answered = false;
  bool says_uidl = false;
  bool says_list = false;

  [[nodiscard]] bool has_names() const {
    return std::any_of(lines.begin(), lines.end(),
                       [](const Line& line) { return !is_number(first_word(line.text).second); });
  }
  // Looks like LIST's answer; some servers have a third column.
  [[nodiscard]] bool has_sizes() const {
    return std::all_of(lines.begin(), lines.end(), [](const Line& line) {
      return is_number(first_word(line.text).first) &&
             is_number(first_word(first_word(line.text).second).first);
    });
  }
};

std::vector<Block> blocks_in(Lines lines) {
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool answered = i > 0 && is_ok(lines[i - 1].text);
    if ((i > 0 && !answered) || !begins_list(lines.subspan(i))) continue;
    std::size_t end = i;
    while (end < lines.size() && lines[end].text != ".") ++end;
    // The line before the list says it, or the command before that.
    const auto says = [&](std::string_view word) {
      return answered && (contains_ignoring_case(lines[i - 1].text, word) ||
                          (i > 1 && contains_ignoring_case(lines[i - 2].text, word)));
    };
    blocks.push_back({.lines = lines.subspan(i, end - i),
                      .rest = lines.subspan(end),
                      .answered = answered,
                      .says_uidl = says("uidl"),
                      .says_list = says("list")});
    i = end;
  }
  return blocks;
}

Result<Block> uidl_block(const std::vector<Block>& blocks) {
  std::vector<Block> named;  // all except those of LIST
  for (const Block& block : blocks) {
    if (block.says_uidl || !block.says_list || !block.has_sizes()) named.push_back(block);
  }
  const auto last = [&named](auto is) { return std::find_if(named.rbegin(), named.rend(), is); };
  auto found = last([](const Block& block) { return block.says_uidl; });
  if (found == named.rend()) found = last([](const Block& block) { return block.has_names(); });
  if (found != named.rend()) return *found;
  if (named.size() == 1) return named.front();
  if (named.empty()) {
    return Error{Failure::permanent,
                 "this is not a UIDL answer: no list of numbers and ids follows a +OK"};
  }
  return in_line(named.back().lines.front(),
                 "there is another list of numbers, and neither says that it is the UIDL answer; "
                 "keep only that one in the file");
}

// LIST's sizes, by message number.
std::unordered_map<std::uint32_t, std::uint64_t> sizes_in(const std::vector<Block>& blocks,
                                                          const Block& uidl) {
  const Block* list = nullptr;
  for (const Block& block : blocks) {
    if (block.lines.data() == uidl.lines.data() || block.says_uidl || !block.has_sizes()) continue;
    if (list == nullptr || block.says_list || !list->says_list) list = &block;
  }
  std::unordered_map<std::uint32_t, std::uint64_t> sizes;
  for (const Line& line : list == nullptr ? Lines() : list->lines) {
    const auto [number, rest] = first_word(line.text);
    const auto message = whole_number<std::uint32_t>(number);
    const auto octets = whole_number<std::uint64_t>(first_word(rest).first);
    if (message && octets) sizes.emplace(*message, *octets);
  }
  return sizes;
}

// A +OK directly followed by the ".".
bool is_empty_answer(Lines lines) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].text == "." && (i == 0 ? lines.size() == 1 : is_ok(lines[i - 1].text))) {
      return true;
    }
  }
  return false;
}

Result<OldList> read_uidl(Lines all) {
  Collector collector(OldListFormat::uidl);
  const std::vector<Block> blocks = blocks_in(all);
  if (blocks.empty() && is_empty_answer(all)) return collector.take();
  const auto block = uidl_block(blocks);
  if (!block) return block.error();
  const Lines list = block.value().lines;
  const Lines rest = block.value().rest;
  const bool answered = block.value().answered;
  const auto sizes = sizes_in(blocks, block.value());
  for (const Line& line : list) {
    const auto [number, id] = first_word(line.text);
    const auto message = whole_number<std::uint32_t>(number);
    if (!message) {
      collector.skip(line, in_quotes(line.text) + " is not a message number and an id");
      continue;
    }
    const auto octets = sizes.find(*message);
    collector.add(line, id, {}, message, {},
                  octets == sizes.end() ? std::nullopt : std::optional(octets->second));
  }
  if (answered && rest.empty()) {
    return in_line(list.back(),
                   "the answer is cut off here: no line with a dot ends it; fetch it again, or add "
                   "that line if this is all there is");
  }
  if (!answered && rest.size() > 1 && !is_ok(rest[1].text)) {
    // Two lists in a row, for example.
    if (begins_list(rest.subspan(1))) {
      return in_line(rest[1], "there is text after the end of the list");
    }
    collector.note(rest[1], "text after the end of the list is skipped");
  }
  return collector.take();
}

// --- files written by clients ---

bool is_fetchmail(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && text.find(' ', at) != std::string_view::npos;
}

Result<OldList> read_fetchmail(Lines lines) {
  Collector collector(OldListFormat::fetchmail);
  for (const Line& line : lines) {
    if (!is_fetchmail(line.text)) {
      collector.skip(line,
                     in_quotes(line.text) + " is not a line of fetchmail's (USER@HOST and an id)");
      continue;
    }
    const std::string_view text = line.text.substr(line.text.find_first_not_of(blanks));
    const std::size_t blank = text.find(' ', text.find('@'));
    collector.add(line, first_word(text.substr(blank)).second, text.substr(0, blank));
  }
  return collector.take();
}

bool is_getmail(std::string_view text) {
  const std::size_t nul = text.find('\0');
  return nul != std::string_view::npos && is_number(text.substr(nul + 1));
}

Result<OldList> read_getmail(Lines lines) {
  Collector collector(OldListFormat::getmail);
  for (const Line& line : lines) {
    if (!is_getmail(line.text)) {
      collector.skip(line,
                     in_quotes(line.text) + " is not a line of getmail's (an id, NUL and a time)");
      continue;
    }
    collector.add(line, line.text.substr(0, line.text.find('\0')));
  }
  return collector.take();
}

// USER@HOST for "HOST USER"; empty if the text is not of that form.
std::string account_of(std::string_view host_and_user) {
  const auto [host, user] = first_word(host_and_user);
  if (host.empty() || user.empty()) return {};
  return std::string(user) + '@' + std::string(host);
}

bool is_mpop_head(std::string_view text) {
  return text.size() > 1 && text[0] == ' ' && is_number(first_word(text.substr(1)).first);
}

Result<OldList> read_mpop(Lines lines) {
  Collector collector(OldListFormat::mpop);
  std::string account;
  std::uint32_t left = 0;
  const auto ends = [&](const Line& line) {
    if (left == 0) return;
    collector.note(line, "the list of " + in_quotes(account) +
                             " ends here; ids missing: " + std::to_string(left));
    left = 0;
  };
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const Line& line = lines[i];
    // No id begins with a blank.
    if (left > 0 && is_mpop_head(line.text)) ends(lines[i - 1]);
    if (left > 0) {
      collector.add(line, line.text, account);
      --left;
    } else if (!line.text.starts_with('#')) {
      const auto [count, rest] = first_word(line.text.substr(1));
      const std::string next = account_of(rest);
      const auto ids = whole_number<std::uint32_t>(count);
      if (is_mpop_head(line.text) && !next.empty() && ids) {
        account = next;
        left = *ids;
      } else {
        collector.skip(
            line,
            in_quotes(line.text) +
                " does not begin a list of mpop's (a blank, the number of ids, host and user)");
      }
    }
  }
  if (left > 0) ends(lines.back());
  return collector.take();
}

bool is_thunderbird_head(std::string_view text) {
  return text.starts_with('*') && !first_word(text).second.empty();
}

Result<OldList> read_thunderbird(Lines lines) {
  constexpr std::string_view flags = "kdbf";
  Collector collector(OldListFormat::thunderbird);
  std::string account;
  for (const Line& line : lines) {
    if (line.text.starts_with('#')) continue;
    if (line.text.starts_with('*')) {
      account = account_of(line.text.substr(1));
      if (account.empty()) collector.skip(line, "host or user is missing");
      continue;
    }
    const auto [flag, rest] = first_word(line.text);
    const auto [id, time] = first_word(rest);
    if (flag.size() != 1 || flags.find(flag[0]) == std::string_view::npos || id.empty()) {
      collector.skip(line, in_quotes(line.text) +
                               " is not a line of Thunderbird's (a flag, an id and a time)");
      continue;
    }
    // A wrong time does not matter: the id was on the server at some time.
    if (!time.empty() && !is_number(time)) {
      collector.note(line, in_quotes(time) + " is not a time in seconds, and is skipped");
    }
    collector.add(line, id, account);
  }
  return collector.take();
}

// --- our own list, and plain lists ---

Result<OldList> read_own(Lines lines) {
  if (lines.front().text != own_list_first_line) {
    return in_line(lines.front(), lines.front().text.starts_with(own_list_of_many_users)
                                      ? "this is a list of many users; make one for each user (-u)"
                                      : "the columns are not number, uid, guid and uidl");
  }
  Collector collector(OldListFormat::own);
  for (const Line& line : lines.subspan(1)) {
    std::vector<std::string_view> fields;
    for (std::size_t begin = 0; begin <= line.text.size();) {
      const std::size_t end = std::min(line.text.find('\t', begin), line.text.size());
      fields.push_back(line.text.substr(begin, end - begin));
      begin = end + 1;
    }
    const bool complete = fields.size() == 4 && whole_number<std::uint32_t>(fields[0]) &&
                          whole_number<std::uint32_t>(fields[1]) && !fields[2].empty() &&
                          fields[2].find(' ') == std::string_view::npos;
    if (!complete) {
      collector.skip(line,
                     in_quotes(line.text) + " is not number, UID, GUID and id, separated by tabs");
      continue;
    }
    collector.add(line, fields[3], {}, whole_number<std::uint32_t>(fields[0]), fields[2]);
  }
  return collector.take();
}

Result<OldList> read_plain(Lines lines) {
  Collector collector(OldListFormat::plain);
  for (const Line& line : lines) collector.add(line, line.text);
  return collector.take();
}

}  // namespace

Result<OldList> read_old_list(std::string_view text) {
  constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
  if (text.starts_with(utf8_mark)) text.remove_prefix(utf8_mark.size());
  for (const std::string_view mark : {"\xFF\xFE", "\xFE\xFF"}) {
    if (text.starts_with(mark)) {
      return in_line({1, text}, "the file begins with a byte order mark; save it as plain ASCII");
    }
  }
  const std::vector<Line> lines = lines_of(text);
  if (lines.empty()) return OldList{};
  const auto any = [&lines](auto is) {
    return std::find_if(lines.begin(), lines.end(),
                        [is](const Line& line) { return is(line.text); });
  };
  if (any(is_getmail) != lines.end()) return read_getmail(lines);
  if (lines.front().text.starts_with(own_list_of_one_user) ||
      lines.front().text.starts_with(own_list_of_many_users)) {
    return read_own(lines);
  }
  if (begins_list(lines) || is_empty_answer(lines) || any(is_ok) != lines.end()) {
    return read_uidl(lines);
  }
  const auto first = any([](std::string_view line) { return !line.starts_with('#'); });
  if (first == lines.end()) {
    // These are a client's comments, or ids that happen to look like a header.
    return first_word(lines.front().text).second.empty() ? read_plain(lines)
                                                         : Result<OldList>{OldList{}};
  }
  if (any(is_thunderbird_head) != lines.end()) return read_thunderbird(lines);
  if (is_mpop_head(first->text)) return read_mpop(lines);
  const auto fetchmails = std::count_if(lines.begin(), lines.end(),
                                        [](const Line& line) { return is_fetchmail(line.text); });
  if (2 * static_cast<std::size_t>(fetchmails) >= lines.size()) return read_fetchmail(lines);
  return read_plain(lines);
}

std::vector<std::string> oddities(const OldList& list) {
  std::vector<std::string> told = list.odd;
  if (list.odd_count > told.size()) {
    told.push_back(std::to_string(list.odd_count - told.size()) + " more lines are odd");
  }
  if (list.skipped > 0) {
    told.push_back((list.skipped == 1 ? "1 line is skipped"
                                      : std::to_string(list.skipped) + " lines are skipped") +
                   ", and " + std::to_string(list.entries.size()) + " are read as " +
                   std::string(format_name(list.format)));
  }
  return told;
}

std::string_view format_name(OldListFormat format) noexcept {
  switch (format) {
    case OldListFormat::uidl:
      return "a UIDL answer";
    case OldListFormat::fetchmail:
      return "fetchmail's .fetchids";
    case OldListFormat::getmail:
      return "getmail's oldmail file";
    case OldListFormat::mpop:
      return "mpop's UIDLs file";
    case OldListFormat::thunderbird:
      return "Thunderbird's popstate.dat";
    case OldListFormat::own:
      return "a list of doveadm pop3-legacy uidl list";
    case OldListFormat::plain:
      break;
  }
  return "a list of ids";
}

}  // namespace pop3_legacy::uidl
