#include "plugin/dovecot/mail_inspection.h"

#include <algorithm>
#include <utility>

#include "plugin/core/base/number.h"
#include "plugin/core/base/text.h"

namespace pop3_legacy::dovecot {

namespace {

/// The prefix of a cached value: the field is present. An absent field is cached too.
constexpr std::string_view there = "+";
constexpr std::string_view missing = "-";
/// Not "lines": a value cached under that name may not count the header.
constexpr std::string_view cached_lines = "lines.2";

// Only the usual names are cached (FieldQuery::usual), so there are few of these.
std::string name_in_cache(const FieldQuery& query) {
  std::string name = query.prefix ? "first-with." : "first.";
  std::transform(query.name.begin(), query.name.end(), std::back_inserter(name), lower);
  return name;
}

}  // namespace

MailInspection::MailInspection(struct mailbox* box, std::vector<FieldQuery> queries,
                               std::function<std::uint32_t(MessageNumber)> place_of)
    : maildrop_(box), queries_(std::move(queries)), place_of_(std::move(place_of)) {
  for (const FieldQuery& query : queries_) {
    cached_as_.push_back(query.usual ? maildrop_.cache_field(name_in_cache(query)) : 0);
  }
}

Status MailInspection::fields(MessageNumber number, Fields& found) {
  const std::uint32_t place = place_of_(number);
  found.resize(queries_.size());
  for (std::size_t i = 0; i < queries_.size(); ++i) {
    if (Status done = find(place, queries_[i], cached_as_[i], found[i]); !done) return done;
  }
  return Done{};
}

Status MailInspection::find(std::uint32_t place, const FieldQuery& query, unsigned cached_as,
                            std::optional<std::string>& found) {
  if (query.usual) {
    if (const auto known = maildrop_.derived_of(place, cached_as)) {
      if (known->starts_with(there)) {
        found = known->substr(there.size());
      } else {
        found.reset();
      }
      return Done{};
    }
  }
  if (const auto message = maildrop_.message(place); !message) {
    return message.error();
  }
  const auto header = query.usual && !query.prefix ? maildrop_.facts().fields(query.name)
                                                   : maildrop_.facts().header();
  if (!header) {
    return header.error();
  }
  found = first_field(header.value(), query);
  // A field that came from Dovecot's own cache is already there next time.
  if (query.usual && maildrop_.facts().was_opened()) {
    maildrop_.keep_derived(cached_as, found ? std::string(there) + *found : std::string(missing));
  }
  return Done{};
}

Result<std::uint64_t> MailInspection::lines(MessageNumber number) {
  const std::uint32_t place = place_of_(number);
  if (!lines_cached_) lines_cached_ = maildrop_.cache_field(cached_lines);
  if (const auto known = maildrop_.derived_of(place, *lines_cached_)) {
    if (const auto lines = whole_number<std::uint64_t>(*known)) return *lines;
  }
  if (const auto message = maildrop_.message(place); !message) {
    return message.error();
  }
  auto lines = maildrop_.facts().lines();
  if (lines && maildrop_.facts().was_opened()) {
    maildrop_.keep_derived(*lines_cached_, std::to_string(lines.value()));
  }
  return lines;
}

}  // namespace pop3_legacy::dovecot
