#include "plugin/core/uidl/distinct_ids.h"

#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "plugin/core/base/text.h"
#include "plugin/core/uidl/identifier_length.h"

namespace pop3_legacy::uidl {

namespace {

constexpr std::size_t suffix_octets = 5;  ///< of a GUID's hash, two digits each

// The result is no longer than an id of our own may be.
std::string with_suffix(const std::string& raw, const std::string& suffix) {
  return raw.substr(0, max_own_identifier_octets - suffix.size()) + suffix;
}

}  // namespace

Result<std::vector<std::uint32_t>> DistinctIds::tell_apart() {
  if (names_.names.empty()) return std::vector<std::uint32_t>();
  claims_.reserve(names_.names.size());
  std::vector<std::string_view> ids;
  for (const Name& name : names_.names) ids.push_back(name.id);
  listed_.look_for(ids);
  std::vector<std::size_t> second;
  for (const Origin origin : {Origin::imported, Origin::kept, Origin::computed}) {
    if (origin == Origin::computed) reserve();
    for (std::size_t row = 0; row < names_.names.size(); ++row) {
      if (names_.named[row].origin != origin || names_.names[row].id.empty()) continue;
      if (!claim(row)) second.push_back(row);
    }
  }
  names_.told_apart = second.size();
  std::vector<std::uint32_t> made_second = firsts(second);
  for (const std::size_t row : second) {
    if (const Status named = name_apart(row); !named) return named.error();
  }
  return made_second;
}

// False: the id belongs to another message.
bool DistinctIds::claim(std::size_t row) {
  const bool host = names_.names[row].by == NamedBy::host;
  const Named& named = names_.named[row];
  const std::string& id = names_.names[row].id;
  if (const auto holder = listed_.holder(id); holder && !shares(row, *holder)) return false;
  const auto [claimed, first] = claims_.emplace(id, Claim{host, named.key});
  const std::string* const other = claimed->second.key;
  return first || (host && claimed->second.host) ||
         (named.key != nullptr && other != nullptr && *named.key != *other);
}

// The id was kept for this message and, under another key, for the listed one at `holder`. It may
// also have been kept for a message of which this one is a copy.
bool DistinctIds::shares(std::size_t row, std::uint32_t holder) const {
  const Named& named = names_.named[row];
  const std::uint32_t place = names_.places[row];
  if (named.origin != Origin::kept) return false;
  if (*named.key == keys_.guid(place) && keys_.is_copied(place)) return false;
  const std::string& own_key = keys_.own_key(holder);
  for (const std::string_view key :
       {std::string_view(own_key), uid_part(own_key), std::string_view(keys_.guid(holder))}) {
    const auto found = kept_.find(key);
    if (found != kept_.end()) {
      return found->second == names_.names[row].id && found->first != *named.key;
    }
  }
  return false;
}

void DistinctIds::reserve() {
  for (const GuidIds* known : {&pins_, &kept_}) {
    for (const auto& [key, id] : *known) {
      if (!is_own_key(key)) claims_.emplace(id, Claim{});
    }
  }
}

std::vector<std::uint32_t> DistinctIds::firsts(const std::vector<std::size_t>& second) {
  std::vector<std::uint32_t> found;
  if (second.empty()) return found;
  std::unordered_set<std::string_view> wanted;
  for (const std::size_t row : second) {
    wanted.insert(names_.names[row].id);
    if (const auto place = listed_.holder(names_.names[row].id)) found.push_back(*place);
  }
  const std::unordered_set<std::size_t> apart(second.begin(), second.end());
  for (std::size_t row = 0; row < names_.names.size(); ++row) {
    if (names_.named[row].origin == Origin::computed && wanted.contains(names_.names[row].id) &&
        !apart.contains(row)) {
      found.push_back(names_.places[row]);
    }
  }
  return found;
}

Status DistinctIds::name_apart(std::size_t row) {
  const std::uint32_t place = names_.places[row];
  keys_.load();
  if (const Error* const unknown = keys_.error(place)) {
    names_.leave_out(row, *unknown);
    return Done{};
  }
  const Result<Hasher*> hasher = maildrop_.hasher();
  if (!hasher) return hasher.error();
  const std::string& guid = keys_.guid(place);
  const auto digest = hasher.value()->sha256(guid.empty() ? keys_.own_key(place) : guid);
  if (!digest) return digest.error();
  const std::string suffix = "-" + hex(std::span(digest.value()).first(suffix_octets));
  const std::string raw = std::move(names_.names[row].id);
  std::string id = with_suffix(raw, suffix);
  // Two messages with one GUID and one id are a message and its copy.
  std::uint32_t& number = copies_.emplace(id, 2).first->second;
  for (; listed_.holder(id) || !claims_.emplace(id, Claim{}).second; ++number) {
    id = with_suffix(raw, suffix + "." + std::to_string(number));
  }
  names_.names[row] = {.by = NamedBy::plugin, .id = std::move(id)};
  names_.named[row].to_keep = true;
  return Done{};
}

}  // namespace pop3_legacy::uidl
