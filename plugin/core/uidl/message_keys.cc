#include "plugin/core/uidl/message_keys.h"

#include <algorithm>
#include <utility>

namespace pop3_legacy::uidl {

namespace {

std::string own_key_of(const std::string& guid, Facts& facts) {
  return guid + '\n' + std::to_string(facts.uidvalidity()) + '.' + std::to_string(facts.uid());
}

}  // namespace

bool is_own_key(std::string_view key) noexcept {
  return key.find('\n') != std::string_view::npos;
}

std::string_view uid_part(std::string_view own_key) noexcept {
  return own_key.substr(std::min(own_key.find('\n'), own_key.size()));
}

bool MessageKeys::load(Deadline until) {
  const std::uint32_t count = maildrop_.message_count();
  guids_.reserve(count);
  for (auto place = static_cast<std::uint32_t>(guids_.size()); place < count && !is_over(until);
       ++place) {
    const Result<Facts*> facts = maildrop_.message(place);
    Result<std::string> guid = facts ? facts.value()->guid() : Result<std::string>(facts.error());
    if (guid) {
      if (!present_.insert(guid.value()).second) shared_.insert(guid.value());
      own_keys_.push_back(own_key_of(guid.value(), *facts.value()));
      guids_.push_back(std::move(guid.value()));
      continue;
    }
    // In a format without GUIDs a message is identified by its UID, as long as that is valid.
    if (facts && guid.error().kind == Failure::permanent) {
      without_guids_ = guid.error().text;
      own_keys_.push_back(own_key_of({}, *facts.value()));
    } else {
      errors_.emplace(place, guid.error());
      own_keys_.emplace_back();
    }
    guids_.emplace_back();
  }
  return guids_.size() >= count;
}

const Error* MessageKeys::error(std::uint32_t place) const {
  const auto found = errors_.find(place);
  return found == errors_.end() ? nullptr : &found->second;
}

void MessageKeys::forget_removed(GuidIds& kept) {
  load();
  if (!errors_.empty()) return;
  std::unordered_set<std::string> keys = present_;
  for (const std::string& key : own_keys_) {
    keys.insert(key);
    keys.emplace(uid_part(key));
  }
  std::erase_if(kept, [&keys](const auto& entry) { return !keys.contains(entry.first); });
}

}  // namespace pop3_legacy::uidl
