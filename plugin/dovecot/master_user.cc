#include "plugin/dovecot/master_user.h"

#include <cstring>
#include <string_view>

#include "plugin/core/base/text.h"

namespace pop3_legacy::dovecot {

// Dovecot's auth process adds master_user=NAME to the fields where a master user has logged in. A
// userdb may have the field, too: master_user=%u of everybody is the known way to have the owner's
// ACLs for a master user. Then auth's own field is left out, and only auth_user=NAME tells, which
// is also there for a user who has logged in by another name. Of the two mistakes that leaves,
// treating such a user as a master costs him a second download, the other one would cost mail.
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
