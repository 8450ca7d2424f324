#include "plugin/dovecot/master_user.h"

#include <cstring>
#include <string_view>

#include "plugin/core/base/text.h"

namespace pop3_legacy::dovecot {

// When a master user logs in, Dovecot's auth process adds master_user=NAME to the fields. A userdb
// may set that field too: master_user=%u for everybody is the known way to give a master user the
// owner's ACLs. Then auth's own field is missing, and only auth_user=NAME remains, which is also
// set for a user who has logged in under another name. One of two mistakes is unavoidable: treating
// such a user as a master costs a second download, the other would cost mail.
const char* master_of(const struct mail_user* user) {
  constexpr std::string_view key = "master_user=";
  const char* named = nullptr;
  for (const char* const* field = user->userdb_fields; field != nullptr && *field != nullptr;
       ++field) {
    if (std::string_view(*field).starts_with(key)) {
      named = *field + key.size();
    }
  }
  if (named == nullptr || *named == '\0') {
    return nullptr;
  }
  if (std::strcmp(named, user->username) != 0) {
    return named;
  }
  const char* const typed = user->auth_user;
  return typed == nullptr || equals_ignoring_case(typed, user->username) ? nullptr : typed;
}

}  // namespace pop3_legacy::dovecot
