#include "plugin/core/session/handlers.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

Answer gurl(Session& session, std::string_view /*arguments*/) {
  const std::string& url = session.policy().gurl.url;
  return url.empty() ? Reply::err("There is no page for this mailbox.") : Reply::ok(url);
}

}  // namespace pop3_legacy::commands
