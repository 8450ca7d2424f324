/// Replies of the base commands, in Dovecot's words.
#ifndef POP3_LEGACY_SHIM_REPLIES_H
#define POP3_LEGACY_SHIM_REPLIES_H

#include <string>
#include <string_view>

#include "plugin/core/base/result.h"
#include "plugin/core/protocol/reply.h"

namespace pop3_legacy::shim {

inline constexpr std::string_view ok = "+OK\r\n";
inline constexpr std::string_view last_line = ".\r\n";
// STLS and SASL are missing because this host does not support them; APOP has no CAPA tag.
inline constexpr std::string_view capabilities =
    "+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nPIPELINING\r\nUSER\r\n.\r\n";

inline std::string err(std::string_view text) {
  return Reply::err(text).wire();
}

/// The wording of Dovecot's client_send_storage_error().
inline std::string storage_error(const Error& error) {
  constexpr std::string_view text =
      "Internal error occurred. Refer to server log for more information.";
  return err((error.kind == Failure::permanent ? "[SYS/PERM] " : "[SYS/TEMP] ") +
             std::string(text));
}

}  // namespace pop3_legacy::shim

#endif
