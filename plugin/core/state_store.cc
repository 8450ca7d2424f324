#include "plugin/core/state_store.h"

namespace pop3_legacy {

Status change_state(
    StateStore& store, std::string_view name,
    const std::function<std::optional<std::string>(const std::optional<std::string>& old)>& edit) {
  constexpr int tries = 50;
  for (int i = 0; i < tries; ++i) {
    const auto old = store.load_state(name);
    if (!old) return old.error();
    const std::optional<std::string> content = edit(old.value());
    if (!content) return Done{};
    const Result<bool> stored = store.exchange_state(name, old.value(), *content);
    if (!stored) return stored.error();
    if (stored.value()) return Done{};
  }
  return Error{Failure::temporary, "other sessions keep changing the state " + std::string(name)};
}

}  // namespace pop3_legacy
