#include "plugin/core/host/needs.h"

#include "plugin/core/host/host.h"

namespace pop3_legacy::host {

bool Needs::met_by(const Host& host) const noexcept {
  return (!contents || host.contents != nullptr) && (!boards || host.boards != nullptr) &&
         (!outbox || host.outbox != nullptr);
}

}  // namespace pop3_legacy::host
