#include "plugin/core/uidl/old_list.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "plugin/core/text.h"

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

Error empty_list() {
  return {Failure::permanent, "the list is empty"};
}

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_number(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// The lines that are not empty, without the blanks at their ends.
std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  for (unsigned number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    if (!line.empty()) lines.push_back({number, line});
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

// The first word and what follows the blanks behind it.
std::pair<std::string_view, std::string_view> cut(std::string_view text) {
  const std::size_t end = std::min(text.find_first_of(blanks), text.size());
  const std::size_t rest = std::min(text.find_first_not_of(blanks, end), text.size());
  return {text.substr(0, end), text.substr(rest)};
}

std::optional<std::uint32_t> to_number(std::string_view text) {
  std::uint32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, problem] = std::from_chars(text.data(), end, number);
  if (text.empty() || problem != std::errc{} || behind != end) return std::nullopt;
  return number;
}

bool contains_ignoring_case(std::string_view text, std::string_view lower_word) {
  return std::search(text.begin(), text.end(), lower_word.begin(), lower_word.end(),
                     [](char a, char b) { return lower(a) == b; }) != text.end();
}

// Collects entries up to the first that cannot be right.
class Collector {
 public:
  explicit Collector(OldListFormat format) { list_.format = format; }

  // False: the entry is wrong, and take() will say how.
  bool add(const Line& line, std::string_view id, std::string_view account = {},
           std::optional<std::uint32_t> number = {}, std::string_view guid = {}) {
    OldEntry entry;
    entry.number = number;
    entry.id = id;
    entry.guid = guid;
    entry.account = account;
    entry.line = line.number;
    if (status_) status_ = check(line, entry);
    if (status_) list_.entries.push_back(std::move(entry));
    return status_.ok();
  }

  Result<OldList> take() {
    if (!status_) return status_.error();
    if (list_.entries.empty()) return empty_list();
    return std::move(list_);
  }

 private:
  Status check(const Line& line, const OldEntry& entry) {
    const std::string& id = entry.id;
    if (id.empty()) return in_line(line, "there is no id in " + in_quotes(line.text));
    if (id.size() > max_old_id_octets) {
      return in_line(line, "an id of " + std::to_string(id.size()) + " octets is too long");
    }
    if (!std::all_of(id.begin(), id.end(), [](char c) { return c != ' ' && is_printable(c); })) {
      return in_line(line,
                     in_quotes(id) + " is no id: one has no white space and nothing but ASCII");
    }
    const std::size_t next = list_.entries.size() + 1;
    if (entry.number && *entry.number != next) {
      return in_line(line, "message " + std::to_string(*entry.number) + " where message " +
                               std::to_string(next) + " should be");
    }
    // No account has a line feed in it, and no id.
    Status once = only_once(line, "id", entry.account + '\n' + id, id);
    if (once && !entry.guid.empty()) {
      once = only_once(line, "GUID", "\n\n" + entry.guid, entry.guid);
    }
    return once;
  }

  Status only_once(const Line& line, const std::string& what, std::string key,
                   std::string_view name) {
    const auto [found, is_new] = first_lines_.try_emplace(std::move(key), line.number);
    if (is_new) return Done{};
    return in_line(line, "the " + what + ' ' + in_quotes(name) + " is in line " +
                             std::to_string(found->second) + " already");
  }

  OldList list_;
  Status status_ = Done{};
  std::unordered_map<std::string, unsigned> first_lines_;
};

// --- a UIDL answer, or a session with one ---

// "+OK", not an id that happens to begin so.
bool is_ok(std::string_view text) {
  return cut(text).first == "+OK";
}

bool is_numbered(std::string_view text) {
  return is_number(cut(text).first) && !cut(text).second.empty();
}

// Numbered lines at the beginning of the text or behind a +OK, up to the "." or the end.
struct Block {
  Lines lines;
  Lines rest;  // from the "." on
  bool answered = false;
  bool says_uidl = false;

  [[nodiscard]] bool has_names() const {
    return std::any_of(lines.begin(), lines.end(),
                       [](const Line& line) { return !is_number(cut(line.text).second); });
  }
};

std::vector<Block> blocks_in(Lines lines) {
  constexpr std::string_view word = "uidl";
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool answered = i > 0 && is_ok(lines[i - 1].text);
    if ((i > 0 && !answered) || !is_numbered(lines[i].text)) continue;
    std::size_t end = i;
    while (end < lines.size() && lines[end].text != ".") ++end;
    const bool says_uidl = answered && (contains_ignoring_case(lines[i - 1].text, word) ||
                                        (i > 1 && contains_ignoring_case(lines[i - 2].text, word)));
    blocks.push_back({lines.subspan(i, end - i), lines.subspan(end), answered, says_uidl});
    i = end;
  }
  return blocks;
}

