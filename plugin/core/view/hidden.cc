#include "plugin/core/view/hidden.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "plugin/core/command_line.h"
#include "plugin/core/uidl/lines.h"

namespace pop3_legacy::view {

namespace {

constexpr std::string_view title = "dovecot-pop3-legacy hidden 1";
constexpr std::string_view fetched_word = "fetched";
constexpr std::string_view deleted_word = "deleted";

// All of `text`, as this file writes it: nothing else is taken for a number.
template <class T>
std::optional<T> number_in(std::string_view text) {
  T number = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, number);
  const bool good = error == std::errc{} && behind == end && number > 0;
  return good ? std::optional(number) : std::nullopt;
}

}  // namespace

Result<Hidden> Hidden::parse(std::string_view text) {
  Hidden hidden;
  const Status read = uidl::read_lines(
      text, {.title = title,
             .what = "list of hidden messages",
             .add = [&](std::string_view line) -> Result<bool> { return hidden.add_line(line); },
             .count = [&] { return hidden.runs_.size(); }});
  if (!read) {
    return read.error();
  }
  if (hidden.uidvalidity_ == 0) {
    return Error{Failure::permanent, "no UIDVALIDITY stands in the file"};
  }
  return hidden;
}

bool Hidden::add_line(std::string_view line) {
  const std::string_view word = take_word(line);
  if (word == "uidvalidity") {
    const auto number = number_in<UidValidity>(line);
    const bool first = uidvalidity_ == 0;
    uidvalidity_ = number.value_or(0);
    return number && first;
  }
  Run run;
  run.mark.kind = word == fetched_word   ? Mark::Kind::fetched
                  : word == deleted_word ? Mark::Kind::deleted
                                         : Mark::Kind::none;
  const std::string_view uids = take_word(line);
  const std::size_t dash = uids.find('-');
  const auto first = number_in<Uid>(uids.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : number_in<Uid>(uids.substr(dash + 1));
  if (uidvalidity_ == 0 || run.mark.kind == Mark::Kind::none || !first || !last || *last < *first ||
      (!runs_.empty() && *first <= runs_.back().last)) {
    return false;
  }
  run.first = *first;
  run.last = *last;
  if (!line.empty()) {
    const std::string_view on = take_word(line);
    const auto day = number_in<std::int64_t>(line);
    if (on != "on" || !day || run.mark.kind != Mark::Kind::deleted) {
      return false;
    }
    run.mark.day = *day;
  }
  runs_.push_back(run);
  return true;
}

std::string Hidden::text() const {
  std::string out(title);
  out.append("\nuidvalidity ").append(std::to_string(uidvalidity_)).append("\n");
  for (const Run& run : runs_) {
    out.append(run.mark.kind == Mark::Kind::fetched ? fetched_word : deleted_word);
    out.append(" ").append(std::to_string(run.first));
    if (run.last > run.first) {
      out.append("-").append(std::to_string(run.last));
    }
    if (run.mark.day > 0) {
      out.append(" on ").append(std::to_string(run.mark.day));
    }
    out.append("\n");
  }
  return uidl::with_end(std::move(out), runs_.size());
}

Mark Hidden::mark(Uid uid) const {
  const auto run =
      std::lower_bound(runs_.begin(), runs_.end(), uid,
                       [](const Run& candidate, Uid wanted) { return candidate.last < wanted; });
  return run != runs_.end() && run->first <= uid ? run->mark : Mark{};
}

Hidden Hidden::with(const std::map<Uid, Mark>& marks, const std::vector<Uid>& mailbox) const {
  Hidden made(uidvalidity_);
  bool in_run = false;  // the message before had a mark, which is that of the last run
  for (const Uid uid : mailbox) {
    Mark mark = this->mark(uid);
    if (const auto found = marks.find(uid);
        found != marks.end() && found->second.kind > mark.kind) {
      mark = found->second;
    }
    if (mark.kind == Mark::Kind::none) {
      in_run = false;
    } else if (in_run && made.runs_.back().mark == mark) {
      made.runs_.back().last = uid;
    } else {
      made.runs_.push_back({uid, uid, mark});
      in_run = true;
    }
  }
  // What came after this session had begun is known to those that stored it.
  const Uid known = mailbox.empty() ? 0 : mailbox.back();
  for (const Run& run : runs_) {
    if (run.last > known) {
      made.runs_.push_back({std::max(run.first, known + 1), run.last, run.mark});
    }
  }
  return made;
}

}  // namespace pop3_legacy::view
