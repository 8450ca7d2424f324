/// What a message of a maildrop is called.
#ifndef POP3_LEGACY_CORE_UIDL_MESSAGE_ID_H
#define POP3_LEGACY_CORE_UIDL_MESSAGE_ID_H

#include <cstdint>
#include <string>

namespace pop3_legacy::uidl {

struct MessageId {
  enum class From : std::uint8_t {
    plugin,
    host,    ///< the host names it in its own way when asked
    nobody,  ///< it has no id in this session
  };

  From from = From::plugin;
  /// For From::host, what the host will say; empty if that is not known here.
  std::string text;
};

}  // namespace pop3_legacy::uidl

#endif
