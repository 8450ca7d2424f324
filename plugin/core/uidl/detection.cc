#include "plugin/core/uidl/detection.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "plugin/core/uidl/schemes.h"

namespace pop3_legacy::uidl {

namespace {

/// What a scheme gives a message: nothing, an id that is not the list's, or the list's id that has
/// this number.
using Cell = std::uint32_t;
constexpr Cell nothing = 0;
constexpr Cell other = 1;
constexpr Cell first_id = 2;

/// One for each message, by place.
using Column = std::vector<Cell>;

/// The ids of a list, and for which message each is.
class Expected {
 public:
  Expected(const OldList& list, std::span<const NumberedMessage> messages) : list_(&list) {
    for (const OldEntry& entry : list.entries) {
      cells_.emplace(as_listed(list.format, entry.id), first_id + static_cast<Cell>(cells_.size()));
    }
    const auto places = listed_messages(list, messages);
    by_message_ = places.ok();
    for (std::size_t i = 0; by_message_ && i < list.entries.size(); ++i) {
      if (places.value()[i] != no_message) {
        by_uid_.emplace(messages[places.value()[i]].uid, &list.entries[i]);
      }
    }
  }

  [[nodiscard]] Cell cell(Uid uid, const std::optional<std::string>& id) const {
    if (!id) return nothing;
    const auto found = cells_.find(as_listed(list_->format, *id));
    if (found == cells_.end()) return other;
    if (!by_message_) return found->second;
    const auto entry = by_uid_.find(uid);
    return entry != by_uid_.end() && entry->second->id == *id ? found->second : other;
  }
  [[nodiscard]] std::size_t ids() const { return cells_.size(); }
  [[nodiscard]] bool by_message() const { return by_message_; }

 private:
  const OldList* list_;
  std::unordered_map<std::string, Cell> cells_;
  std::unordered_map<Uid, const OldEntry*> by_uid_;
  bool by_message_ = false;
};

/// Ids of the list in `first`, and in `second` where `first` has nothing.
std::size_t reproduced(const Column& first, const Column* second, std::vector<bool>& seen) {
  seen.assign(seen.size(), false);
  std::size_t count = 0;
  for (std::size_t place = 0; place < first.size(); ++place) {
    const Cell cell =
        first[place] == nothing && second != nullptr ? (*second)[place] : first[place];
    if (cell >= first_id && !seen[cell - first_id]) {
      seen[cell - first_id] = true;
      ++count;
    }
  }
  return count;
}

Error of_message(Uid uid, const Error& error) {
  return {error.kind, "the message with UID " + std::to_string(uid) + ": " + error.text};
}

struct Tried {
  const Scheme* scheme = nullptr;
  Column column;
  std::size_t reproduced = 0;
};

Status try_message(Maildrop& maildrop, Facts& facts, const Expected& expected,
                   std::vector<Tried>& tried) {
  const Context context{
      .hasher = [&maildrop] { return maildrop.hasher(); }, .form = nullptr, .key = {}, .owner = {}};
  for (Tried& one : tried) {
    const auto id = one.scheme->formula(facts, context);
    if (!id) return of_message(facts.uid(), id.error());
    one.column.push_back(expected.cell(facts.uid(), id.value()));
  }
  return Done{};
}

std::vector<Detection::Row> rows_of(std::vector<Tried> tried, std::size_t ids) {
  std::vector<bool> seen(ids);
  for (Tried& one : tried) one.reproduced = reproduced(one.column, nullptr, seen);
  std::erase_if(tried, [](const Tried& one) { return one.reproduced == 0; });
  std::stable_sort(tried.begin(), tried.end(),
                   [](const Tried& a, const Tried& b) { return a.reproduced > b.reproduced; });
  std::vector<Detection::Row> rows;
  if (tried.empty()) return rows;
  Detection::Row best{{}, tried.front().reproduced};
  for (const Tried& first : tried) {
    for (const Tried& second : tried) {
      if (best.reproduced == ids) break;
      const std::size_t both = reproduced(first.column, &second.column, seen);
      if (both > best.reproduced) {
        best = {{std::string(first.scheme->name), std::string(second.scheme->name)}, both};
      }
    }
  }
  if (!best.chain.empty()) rows.push_back(std::move(best));
  for (const Tried& one : tried) rows.push_back({{std::string(one.scheme->name)}, one.reproduced});
  return rows;
}

}  // namespace

Result<Detection> detect_schemes(Maildrop& maildrop, const OldList& list,
                                 std::span<const NumberedMessage> messages) {
  const Expected expected(list, messages);
  std::vector<Tried> tried;
  for (const Scheme& scheme : schemes()) {
    if (scheme.name != "template" && scheme.name != "hmac-sha256")
      tried.push_back({&scheme, {}, 0});
  }
  Detection found;
  found.ids = expected.ids();
  found.by_message = expected.by_message();
  // Message by message, so that each is read once; what is kept of an id is a number.
  const std::uint32_t count = maildrop.message_count();
  for (Tried& one : tried) one.column.reserve(count);
  for (std::uint32_t place = 0; place < count; ++place) {
    const Result<Facts*> facts = maildrop.message(place);
    if (!facts) return facts.error();
    const Result<std::string> stored = maildrop.stored_id();
    if (!stored) return of_message(facts.value()->uid(), stored.error());
    if (!stored.value().empty()) ++found.stored;
    if (const Status done = try_message(maildrop, *facts.value(), expected, tried); !done) {
      return done.error();
    }
  }
  found.rows = rows_of(std::move(tried), found.ids);
  return found;
}

std::string policy_line(const std::vector<std::string>& chain) {
  std::string names;
  for (const std::string& name : chain) {
    names.append(names.empty() ? "\"" : ", \"").append(name).append("\"");
  }
  return "scheme = " + (chain.size() == 1 ? names : "[" + names + "]");
}

}  // namespace pop3_legacy::uidl
