#include "plugin/core/uidl/naming.h"

#include "plugin/core/uidl/identifier.h"

namespace pop3_legacy::uidl {

Result<bool> Naming::go_on(Deadline until) {
  const std::size_t count = names_.places.size();
  if (count > 0 && !memory_.knows_none() && !keys_.load(until)) return false;
  names_.named.reserve(count);
  names_.names.reserve(count);
  for (std::size_t row = names_.names.size(); row < count; ++row) {
    if (is_over(until)) return false;
    const std::uint32_t place = names_.places[row];
    if (find_known(place)) continue;
    if (gone_.contains(place)) {
      names_.leave_out(row, {Failure::gone, {}});
      continue;
    }
    // The id may have been imported or kept.
    const Error* const unknown = keys_.loaded() ? keys_.error(place) : nullptr;
    const Status named = unknown != nullptr ? Status(*unknown) : compute(place);
    if (named) continue;
    if (formulas_.failed_for_all()) return named.error();
    names_.leave_out(row, named.error());
  }
  if (names_.unread && names_.left_out == maildrop_.message_count()) return *names_.unread;
  keep_what_comes_behind_unread();
  return true;
}

// Uses the imported or kept id, if there is one.
bool Naming::find_known(std::uint32_t place) {
  if (!keys_.loaded() || keys_.error(place) != nullptr) return false;
  const GuidIds& kept = memory_.kept();
  const std::string& guid = keys_.guid(place);
  const std::string& own_key = keys_.own_key(place);
  return take(kept, own_key, Origin::kept) || take(kept, uid_part(own_key), Origin::kept) ||
         (!guid.empty() &&
          (take(memory_.pins(), guid, Origin::imported) || take(kept, guid, Origin::kept)));
}

bool Naming::take(const GuidIds& known, std::string_view key, Origin origin) {
  const auto found = known.find(key);
  if (found == known.end()) return false;
  names_.add({.by = NamedBy::plugin, .id = found->second},
             {.origin = origin, .key = origin == Origin::kept ? &found->first : nullptr});
  if (origin == Origin::imported) ++names_.imported;
  return true;
}

Status Naming::compute(std::uint32_t place) {
  const Result<Facts*> facts = maildrop_.message(place);
  if (!facts) return facts.error();
  Result<std::string> stored = maildrop_.stored_id();
  if (!stored) return stored.error();
  if (!stored.value().empty()) {
    if (memory_.memory().plan.host()) {
      add_hosts(std::move(stored.value()), /*may_change=*/false);
      return Done{};
    }
    return add_own({.id = std::move(stored.value())}, *facts.value());
  }
  const auto computed = formulas_.name(*facts.value());
  if (!computed) return computed.error();
  return computed.value().id ? add_own(computed.value(), *facts.value())
                             : leave_to_host(computed.value().may_change);
}

// An id stored by the host does not come from a scheme.
Status Naming::add_own(const PlanFormulas::RawName& named, Facts& facts) {
  Result<std::string> id = identifier(*named.id, formulas_.context());
  if (!id) return id.error();
  const bool replaced = id.value() != *named.id;
  if (replaced && names_.replaced++ == 0) names_.first_replaced = facts.uid();
  if (memory_.is_first_use()) {
    ++names_.computed[named.by != nullptr ? "by " + std::string(named.by->name)
                                          : "stored by the host"];
  }
  // A replaced id is remembered, so that it is reported only once.
  names_.add({.by = NamedBy::plugin, .id = std::move(id.value())},
             {.to_keep = named.may_change || replaced});
  return Done{};
}

Status Naming::leave_to_host(bool may_change) {
  Result<std::string> id = maildrop_.host_id();
  if (!id) return id.error();
  if (memory_.is_first_use()) ++names_.computed["by the host"];
  add_hosts(std::move(id.value()), may_change);
  return Done{};
}

// What is unknown here, or not allowed by POP3, is left to the host.
void Naming::add_hosts(std::string id, bool may_change) {
  const bool to_keep = may_change && is_identifier(id);
  names_.add({.by = NamedBy::host, .id = std::move(id)}, {.to_keep = to_keep});
}

// Once an unreadable message can be read again, it may turn out to have the id of a later one,
// which clients have seen. Its own id has not been shown, or it would be in the host's cache.
void Naming::keep_what_comes_behind_unread() {
  if (!names_.unread) return;
  for (std::size_t row = names_.first_unread + 1; row < names_.names.size(); ++row) {
    Named& named = names_.named[row];
    named.to_keep =
        named.to_keep || (named.origin == Origin::computed && is_identifier(names_.names[row].id));
  }
}

}  // namespace pop3_legacy::uidl
