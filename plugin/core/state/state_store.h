/// Small durable texts, kept by name with one user's mailbox or with the user.
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

  /// Where the state is kept, for log messages: a file's path or a dict's key.
  [[nodiscard]] virtual std::string place_of(std::string_view name) const {
    return "the state \"" + std::string(name) + "\"";
  }
  /// What store_state() stored under `name` (lower-case letters). No value: nothing was ever
  /// stored.
  [[nodiscard]] virtual Result<std::optional<std::string>> load_state(std::string_view name) {
    return Error{Failure::permanent, "this host keeps no state: " + std::string(name)};
  }
  /// The beginning of a state.
  struct Front {
    std::string text;        ///< at most as many octets as were asked for
    std::size_t octets = 0;  ///< of the whole state
  };
  /// Like load_state(), for states whose rest may be megabytes and is not needed.
  [[nodiscard]] virtual Result<std::optional<Front>> load_state_front(std::string_view name,
                                                                      std::size_t octets) {
    auto whole = load_state(name);
    if (!whole) return whole.error();
    if (!whole.value()) return std::optional<Front>();
    const std::size_t all = whole.value()->size();
    whole.value()->resize(all < octets ? all : octets);
    return std::optional(Front{std::move(*whole.value()), all});
  }
  /// Replaces the state atomically: a crash at any moment leaves either the old or the new one.
  virtual Status store_state(std::string_view name, std::string_view /*content*/) {
    return Error{Failure::permanent, "this host keeps no state: " + std::string(name)};
  }
  /// The same, but only if the state is still `old` (no value: none). False: somebody else has
  /// stored something in the meantime, and nothing was done. Hosts that cannot do this atomically
  /// say so in their documentation.
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

/// Computes the new state from the old one; no value: nothing needs to be stored. An Error: nothing
/// can be stored.
using StateEdit =
    std::function<Result<std::optional<std::string>>(const std::optional<std::string>& old)>;

/// Replaces the state with the result of `edit`, which is called again if somebody else has stored
/// something in the meantime.
Status change_state(StateStore& store, std::string_view name, const StateEdit& edit);

}  // namespace pop3_legacy

#endif
