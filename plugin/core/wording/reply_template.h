/// The wording of a host's reply: a text with fields, such as `+OK {user}'s maildrop has {count}
/// message{s} ({octets} octets)`.
#ifndef POP3_LEGACY_CORE_WORDING_REPLY_TEMPLATE_H
#define POP3_LEGACY_CORE_WORDING_REPLY_TEMPLATE_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy::wording {

/// Which reply is worded. Each is one line; for a listing or a message it is the first line.
enum class Worded : std::uint8_t {
  pass,  ///< the login succeeded
  stat,
  list,  ///< of all messages
  list_one,
  uidl,  ///< of all messages
  uidl_one,
  retr,
  top,
  dele,
  rset,
  noop,
  quit,
  quit_empty,  ///< no message is left; without its own wording it uses that of `quit`
  quit_left,   ///< some messages are left; likewise
  no_message,  ///< -ERR: there is no message with that number
  no_top,      ///< the same for TOP; without its own wording it uses that of `no_message`
  deleted,     ///< -ERR: that message is marked as deleted
  unknown,     ///< -ERR: there is no such command
};
inline constexpr std::size_t worded_count = static_cast<std::size_t>(Worded::unknown) + 1;

/// Whether `text` can word the reply; an Error says why not. Empty: the reply stays as it is.
///
/// A positive reply begins with "+OK", a negative one with "-ERR". Neither may continue with a
/// response code (RFC 2449, section 8), because codes have a meaning. What programs read stays in
/// place: the numbers of STAT, and of LIST and UIDL for one message. Net::POP3 takes "N message" in
/// the reply to PASS for the count, so it must be the count.
Status check_template(Worded reply, std::string_view text);

/// Fills in a checked template. `value` is called with the name of each field.
std::string fill(std::string_view text,
                 const std::function<std::string(std::string_view field)>& value);

}  // namespace pop3_legacy::wording

#endif
