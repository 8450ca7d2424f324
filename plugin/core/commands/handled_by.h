/// Turns a function into a row's handler. The function's parameters say what it needs of the host,
/// so HELP and CAPA offer a command exactly where it can be carried out.
#ifndef POP3_LEGACY_CORE_COMMANDS_HANDLED_BY_H
#define POP3_LEGACY_CORE_COMMANDS_HANDLED_BY_H

#include <string_view>
#include <type_traits>

#include "plugin/core/host/host.h"
#include "plugin/core/protocol/command_table.h"
#include "plugin/core/session/session.h"

namespace pop3_legacy::commands {

template <auto function>
struct Bound;

template <class... Facilities, Handler<Facilities...>* function>
struct Bound<function> {
  template <class Facility>
  static constexpr bool needed = (std::is_same_v<Facility, Facilities> || ...);

  static constexpr host::Needs needs{.contents = needed<host::Contents>,
                                     .boards = needed<host::Boards>,
                                     .outbox = needed<host::Outbox>};

  template <class Facility>
  static Facility& of(const host::Host& host) noexcept {
    if constexpr (std::is_same_v<Facility, host::Contents>) return *host.contents;
    if constexpr (std::is_same_v<Facility, host::Boards>) return *host.boards;
    if constexpr (std::is_same_v<Facility, host::Outbox>) return *host.outbox;
  }

  static Answer call(Session& session, std::string_view arguments) {
    return function(session, arguments, of<Facilities>(session.host())...);
  }
};

template <auto function>
inline constexpr HandlerRow handled_by{.call = Bound<function>::call,
                                       .needs = Bound<function>::needs};

}  // namespace pop3_legacy::commands

#endif
