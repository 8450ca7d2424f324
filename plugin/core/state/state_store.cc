#include "plugin/core/state/state_store.h"

namespace pop3_legacy {

Status change_state(StateStore& store, std::string_view name, const StateEdit& edit) {
  constexpr int tries = 50;
  for (int i = 0; i < tries; ++i) {
    const auto old = store.load_state(name);
    if (!old) return old.error();
    const auto content = edit(old.value());
    if (!content) return content.error();
    if (!content.value()) return Done{};
    const Result<bool> stored = store.exchange_state(name, old.value(), *content.value());
    if (!stored) return stored.error();
    if (stored.value()) return Done{};
  }
  return Error{Failure::temporary, "other sessions keep changing " + store.place_of(name)};
}

}  // namespace pop3_legacy
