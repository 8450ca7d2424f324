#include "plugin/core/uidl/detection.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "plugin/core/uidl/assignment.h"
#include "plugin/core/uidl/identifier.h"
#include "plugin/core/uidl/schemes.h"
#include "plugin/core/uidl/template.h"

namespace pop3_legacy::uidl {

namespace {

/// What a scheme gives a message: nothing, an id that is not in the list, or the list's id with
/// this number.
using Cell = std::uint32_t;
constexpr Cell nothing = 0;
constexpr Cell other = 1;
constexpr Cell first_id = 2;

/// One cell per message, by place.
using Column = std::vector<Cell>;

/// The ids of a list, and the message that each belongs to.
class Expected {
 public:
  Expected(const OldList& list, std::span<const NumberedMessage> messages) : list_(&list) {
    for (const OldEntry& entry : list.entries) {
      cells_.emplace(as_listed(list.format, entry.id), first_id + static_cast<Cell>(cells_.size()));
    }
    const auto places = listed_messages(list, messages);
    // A shorter list may be the maildrop's beginning, or messages may have been removed since.
    by_message_ = places.ok() &&
                  (listed_by(list) != ListedBy::number || last_number(list) == messages.size());
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
  /// Some id of the list contains `text`. Always true for getmail, which may have replaced an
  /// octet.
  [[nodiscard]] bool contains(std::string_view text) const {
    return list_->format == OldListFormat::getmail ||
           std::any_of(list_->entries.begin(), list_->entries.end(), [text](const OldEntry& entry) {
             return entry.id.find(text) != std::string::npos;
           });
  }
  [[nodiscard]] std::size_t ids() const { return cells_.size(); }
  [[nodiscard]] bool by_message() const { return by_message_; }

 private:
  const OldList* list_;
  std::unordered_map<std::string, Cell> cells_;
  std::unordered_map<Uid, const OldEntry*> by_uid_;
  bool by_message_ = false;
};

/// How many ids of the list are in `first`, or in `second` where `first` has nothing.
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
  std::string text;              ///< for scheme "template": its form
  std::optional<Template> form;  ///< the same, parsed
  Column column;
  std::size_t reproduced = 0;
};

/// The forms of scheme "template" worth trying, the most usual first, including those that are
/// schemes of their own.
std::vector<std::string> forms(const Expected& expected) {
  constexpr std::array<std::string_view, 7> formats = {"",   ":08x", ":x",   ":08X",
                                                       ":X", ":08d", ":010d"};
  std::vector<std::string> made;
  for (const std::string_view prefix : {"", "UID"}) {
    if (!expected.contains(prefix)) continue;
    for (const std::string_view separator : {".", "-", ""}) {
      if (!expected.contains(separator)) continue;
      for (const std::string_view format : formats) {
        // Without a separator, only a fixed width keeps the numbers apart.
        if (separator.empty() && !format.starts_with(":0")) continue;
        const std::string uid = "{uid" + std::string(format) + '}';
        const std::string validity = "{uidvalidity" + std::string(format) + '}';
        made.push_back(std::string(prefix).append(uid).append(separator).append(validity));
        made.push_back(std::string(prefix).append(validity).append(separator).append(uid));
      }
    }
  }
  made.emplace_back("{filename}");
  made.emplace_back("{guid}");
  return made;
}

std::vector<Tried> candidates(const Expected& expected, const std::string& form_of_policy) {
  std::vector<Tried> made;
  const auto add = [&made](const Scheme* scheme) -> Tried& {
    made.emplace_back().scheme = scheme;
    return made.back();
  };
  for (const Scheme& scheme : schemes()) {
    if (scheme.name != "template" && scheme.name != "hmac-sha256") add(&scheme);
  }
  std::vector<std::string> texts = forms(expected);
  texts.insert(texts.begin(), form_of_policy);
  for (std::string& text : texts) {
    Result<Template> form = Template::parse(text);
    if (!form) continue;
    Tried& tried = add(find_scheme("template"));
    tried.text = std::move(text);
    tried.form = std::move(form.value());
  }
  return made;
}

Status try_message(Maildrop& maildrop, Facts& facts, const Expected& expected, std::size_t longest,
                   std::vector<Tried>& tried) {
  Context context{.hasher = [&maildrop] { return maildrop.hasher(); },
                  .form = nullptr,
                  .key = {},
                  .owner = {},
                  .longest = longest};
  for (Tried& one : tried) {
    context.form = one.form ? &*one.form : nullptr;
    auto raw = one.scheme->formula(facts, context);
    // Not every mailbox format has GUIDs.
    if (!raw && one.form && raw.error().kind == Failure::permanent)
      raw = std::optional<std::string>();
    if (!raw) return of_message(facts.uid(), raw.error());
    auto id = counted(*one.scheme, std::move(raw.value()), longest);
    if (id) {
      auto shown = identifier(*id, context);
      if (!shown) return of_message(facts.uid(), shown.error());
      id = std::move(shown.value());
    }
    one.column.push_back(expected.cell(facts.uid(), id));
  }
  return Done{};
}

/// Removes forms that give the same ids as one before them.
void drop_repeated(std::vector<Tried>& tried) {
  for (std::size_t i = 0; i < tried.size();) {
    const auto here = tried.begin() + static_cast<std::ptrdiff_t>(i);
    const bool repeated = here->form && std::any_of(tried.begin(), here, [&](const Tried& one) {
                            return one.column == here->column;
                          });
    if (repeated) {
      tried.erase(here);
    } else {
      ++i;
    }
  }
}

std::vector<Detection::Row> rows_of(std::vector<Tried> tried, std::size_t ids) {
  std::vector<bool> seen(ids);
  for (Tried& one : tried) one.reproduced = reproduced(one.column, nullptr, seen);
  std::erase_if(tried, [](const Tried& one) { return one.reproduced == 0; });
  drop_repeated(tried);
  std::stable_sort(tried.begin(), tried.end(),
                   [](const Tried& a, const Tried& b) { return a.reproduced > b.reproduced; });
  std::vector<Detection::Row> rows;
  if (tried.empty()) return rows;
  Detection::Row best{{}, {}, tried.front().reproduced};
  for (const Tried& first : tried) {
    for (const Tried& second : tried) {
      if (best.reproduced == ids) break;
      // A policy can have only one template.
      if (first.form && second.form) continue;
      const std::size_t both = reproduced(first.column, &second.column, seen);
      if (both > best.reproduced) {
        best = {{std::string(first.scheme->name), std::string(second.scheme->name)},
                first.text + second.text,
                both};
      }
    }
  }
  if (!best.chain.empty()) rows.push_back(std::move(best));
  for (const Tried& one : tried) {
    rows.push_back({{std::string(one.scheme->name)}, one.text, one.reproduced});
  }
  return rows;
}

}  // namespace

Result<Detection> detect_schemes(Maildrop& maildrop, const Wanted& wanted, const OldList& list,
                                 std::span<const NumberedMessage> messages) {
  const Result<std::size_t> longest = longest_identifier(maildrop, wanted);
  if (!longest) return longest.error();
  const Expected expected(list, messages);
  std::vector<Tried> tried = candidates(expected, wanted.plan.form);
  Detection found;
  found.ids = expected.ids();
  found.by_message = expected.by_message();
  // Message by message, so that each is read once; only a number is kept for each id.
  const std::uint32_t count = maildrop.message_count();
  for (Tried& one : tried) one.column.reserve(count);
  for (std::uint32_t place = 0; place < count; ++place) {
    const Result<Facts*> facts = maildrop.message(place);
    if (!facts) return facts.error();
    const Result<std::string> stored = maildrop.stored_id();
    if (!stored) return of_message(facts.value()->uid(), stored.error());
    if (!stored.value().empty()) ++found.stored;
    if (const Status done = try_message(maildrop, *facts.value(), expected, longest.value(), tried);
        !done) {
      return done.error();
    }
  }
  found.rows = rows_of(std::move(tried), found.ids);
  return found;
}

std::string policy_line(const Detection::Row& row) {
  std::string names;
  for (const std::string& name : row.chain) {
    names.append(names.empty() ? "\"" : ", \"").append(name).append("\"");
  }
  const std::string scheme = "scheme = " + (row.chain.size() == 1 ? names : "[" + names + "]");
  return row.form.empty() ? scheme : scheme + ", template = \"" + row.form + '"';
}

}  // namespace pop3_legacy::uidl
