/// A maildrop made of variables, for tests of the UIDL assignment.
#ifndef POP3_LEGACY_TESTS_UNIT_FAKE_MAILDROP_H
#define POP3_LEGACY_TESTS_UNIT_FAKE_MAILDROP_H

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "plugin/core/uidl/maildrop.h"
#include "plugin/core/uidl/schemes.h"
#include "plugin/hash/openssl_hasher.h"
#include "tests/unit/fake_facts.h"
#include "tests/unit/fake_list_file.h"

namespace pop3_legacy::uidl {

class FakeMaildrop : public Maildrop {
 public:
  struct Message : FakeFacts {
    std::string stored;                ///< by the host
    std::optional<std::string> hosts;  ///< the id that the host gives it, if not Dovecot's default
  };

  /// Adds a message with the next UID, which is also its GUID and header.
  Message& deliver(const std::string& x_uidl = "") {
    auto made = std::make_shared<Message>();
    made->uid_value = ++last_uid;
    made->guid_value = "guid-" + std::to_string(last_uid);
    made->header_text = x_uidl.empty() ? "Subject: none\n" : "X-UIDL: " + x_uidl + "\n";
    messages.push_back(made);
    return *made;
  }
  void remove(std::size_t place) {
    messages.erase(messages.begin() + static_cast<std::ptrdiff_t>(place));
  }

  [[nodiscard]] std::uint32_t message_count() override {
    return static_cast<std::uint32_t>(messages.size());
  }
  [[nodiscard]] Result<Facts*> message(std::uint32_t place) override {
    current_ = messages.at(place).get();
    if (message_error) return *message_error;
    return current_;
  }
  [[nodiscard]] Uid uid(std::uint32_t place) override { return messages.at(place)->uid_value; }
  [[nodiscard]] UidValidity uidvalidity() override {
    return messages.empty() ? FakeFacts().validity : messages.front()->validity;
  }
  [[nodiscard]] Uid uid_next() override { return last_uid + 1; }
  [[nodiscard]] Result<std::string> stored_id() override { return current_->stored; }
  [[nodiscard]] bool stores_none(std::uint32_t place) override {
    ++storage_asked;
    return std::all_of(messages.begin() + place, messages.end(),
                       [](const auto& message) { return message->stored.empty(); });
  }
  [[nodiscard]] std::unique_ptr<ListFile> open_list() override {
    return list ? std::make_unique<FakeListFile>(*list) : nullptr;
  }
  void keep_list(std::string_view text) override {
    ++lists;
    list = text;
  }
  [[nodiscard]] Result<std::string> host_id() override {
    if (host_error) return *host_error;
    return current_->hosts ? *current_->hosts
                           : find_scheme("dovecot")->formula(*current_, {}).value().value();
  }
  [[nodiscard]] bool serves_client() override { return serves; }
  [[nodiscard]] std::optional<std::string> derived(std::string_view scheme) override {
    const auto found = cache.find({current_->uid_value, std::string(scheme)});
    return found == cache.end() ? std::nullopt : std::optional(found->second);
  }
  void keep_derived(std::string_view scheme, std::string_view value) override {
    cache[{current_->uid_value, std::string(scheme)}] = value;
  }
  [[nodiscard]] Result<Hasher*> hasher() override {
    if (hasher_error) return *hasher_error;
    return hasher_.get();
  }
  [[nodiscard]] Result<std::string> read_key(const std::string& path) override {
    const auto found = keys.find(path);
    if (found == keys.end()) return Error{Failure::permanent, path + ": no key"};
    return found->second;
  }
  void report(const Event& event) override {
    (event.level == LogLevel::info ? informed : logged).push_back(event.text);
    events.push_back(event);
  }

  [[nodiscard]] Result<std::optional<std::string>> load_state(std::string_view name) override {
    if (load_error) return *load_error;
    const auto found = states.find(name);
    std::optional<std::string> loaded;
    if (found != states.end()) loaded = found->second;
    if (after_load) after_load(name);
    return loaded;
  }
  Status store_state(std::string_view name, std::string_view content) override {
    ++stores;
    if (store_error) return *store_error;
    states.insert_or_assign(std::string(name), std::string(content));
    return Done{};
  }

  [[nodiscard]] bool removed(std::uint32_t place) override {
    return removed_places.contains(place);
  }

  std::vector<std::shared_ptr<Message>> messages;
  std::set<std::uint32_t> removed_places;
  Uid last_uid = 0;
  std::map<std::string, std::string, std::less<>> states;
  std::map<std::string, std::string> keys;
  std::map<std::pair<Uid, std::string>, std::string> cache;  ///< what was derived
  std::vector<std::string> informed;                         ///< what was logged as LogLevel::info
  std::vector<std::string> logged;                           ///< the rest
  std::vector<Event> events;
  int stores = 0;
  std::optional<std::string> list;
  int lists = 0;          ///< how often it was kept
  int storage_asked = 0;  ///< how often stores_none() was called
  bool serves = true;
  std::optional<Error> host_error;
  std::optional<Error> message_error;
  std::optional<Error> hasher_error;
  std::optional<Error> load_error;
  std::optional<Error> store_error;
  std::function<void(std::string_view)> after_load;

 private:
  Message* current_ = nullptr;
  std::unique_ptr<Hasher> hasher_ = openssl_hasher();
};

}  // namespace pop3_legacy::uidl

#endif