Result<Block> uidl_block(Lines lines) {
  const std::vector<Block> blocks = blocks_in(lines);
  if (blocks.empty()) {
    return Error{Failure::permanent,
                 "no list of numbers and ids follows a +OK: the maildrop was empty, or this is no "
                 "UIDL answer"};
  }
  auto found = std::find_if(blocks.rbegin(), blocks.rend(),
                            [](const Block& block) { return block.says_uidl; });
  if (found == blocks.rend()) {
    found = std::find_if(blocks.rbegin(), blocks.rend(),
                         [](const Block& block) { return block.has_names(); });
  }
  if (found != blocks.rend()) return *found;
  if (blocks.size() == 1) return blocks.front();
  return in_line(blocks.back().lines.front(),
                 "another list of numbers, and none says that it is the UIDL answer; leave only "
                 "that one in the file");
}

Result<OldList> read_uidl(Lines lines) {
  const auto block = uidl_block(lines);
  if (!block) return block.error();
  const Lines list = block.value().lines;
  const Lines rest = block.value().rest;
  const bool answered = block.value().answered;
  Collector collector(OldListFormat::uidl);
  for (const Line& line : list) {
    const auto [number, id] = cut(line.text);
    const auto message = to_number(number);
    if (!message) return in_line(line, in_quotes(line.text) + " is no message number and id");
    if (!collector.add(line, id, {}, message)) return collector.take();
  }
  if (answered && rest.empty()) {
    return in_line(list.back(), "the answer is cut off here: no line with a dot ends it");
  }
  // Two lists one behind the other, say.
  if (!answered && rest.size() > 1 && !is_ok(rest[1].text)) {
    return in_line(rest[1], "there is something behind the end of the list");
  }
  return collector.take();
}

// --- what clients write ---

bool is_fetchmail(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && text.find(' ', at) != std::string_view::npos;
}

Result<OldList> read_fetchmail(Lines lines) {
  Collector collector(OldListFormat::fetchmail);
  for (const Line& line : lines) {
    if (!is_fetchmail(line.text)) {
      return in_line(line,
                     in_quotes(line.text) + " is no line of fetchmail's, USER@HOST and an id");
    }
    const std::string_view text = line.text.substr(line.text.find_first_not_of(blanks));
    const std::size_t blank = text.find(' ', text.find('@'));
    if (!collector.add(line, cut(text.substr(blank)).second, text.substr(0, blank))) break;
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
      return in_line(line,
                     in_quotes(line.text) + " is no line of getmail's, an id, NUL and a time");
    }
    if (!collector.add(line, line.text.substr(0, line.text.find('\0')))) break;
  }
  return collector.take();
}

// USER@HOST of "HOST USER"; empty if it is not that.
std::string account_of(std::string_view host_and_user) {
  const auto [host, user] = cut(host_and_user);
  if (host.empty() || user.empty()) return {};
  return std::string(user) + '@' + std::string(host);
}

bool is_mpop_head(std::string_view text) {
  return text.size() > 1 && text[0] == ' ' && is_number(cut(text.substr(1)).first);
}

