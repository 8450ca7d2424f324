#include "plugin/core/uidl/distinct_ids.h"

#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>

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
  claims_.reserve(names_.ids.size());
  std::vector<std::uint32_t> second;
  for (const Origin origin : {Origin::imported, Origin::kept, Origin::computed}) {
    if (origin == Origin::computed) reserve();
    for (std::uint32_t place = 0; place < names_.ids.size(); ++place) {
      if (names_.named[place].origin != origin || names_.ids[place].text.empty()) continue;
      if (!claim(place)) second.push_back(place);
    }
  }
  names_.told_apart = second.size();
  std::vector<std::uint32_t> made_second = firsts(second);
  for (const std::uint32_t place : second) {
    if (const Status named = name_apart(place); !named) return named.error();
  }
  return made_second;
}

// False: the id belongs to another message.
bool DistinctIds::claim(std::uint32_t place) {
  const bool host = names_.ids[place].from == MessageId::From::host;
  const std::string* const key = names_.named[place].key;
  const auto [claimed, first] = claims_.emplace(names_.ids[place].text, Claim{host, key});
  const std::string* const other = claimed->second.key;
  return first || (host && claimed->second.host) ||
         (key != nullptr && other != nullptr && *key != *other);
}

void DistinctIds::reserve() {
  for (const GuidIds* known : {&pins_, &kept_}) {
    for (const auto& [key, id] : *known) {
      if (!is_own_key(key)) claims_.emplace(id, Claim{});
    }
  }
}

std::vector<std::uint32_t> DistinctIds::firsts(const std::vector<std::uint32_t>& second) const {
  std::vector<std::uint32_t> found;
  if (second.empty()) return found;
  std::unordered_set<std::string_view> wanted;
  for (const std::uint32_t place : second) wanted.insert(names_.ids[place].text);
  const std::unordered_set<std::uint32_t> apart(second.begin(), second.end());
  for (std::uint32_t place = 0; place < names_.ids.size(); ++place) {
    if (names_.named[place].origin == Origin::computed && wanted.contains(names_.ids[place].text) &&
        !apart.contains(place)) {
      found.push_back(place);
    }
  }
  return found;
}

Status DistinctIds::name_apart(std::uint32_t place) {
  keys_.load();
  if (const Error* const unknown = keys_.error(place)) {
    names_.leave_out(place, *unknown);
    return Done{};
  }
  const Result<Hasher*> hasher = maildrop_.hasher();
  if (!hasher) return hasher.error();
  const std::string& guid = keys_.guid(place);
  const auto digest = hasher.value()->sha256(guid.empty() ? keys_.own_key(place) : guid);
  if (!digest) return digest.error();
  const std::string suffix = "-" + hex(std::span(digest.value()).first(suffix_octets));
  const std::string raw = std::move(names_.ids[place].text);
  std::string id = with_suffix(raw, suffix);
  // Two messages with one GUID and one id are a message and its copy.
  std::uint32_t& number = copies_.emplace(id, 2).first->second;
  for (; !claims_.emplace(id, Claim{}).second; ++number) {
    id = with_suffix(raw, suffix + "." + std::to_string(number));
  }
  names_.ids[place] = {.from = MessageId::From::plugin, .text = std::move(id)};
  names_.named[place].to_keep = true;
  return Done{};
}

}  // namespace pop3_legacy::uidl
