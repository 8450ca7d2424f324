/// The base of the interfaces that a host implements.
#ifndef POP3_LEGACY_CORE_HOST_INTERFACE_H
#define POP3_LEGACY_CORE_HOST_INTERFACE_H

namespace pop3_legacy::host {

/// Not copyable, and not deleted through this base: the host owns its implementations.
class Interface {
 public:
  Interface() = default;
  Interface(const Interface&) = delete;
  Interface& operator=(const Interface&) = delete;
  Interface(Interface&&) = delete;
  Interface& operator=(Interface&&) = delete;

 protected:
  ~Interface() = default;
};

}  // namespace pop3_legacy::host

#endif
