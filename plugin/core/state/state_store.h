/// Small durable texts that are kept with one user's mailbox, or with the user, by name.
#ifndef POP3_LEGACY_CORE_STATE_STATE_STORE_H
#define POP3_LEGACY_CORE_STATE_STATE_STORE_H

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "plugin/core/base/result.h"

namespace pop3_legacy {

class StateStore {
 public:
  StateStore() = default;
  StateStore(const StateStore&) = delete;
  StateStore& operator=(const StateStore&) = delete;
  StateStore(StateStore&&) = delete;
  StateStore& operator=(StateStore&&) = delete;
  virtual ~StateStore() = default;

  /// Where the state is, for a sentence in the log: a file's path, a dict's key.
  [[nodiscard]] virtual std::string place_of(std::string_view name) const {
    return "the state \"" + std::string(name) + "\"";
  }
  /// What store_state() stored under `name` (lower case letters). No value: nothing was ever
  /// stored.
  [[nodiscard]] virtual Result<std::optional<std::string>> load_state(std::string_view name) {
    return Error{Failure::permanent, "this host keeps no state: " + std::string(name)};
  }
  /// The beginning of a state.
  struct Front {
    std::string text;        ///< at most so many octets as were asked for
    std::size_t octets = 0;  ///< of the whole state
  };
  /// As load_state(), where the rest may be megabytes and is not needed.
  [[nodiscard]] virtual Result<std::optional<Front>> load_state_front(std::string_view name,
                                                                      std::size_t octets) {
    auto whole = load_state(name);
    if (!whole) return whole.error();
    if (!whole.value()) return std::optional<Front>();
    const std::size_t all = whole.value()->size();
    whole.value()->resize(all < octets ? all : octets);
    return std::optional(Front{std::move(*whole.value()), all});
  }
  /// Replaces the state in one step: a crash at any moment leaves the old or the new.
  virtual Status store_state(std::string_view name, std::string_view /*content*/) {
    return Error{Failure::permanent, "this host keeps no state: " + std::string(name)};
  }
  /// The same, where the state is still `old` (no value: none). False: somebody else has stored
  /// meanwhile, and nothing was done. A host may not be able to do that in one step, and says so.
  [[nodiscard]] virtual Result<bool> exchange_state(std::string_view name,
                                                    const std::optional<std::string>& old,
                                                    std::string_view content) {
    const auto now = load_state(name);
    if (!now) return now.error();
    if (now.value() != old) return false;
    const Status stored = store_state(name, content);
    return stored ? Result<bool>(true) : Result<bool>(stored.error());
  }
};

/// What becomes of a state; no value: nothing is to be stored. An Error: nor can it be.
using StateEdit =
    std::function<Result<std::optional<std::string>>(const std::optional<std::string>& old)>;

/// Replaces the state by what `edit` makes of it, which is asked again where somebody else has
/// stored meanwhile.
Status change_state(StateStore& store, std::string_view name, const StateEdit& edit);

}  // namespace pop3_legacy

#endif
