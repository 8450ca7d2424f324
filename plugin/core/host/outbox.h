/// Mail submission.
#ifndef POP3_LEGACY_CORE_HOST_OUTBOX_H
#define POP3_LEGACY_CORE_HOST_OUTBOX_H

#include <functional>
#include <memory>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/host/interface.h"
#include "plugin/core/host/submission.h"

namespace pop3_legacy::host {

class Outbox : public Interface {
 public:
  /// Opens an empty spool.
  [[nodiscard]] virtual Result<std::unique_ptr<Spool>> open_spool() = 0;
  /// Gives the message in `spool`, which must outlive the submission, to the MTA. `done` is called
  /// once, possibly at once, unless the submission is dropped first.
  [[nodiscard]] virtual Result<std::unique_ptr<Submission>> submit(
      Spool& spool, const Envelope& envelope, std::function<void(Outcome)> done) = 0;
  /// Stores a copy of the message in the user's `mailbox`, which is created if necessary.
  virtual Status save_message(Spool& spool, std::string_view mailbox) = 0;
};

}  // namespace pop3_legacy::host

#endif
