#include "plugin/core/tracking/hidden.h"

#include <algorithm>
#include <utility>

#include "plugin/core/base/number.h"
#include "plugin/core/protocol/command_line.h"
#include "plugin/core/state/state_rules.h"
#include "plugin/core/uidl/lines.h"

namespace pop3_legacy::view {

namespace {

constexpr std::string_view title_1 = "dovecot-pop3-legacy hidden 1";
constexpr std::string_view title_2 = "dovecot-pop3-legacy hidden 2";
constexpr std::string_view guids_title = "dovecot-pop3-legacy hidden-guids 2";
constexpr std::string_view fetched_word = "fetched";
constexpr std::string_view deleted_word = "deleted";
/// A mailbox that is being restored gets its messages gradually.
constexpr std::int64_t days_lost = 30;

// Parses all of `text`, in the form this file writes.
template <class T>
std::optional<T> number_in(std::string_view text, bool may_be_0 = false) {
  const auto number = whole_number<T>(text);
  return number && *number >= T(may_be_0 ? 0 : 1) ? number : std::nullopt;
}

template <class T>
bool take_count(std::string_view& line, std::string_view word, T& number) {
  if (take_word(line) != word) return false;
  const auto found = number_in<T>(take_word(line), /*may_be_0=*/true);
  number = found.value_or(0);
  return found.has_value();
}

Mark::Kind kind_of(std::string_view word) {
  return word == fetched_word   ? Mark::Kind::fetched
         : word == deleted_word ? Mark::Kind::deleted
                                : Mark::Kind::none;
}

std::string_view word_of(Mark::Kind kind) {
  return kind == Mark::Kind::fetched ? fetched_word : deleted_word;
}

void append_day(std::string& out, const Mark& mark) {
  if (mark.day > 0) out.append(" on ").append(std::to_string(mark.day));
}

// Takes " on DAY", if present.
bool take_day(std::string_view& line, Mark& mark) {
  if (!line.starts_with("on ") && line != "on") return true;
  (void)take_word(line);
  const auto day = number_in<std::int64_t>(take_word(line));
  mark.day = day.value_or(0);
  return day && mark.kind == Mark::Kind::deleted;
}

// Looks like the result of as_word(); the checksum covers the rest.
bool is_word(std::string_view text) {
  return !text.empty() && text.find(' ') == std::string_view::npos;
}

// The mark that hides less: if two messages share a GUID, it is unknown which had which mark.
Mark weaker(const Mark& a, const Mark& b) {
  if (a.kind != b.kind) return a.kind < b.kind ? a : b;
  if (a.day == 0 || b.day == 0) return Mark{a.kind, 0};
  return Mark{a.kind, std::max(a.day, b.day)};
}

}  // namespace

namespace {

// npos: the text does not contain it completely.
std::size_t end_of_runs(std::string_view text) {
  const std::size_t end = text.find("\nend ");
  const std::size_t line_end = end == std::string_view::npos ? end : text.find('\n', end + 1);
  return line_end == std::string_view::npos ? line_end : line_end + 1;
}

}  // namespace

bool Hidden::has_runs(std::string_view text) {
  return end_of_runs(text) != std::string_view::npos;
}

Result<Hidden> Hidden::parse_runs(std::string_view text, std::size_t octets) {
  Hidden hidden;
  std::string_view head = text;
  const bool second = text.starts_with(title_2);
  if (second) {
    hidden.guid_count_ = 0;
    head = text.substr(0, end_of_runs(text));
  }
  const Status read = uidl::read_lines(
      head, {.title = second ? title_2 : title_1,
             .what = "list of hidden messages",
             .add = [&](std::string_view line) -> Result<bool> { return hidden.add_line(line); },
             .count = [&] { return hidden.runs_.size(); }});
  if (!read) {
    return read.error();
  }
  if (hidden.uidvalidity_ == 0) {
    return Error{Failure::permanent, "the file has no UIDVALIDITY"};
  }
  if (octets - head.size() != hidden.octets_) {
    return Error{Failure::permanent, "the file should have " + std::to_string(hidden.octets_) +
                                         " octets after its first part, but has " +
                                         std::to_string(octets - head.size())};
  }
  return hidden;
}

Result<Hidden> Hidden::parse(std::string_view text, std::optional<Error>& damage) {
  Result<Hidden> parsed = parse_runs(text);
  if (!parsed || parsed.value().of_version_1()) return parsed;
  Hidden& hidden = parsed.value();
  const auto behind =
      std::make_shared<const std::string>(text.substr(text.size() - hidden.octets_));
  hidden.owned_ = {behind};
  hidden.guids_.reserve(hidden.guid_count_.value_or(0));
  const Status read = uidl::read_lines(
      *behind, {.title = guids_title,
                .what = "list of GUIDs",
                .add = [&](std::string_view line) -> Result<bool> {
                  const std::string_view word = take_word(line);
                  return (word == "guid" && hidden.add_guid(line)) ||
                         (word == "lost" && hidden.add_lost(line));
                },
                .count = [&] { return hidden.guids_.size() + hidden.lost_.size(); }});
  if (!read || hidden.guids_.size() != hidden.guid_count_ ||
      hidden.lost_.size() != hidden.counted_lost_) {
    damage = Error{Failure::permanent,
                   "in the part with the GUIDs: " +
                       (read ? std::string("it belongs to another list") : read.error().text)};
    hidden.guids_.clear();
    hidden.lost_.clear();
    hidden.counted_lost_ = 0;
  }
  return parsed;
}

bool Hidden::add_line(std::string_view line) {
  const std::string_view all = line;
  const std::string_view word = take_word(line);
  if (word == "uidvalidity") {
    const auto number = number_in<UidValidity>(line);
    const bool first = uidvalidity_ == 0;
    uidvalidity_ = number.value_or(0);
    return number && first;
  }
  if (uidvalidity_ == 0) return false;
  const Mark::Kind kind = kind_of(word);
  if (kind != Mark::Kind::none) return add_run(kind, line);
  return !of_version_1() && runs_.empty() && add_counts(all);
}

bool Hidden::add_counts(std::string_view line) {
  if (line.starts_with("known ")) return take_count(line, "known", known_) && line.empty();
  if (line.starts_with("present ")) return take_count(line, "present", present_) && line.empty();
  std::size_t guids = 0;
  const bool good = take_count(line, "guids", guids) && take_count(line, "lost", counted_lost_) &&
                    take_count(line, "octets", octets_) && line.empty();
  guid_count_ = guids;
  return good;
}

bool Hidden::add_run(Mark::Kind kind, std::string_view line) {
  Run run;
  run.mark.kind = kind;
  const std::string_view uids = take_word(line);
  const std::size_t dash = uids.find('-');
  const auto first = number_in<Uid>(uids.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : number_in<Uid>(uids.substr(dash + 1));
  if (!first || !last || *last < *first || (!runs_.empty() && *first <= runs_.back().last) ||
      !take_day(line, run.mark) || !line.empty()) {
    return false;
  }
  run.first = *first;
  run.last = *last;
  runs_.push_back(run);
  return true;
}

bool Hidden::add_guid(std::string_view line) {
  const auto uid = number_in<Uid>(take_word(line));
  if (!uid || !is_word(line) || (!guids_.empty() && *uid <= guids_.back().uid)) return false;
  guids_.push_back({*uid, line});
  return true;
}

bool Hidden::add_lost(std::string_view line) {
  Lost lost;
  lost.mark.kind = kind_of(take_word(line));
  if (lost.mark.kind == Mark::Kind::none || !take_day(line, lost.mark) ||
      take_word(line) != "since") {
    return false;
  }
  const auto since = number_in<std::int64_t>(take_word(line));
  if (!since || !is_word(line)) return false;
  lost.since = *since;
  lost.guid = line;
  lost_.push_back(std::move(lost));
  return true;
}

std::string Hidden::guid_lines() const {
  std::string out(guids_title);
  out += '\n';
  constexpr std::size_t enough = 64;  // octets, for one line
  out.reserve(guids_.size() * enough + enough);
  for (const Known& known : guids_) {
    out.append("guid ").append(std::to_string(known.uid)) += ' ';
    out.append(known.guid) += '\n';
  }
  for (const Lost& lost : lost_) {
    out.append("lost ").append(word_of(lost.mark.kind));
    append_day(out, lost.mark);
    out.append(" since ").append(std::to_string(lost.since)) += ' ';
    out.append(lost.guid) += '\n';
  }
  return uidl::with_end(std::move(out), guids_.size() + lost_.size());
}

std::string Hidden::text() const {
  const std::string behind = guid_lines();
  std::string out = state_title(hidden_state, find_state_rule(hidden_state)->version);
  out.append("\nuidvalidity ").append(std::to_string(uidvalidity_));
  out.append("\nknown ").append(std::to_string(known_));
  out.append("\npresent ").append(std::to_string(present_));
  out.append("\nguids ").append(std::to_string(guids_.size()));
  out.append(" lost ").append(std::to_string(lost_.size()));
  out.append(" octets ").append(std::to_string(behind.size())) += '\n';
  for (const Run& run : runs_) {
    out.append(word_of(run.mark.kind)) += ' ';
    out.append(std::to_string(run.first));
    if (run.last > run.first) {
      out.append("-").append(std::to_string(run.last));
    }
    append_day(out, run.mark);
    out.append("\n");
  }
  return uidl::with_end(std::move(out), runs_.size()) + behind;
}

Mark Hidden::mark(Uid uid) const {
  const auto run =
      std::lower_bound(runs_.begin(), runs_.end(), uid,
                       [](const Run& candidate, Uid wanted) { return candidate.last < wanted; });
  return run != runs_.end() && run->first <= uid ? run->mark : Mark{};
}

std::size_t Hidden::marked_in(const std::vector<Uid>& mailbox) const {
  std::size_t count = 0;
  for (const Run& run : runs_) {
    const auto first = std::lower_bound(mailbox.begin(), mailbox.end(), run.first);
    count += static_cast<std::size_t>(std::upper_bound(first, mailbox.end(), run.last) - first);
  }
  return count;
}

bool Hidden::has_guid(Uid uid) const {
  const auto found =
      std::lower_bound(guids_.begin(), guids_.end(), uid,
                       [](const Known& candidate, Uid wanted) { return candidate.uid < wanted; });
  return found != guids_.end() && found->uid == uid;
}

bool Hidden::fits(UidValidity uidvalidity, const std::vector<Uid>& mailbox) const {
  if (uidvalidity != uidvalidity_) return false;
  const bool has_new_ones = !mailbox.empty() && mailbox.back() > known_;
  return of_version_1() || !has_new_ones || (lost_count() == 0 && marked_in(mailbox) >= present_);
}

std::vector<Uid> Hidden::to_ask(UidValidity uidvalidity, const std::vector<Uid>& mailbox) const {
  if (guids_.empty() && lost_.empty()) return {};
  if (uidvalidity != uidvalidity_) return mailbox;
  std::vector<Uid> uids;
  for (auto uid = std::upper_bound(mailbox.begin(), mailbox.end(), known_); uid != mailbox.end();
       ++uid) {
    if (mark(*uid).kind == Mark::Kind::none) uids.push_back(*uid);
  }
  return uids;
}

bool Hidden::marks_without_guid() const {
  return of_version_1() ? !runs_.empty() : guids_.size() < present_;
}

Hidden Hidden::translated(UidValidity uidvalidity, const std::vector<Uid>& mailbox,
                          const Guids& guids, std::int64_t today) const {
  const bool same = uidvalidity == uidvalidity_;
  const auto present = [&](Uid uid) {
    return same && std::binary_search(mailbox.begin(), mailbox.end(), uid);
  };
  std::map<Uid, Mark> marks;
  // The marks waiting for a message, by its GUID.
  std::map<std::string_view, std::vector<Lost>> waiting;
  std::map<std::string_view, Uid> settled;
  for (const Known& known : guids_) {
    if (present(known.uid)) {
      if (!lost_.empty()) settled.emplace(known.guid, known.uid);
    } else if (const Mark of_uid = mark(known.uid); of_uid.kind != Mark::Kind::none) {
      waiting[known.guid].push_back({of_uid, same ? 0 : today, std::string(known.guid)});
    }
  }
  for (const Lost& lost : lost_) {
    // Two sessions may have marked the same message, each under its own UIDVALIDITY.
    if (const auto found = settled.find(lost.guid); found != settled.end()) {
      marks[found->second] = lost.mark;
    } else {
      waiting[lost.guid].push_back(lost);
    }
  }

  std::map<std::string_view, std::vector<Uid>> candidates;
  for (const auto& [uid, guid] : guids) {
    if (waiting.contains(guid)) candidates[guid].push_back(uid);
  }
  Guids found;
  std::vector<Lost> lost;
  for (const auto& [guid, entries] : waiting) {
    const auto messages = candidates.find(guid);
    if (messages == candidates.end()) {
      for (const Lost& entry : entries) {
        // Under the same UIDVALIDITY a missing message is usually gone for good.
        if (entry.since > 0) lost.push_back(entry);
      }
    } else if (messages->second.size() <= entries.size()) {
      Mark common = entries.front().mark;
      for (const Lost& entry : entries) common = weaker(common, entry.mark);
      for (const Uid uid : messages->second) {
        marks[uid] = common;
        found.emplace(uid, std::string(guid));
      }
    }
  }
  Hidden base = same ? *this : Hidden(uidvalidity);
  base.lost_ = std::move(lost);
  Hidden made = base.with(marks, mailbox, today);
  made.add_guids(found);
  return made;
}

Hidden Hidden::with(const std::map<Uid, Mark>& marks, const std::vector<Uid>& mailbox,
                    std::int64_t today) const {
  Hidden made(uidvalidity_);
  bool in_run = false;  // the previous message had the mark of the last run
  auto known = guids_.begin();
  for (const Uid uid : mailbox) {
    Mark mark = this->mark(uid);
    if (const auto found = marks.find(uid);
        found != marks.end() && found->second.kind > mark.kind) {
      mark = found->second;
    }
    if (mark.kind == Mark::Kind::none) {
      in_run = false;
      continue;
    }
    if (in_run && made.runs_.back().mark == mark) {
      made.runs_.back().last = uid;
    } else {
      made.runs_.push_back({uid, uid, mark});
      in_run = true;
    }
    ++made.present_;
    while (known != guids_.end() && known->uid < uid) ++known;
    if (known != guids_.end() && known->uid == uid) made.guids_.push_back(*known);
  }
  // Messages that arrived after this session had begun are known to those that stored them.
  const Uid last = mailbox.empty() ? 0 : mailbox.back();
  for (const Run& run : runs_) {
    if (run.last > last) {
      made.runs_.push_back({std::max(run.first, last + 1), run.last, run.mark});
    }
  }
  for (const Known& later : guids_) {
    if (later.uid > last) {
      made.guids_.push_back(later);
      ++made.present_;
    }
  }
  made.lost_ = lost_;
  made.owned_ = owned_;
  made.forget_old(today);
  made.known_ = std::max(known_, last);
  made.guid_count_ = made.guids_.size();
  return made;
}

std::vector<Uid> Hidden::without_guid(const std::vector<Uid>& mailbox) const {
  std::vector<Uid> uids;
  auto known = guids_.begin();
  for (const Uid uid : mailbox) {
    if (mark(uid).kind == Mark::Kind::none) continue;
    while (known != guids_.end() && known->uid < uid) ++known;
    if (known == guids_.end() || known->uid != uid) uids.push_back(uid);
  }
  return uids;
}

void Hidden::add_guids(const Guids& guids) {
  std::vector<Guids::const_iterator> added;
  std::string words;
  for (auto guid = guids.begin(); guid != guids.end(); ++guid) {
    if (mark(guid->first).kind == Mark::Kind::none || has_guid(guid->first)) continue;
    added.push_back(guid);
    words += guid->second;
  }
  if (added.empty()) return;
  owned_.push_back(std::make_shared<const std::string>(std::move(words)));
  std::string_view rest = *owned_.back();
  std::vector<Known> all;
  all.reserve(guids_.size() + added.size());
  auto known = guids_.begin();
  for (const auto& guid : added) {
    for (; known != guids_.end() && known->uid < guid->first; ++known) all.push_back(*known);
    all.push_back({guid->first, rest.substr(0, guid->second.size())});
    rest.remove_prefix(guid->second.size());
  }
  all.insert(all.end(), known, guids_.end());
  guids_ = std::move(all);
  guid_count_ = guids_.size();
}

Hidden Hidden::with_lost(const std::map<Uid, Mark>& marks, const Guids& guids,
                         std::int64_t today) const {
  Hidden made = *this;
  for (const auto& [uid, mark] : marks) {
    const auto guid = guids.find(uid);
    if (guid != guids.end()) made.lost_.push_back({mark, today, guid->second});
  }
  made.forget_old(today);
  // Forces a look at the whole mailbox.
  if (!made.lost_.empty()) made.known_ = 0;
  return made;
}

// A clock that was set back must not keep a mark for ever.
void Hidden::forget_old(std::int64_t today) {
  std::erase_if(lost_, [&](const Lost& lost) {
    return lost.since < today - days_lost || lost.since > today + days_lost;
  });
}

}  // namespace pop3_legacy::view
