/// The facilities that a command needs besides those every host has.
#ifndef POP3_LEGACY_CORE_HOST_NEEDS_H
#define POP3_LEGACY_CORE_HOST_NEEDS_H

namespace pop3_legacy::host {

struct Host;

struct Needs {
  bool contents = false;
  bool boards = false;
  bool outbox = false;

  [[nodiscard]] bool met_by(const Host& host) const noexcept;
};

}  // namespace pop3_legacy::host

#endif
