#include "plugin/core/submission/ledger.h"

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "plugin/core/base/number.h"
#include "plugin/core/base/text.h"
#include "plugin/core/state/state_rules.h"

namespace pop3_legacy::submission {

namespace {

constexpr std::string_view first_line = "dovecot-pop3-legacy xmit 1\n";
constexpr std::string_view word_sent = "sent";
constexpr std::string_view word_begun = "begun";
constexpr std::int64_t hour = 3600;
/// The longest time an MTA takes: RFC 5321 (4.5.3.2) and Dovecot's submission_timeout for each
/// command.
constexpr std::int64_t lease = 300;
/// If the policy has no hourly limit, this many of the newest entries are kept: they fit into the
/// 64 KB that Dovecot's dict server accepts.
constexpr std::size_t most_unlimited = 700;

}  // namespace

Result<Ledger::Entries> Ledger::parse(std::string_view text) {
  if (!text.starts_with(first_line)) return refused("its first line is wrong");
  text.remove_prefix(first_line.size());
  if (!text.empty() && !text.ends_with('\n')) return refused("it is cut off");
  Entries entries;
  while (!text.empty()) {
    const std::string_view whole_line = take_until(text, '\n');
    std::string_view line = whole_line;
    const auto time = whole_number<decltype(Entry::time)>(take_until(line, ' '));
    Entry entry;
    entry.time = time.value_or(0);
    entry.key = take_until(line, ' ');
    const std::string_view word = take_until(line, ' ');
    entry.sent = word == word_sent;
    entry.process = line;
    if (!time || entry.key.empty() || (!entry.sent && word != word_begun)) {
      return refused("unexpected line: " + in_quotes(whole_line));
    }
    entries.push_back(std::move(entry));
  }
  return entries;
}

Status Ledger::check(std::string_view text) {
  const auto entries = parse(text);
  return entries ? Status(Done{}) : Status(entries.error());
}

// Entries too old to matter are left out. A clock that was set back must not keep an entry for
// ever.
Result<Ledger::Entries> Ledger::read(const std::optional<std::string>& text) const {
  if (!text) return Entries();
  auto entries = parse(*text);
  if (!entries) return unusable_state(states_, ledger_state, *text, entries.error());
  const std::int64_t now = environment_.now();
  const std::int64_t kept = std::max(hour, static_cast<std::int64_t>(policy_.dedup));
  std::erase_if(entries.value(), [&](const Entry& entry) {
    return entry.time <= now - kept || entry.time > now + kept;
  });
  return entries;
}

std::string Ledger::written(const Entries& entries) {
  std::string text(first_line);
  for (const Entry& entry : entries) {
    text += std::to_string(entry.time) + ' ' + entry.key + ' ';
    text.append(entry.sent ? word_sent : word_begun);
    if (!entry.sent && !entry.process.empty()) text.append(" ").append(entry.process);
    text += '\n';
  }
  return text;
}

bool Ledger::under_way(const Entry& entry) const {
  if (entry.sent) return false;
  const auto running =
      entry.process.empty() ? std::nullopt : environment_.is_running(entry.process);
  return running.value_or(std::abs(environment_.now() - entry.time) < lease);
}

bool Ledger::over_limit(const Entries& entries) const {
  const std::int64_t since = environment_.now() - hour;
  const auto count = std::count_if(entries.begin(), entries.end(),
                                   [&](const Entry& entry) { return entry.time > since; });
  return policy_.per_hour > 0 && static_cast<std::uint64_t>(count) >= policy_.per_hour;
}

// `edit` returns whether there is something to store. It may be called again if another session
// stores something in the meantime.
Status Ledger::change(const std::function<bool(Entries& entries)>& edit) {
  return change_state(
      states_, ledger_state,
      [&](const std::optional<std::string>& old) -> Result<std::optional<std::string>> {
        auto known = read(old);
        if (!known) return known.error();
        Entries& entries = known.value();
        if (!edit(entries)) return std::optional<std::string>();
        const std::size_t most =
            std::max(static_cast<std::size_t>(policy_.per_hour), most_unlimited);
        if (entries.size() > most)
          entries.erase(entries.begin(), entries.end() - static_cast<std::ptrdiff_t>(most));
        return std::optional(written(entries));
      });
}

Result<Ledger::Verdict> Ledger::begin(const std::string& key) {
  auto verdict = Verdict::fresh;
  const Status changed = change([&](Entries& entries) {
    const std::int64_t since = environment_.now() - static_cast<std::int64_t>(policy_.dedup);
    verdict = Verdict::fresh;
    if (policy_.dedup > 0) {
      for (const Entry& entry : entries) {
        if (entry.key != key || entry.time <= since) continue;
        if (entry.sent) verdict = Verdict::sent_before;
        if (verdict == Verdict::fresh && under_way(entry)) verdict = Verdict::under_way;
      }
      if (verdict != Verdict::fresh) return false;
      // Starting the same message again replaces its unfinished entry.
      std::erase_if(entries, [&](const Entry& entry) { return entry.key == key && !entry.sent; });
    }
    if (over_limit(entries)) verdict = Verdict::too_many;
    if (verdict == Verdict::fresh) {
      entries.push_back({environment_.now(), key, false, environment_.process()});
    }
    return verdict == Verdict::fresh;
  });
  return changed ? Result<Verdict>(verdict) : Result<Verdict>(changed.error());
}

Status Ledger::sent(const std::string& key) {
  return change([&](Entries& entries) {
    const auto last = std::find_if(entries.rbegin(), entries.rend(),
                                   [&](const Entry& entry) { return entry.key == key; });
    if (last == entries.rend()) {
      entries.push_back({environment_.now(), key, true});
    } else {
      last->sent = true;
    }
    return true;
  });
}

Status Ledger::withdraw(const std::string& key) {
  return change([&](Entries& entries) {
    const auto last = std::find_if(entries.rbegin(), entries.rend(), [&](const Entry& entry) {
      return entry.key == key && !entry.sent;
    });
    if (last == entries.rend()) return false;
    entries.erase(std::next(last).base());
    return true;
  });
}

Result<bool> Ledger::exhausted() {
  if (policy_.per_hour == 0) return false;
  const auto state = states_.load_state(ledger_state);
  if (!state) return state.error();
  const auto entries = read(state.value());
  return entries ? Result<bool>(over_limit(entries.value())) : entries.error();
}

}  // namespace pop3_legacy::submission
