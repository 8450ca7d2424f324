#include <string>

#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

namespace {

/// No digit may appear besides the number: Net::POP3 takes the first digits of the line.
std::string_view wording_behind(policy::LastWording wording) noexcept {
  switch (wording) {
    case policy::LastWording::popper:  // Berkeley popper pop_last.c; also Heimdal's
      return " is the last message seen.";
    case policy::LastWording::qpopper:
      return " is the last read message.";
    case policy::LastWording::mh:  // MH's popd
      return " is the last msg seen";
    case policy::LastWording::plain:
      break;
  }
  return "";
}

}  // namespace

Answer last(Session& session, std::string_view /*arguments*/) {
  HighestAccessed& last = session.accesses().last();
  if (!last.start()) {
    // A wrong number would make clients skip mail or download everything again; no number does not.
    return Reply::temporary_failure("LAST is not available at the moment.");
  }
  return Reply::ok(
      std::to_string(last.number()).append(wording_behind(session.policy().last.wording)));
}

}  // namespace pop3_legacy::commands
