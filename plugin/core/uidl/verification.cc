#include "plugin/core/uidl/verification.h"

#include <string_view>
#include <unordered_map>
#include <utility>

namespace pop3_legacy::uidl {

namespace {

class Counter {
 public:
  Counter(std::span<const NumberedMessage> messages, std::size_t at_most)
      : messages_(messages), at_most_(at_most) {}

  void different(std::size_t place, std::string expected) {
    ++out_.different;
    add(out_.first, place, std::move(expected));
  }
  void shared(std::size_t place, std::string expected) {
    ++out_.unlisted;
    ++out_.shared;
    add(out_.first_shared, place, std::move(expected));
  }
  void missing(const OldEntry& entry) {
    ++out_.missing;
    if (out_.unclaimed.size() < at_most_) out_.unclaimed.push_back(entry.id);
  }
  void same() { ++out_.same; }
  void unlisted() { ++out_.unlisted; }
  Verification take() { return std::move(out_); }

 private:
  void add(std::vector<Verification::Difference>& to, std::size_t place, std::string expected) {
    if (to.size() >= at_most_) return;
    const NumberedMessage& message = messages_[place];
    to.push_back({place + 1, message.uid, std::move(expected), message.id});
  }

  std::span<const NumberedMessage> messages_;
  std::size_t at_most_;
  Verification out_;
};

Verification by_id(const OldList& list, std::span<const NumberedMessage> messages,
                   std::size_t at_most) {
  std::unordered_map<std::string, bool> seen;  // whether a message has the id
  for (const OldEntry& entry : list.entries) seen.emplace(as_listed(list.format, entry.id), false);
  Counter counter(messages, at_most);
  for (std::size_t place = 0; place < messages.size(); ++place) {
    const auto found = seen.find(as_listed(list.format, messages[place].id));
    if (found == seen.end()) {
      counter.different(place, {});
    } else {
      found->second = true;
      counter.same();
    }
  }
  for (const OldEntry& entry : list.entries) {
    const auto found = seen.find(as_listed(list.format, entry.id));
    if (!std::exchange(found->second, true)) counter.missing(entry);
  }
  return counter.take();
}

}  // namespace

Result<Verification> verify_list(const OldList& list, std::span<const NumberedMessage> messages,
                                 std::size_t at_most) {
  if (listed_by(list) == ListedBy::nothing) return by_id(list, messages, at_most);
  const auto places = listed_messages(list, messages);
  if (!places) return places.error();
  std::vector<const OldEntry*> expected(messages.size());
  Counter counter(messages, at_most);
  for (std::size_t i = 0; i < list.entries.size(); ++i) {
    if (places.value()[i] == no_message) {
      counter.missing(list.entries[i]);
    } else {
      expected[places.value()[i]] = &list.entries[i];
    }
  }
  // Some servers gave equal messages the same id. Here only one message can have it.
  struct Holders {
    std::size_t count = 0;
    bool has_it = false;  // one of the messages has it
  };
  std::unordered_map<std::string_view, Holders> holders;
  for (std::size_t place = 0; place < messages.size(); ++place) {
    if (expected[place] == nullptr) continue;
    Holders& of_id = holders[expected[place]->id];
    ++of_id.count;
    of_id.has_it = of_id.has_it || expected[place]->id == messages[place].id;
  }
  for (std::size_t place = 0; place < messages.size(); ++place) {
    if (expected[place] == nullptr) {
      counter.unlisted();
      continue;
    }
    const std::string& id = expected[place]->id;
    Holders& of_id = holders[id];
    if (id == messages[place].id) {
      counter.same();
    } else if (of_id.count > 1 && of_id.has_it) {
      counter.shared(place, id);
    } else {
      of_id.has_it = true;  // this is as far as it can be repaired
      counter.different(place, id);
    }
  }
  return counter.take();
}

}  // namespace pop3_legacy::uidl
