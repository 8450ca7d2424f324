/// The wording of a reply of the host's: a text with fields, like
/// `+OK {user}'s maildrop has {count} message{s} ({octets} octets)`.
#ifndef POP3_LEGACY_CORE_WORDING_REPLY_TEMPLATE_H
#define POP3_LEGACY_CORE_WORDING_REPLY_TEMPLATE_H

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "plugin/core/base/result.h"

namespace pop3_legacy::wording {

/// Which reply is worded. Each is one line: of a listing or a message the first.
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
  quit_empty,  ///< no message is left; without a wording of its own it is that of `quit`
  quit_left,   ///< some are; the same
  no_message,  ///< -ERR: there is no message of that number
  no_top,      ///< the same to TOP; without a wording of its own it is that of `no_message`
  deleted,     ///< -ERR: that message is marked as deleted
  unknown,     ///< -ERR: there is no such command
};
inline constexpr std::size_t worded_count = static_cast<std::size_t>(Worded::unknown) + 1;

/// Whether `text` can word the reply, or why not. Empty: the reply stays as it is.
///
/// A positive reply begins with "+OK", a negative one with "-ERR", and no response code follows
/// (RFC 2449, section 8: they mean something). What programs read keeps its place: the numbers
/// of STAT and of LIST and UIDL for one message. Net::POP3 takes "N message" in the reply to PASS
/// for the count, so it has to be that.
Status check_template(Worded reply, std::string_view text);

/// Fills a checked template in. `value` is asked for what stands between braces.
std::string fill(std::string_view text,
                 const std::function<std::string(std::string_view field)>& value);

}  // namespace pop3_legacy::wording

#endif