Result<OldList> read_mpop(Lines lines) {
  Collector collector(OldListFormat::mpop);
  std::string account;
  std::uint32_t left = 0;
  for (const Line& line : lines) {
    if (left > 0) {
      if (!collector.add(line, line.text, account)) return collector.take();
      --left;
    } else if (!line.text.starts_with('#')) {
      const auto [count, rest] = cut(line.text.substr(1));
      account = account_of(rest);
      const auto ids = to_number(count);
      if (!is_mpop_head(line.text) || account.empty() || !ids) {
        return in_line(line, in_quotes(line.text) +
                                 " does not begin a list of mpop's: a blank, the "
                                 "number of ids, host and user");
      }
      left = *ids;
    }
  }
  if (left > 0) {
    return in_line(lines.back(), "the list of " + in_quotes(account) + " ends here, " +
                                     std::to_string(left) + " too early");
  }
  return collector.take();
}

bool is_thunderbird_head(std::string_view text) {
  return text.starts_with('*') && !cut(text).second.empty();
}

Result<OldList> read_thunderbird(Lines lines) {
  constexpr std::string_view flags = "kdbf";
  Collector collector(OldListFormat::thunderbird);
  std::string account;
  for (const Line& line : lines) {
    if (line.text.starts_with('#')) continue;
    if (line.text.starts_with('*')) {
      account = account_of(line.text.substr(1));
      if (account.empty()) return in_line(line, "host and user are not both there");
      continue;
    }
    const auto [flag, rest] = cut(line.text);
    const auto [id, time] = cut(rest);
    if (flag.size() != 1 || flags.find(flag[0]) == std::string_view::npos || id.empty() ||
        !(time.empty() || is_number(time))) {
      return in_line(
          line, in_quotes(line.text) + " is no line of Thunderbird's, a flag, an id and a time");
    }
    if (!collector.add(line, id, account)) break;
  }
  return collector.take();
}

// --- our own, and plain ---

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
    const bool complete = fields.size() == 4 && to_number(fields[0]) && to_number(fields[1]) &&
                          !fields[2].empty() && fields[2].find(' ') == std::string_view::npos;
    if (!complete) {
      return in_line(line,
                     in_quotes(line.text) + " is not number, UID, GUID and id, with tabs between");
    }
    if (!collector.add(line, fields[3], {}, to_number(fields[0]), fields[2])) break;
  }
  return collector.take();
}

Result<OldList> read_plain(Lines lines) {
  Collector collector(OldListFormat::plain);
  for (const Line& line : lines) {
    if (!collector.add(line, line.text)) break;
  }
  return collector.take();
}

}  // namespace

Result<OldList> read_old_list(std::string_view text) {
  for (const std::string_view mark : {"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"}) {
    if (text.starts_with(mark)) {
      return in_line({1, text}, "the file begins with a byte order mark; save it as plain ASCII");
    }
  }
  const std::vector<Line> lines = lines_of(text);
  if (lines.empty()) return empty_list();
  const auto any = [&lines](auto is) {
    return std::find_if(lines.begin(), lines.end(),
                        [is](const Line& line) { return is(line.text); });
  };
  if (is_getmail(lines.front().text)) return read_getmail(lines);
  const auto nul = any([](std::string_view line) { return line.find('\0') < line.size(); });
  if (nul != lines.end()) return in_line(*nul, "there is a NUL in it");
  if (lines.front().text.starts_with(own_list_of_one_user) ||
      lines.front().text.starts_with(own_list_of_many_users)) {
    return read_own(lines);
  }
  if (is_numbered(lines.front().text) || any(is_ok) != lines.end()) return read_uidl(lines);

  const auto first = any([](std::string_view line) { return !line.starts_with('#'); });
  if (first == lines.end()) {
    // A client's comments, or ids that happen to begin so.
    return cut(lines.front().text).second.empty() ? read_plain(lines)
                                                  : Result<OldList>{empty_list()};
  }
  if (is_thunderbird_head(first->text)) return read_thunderbird(lines);
  if (is_mpop_head(first->text)) return read_mpop(lines);
  if (is_fetchmail(lines.front().text)) return read_fetchmail(lines);
  return read_plain(lines);
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
